import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { checkUp } from '../doctor/check-up.js';
import { onlyChanged, onlyOpen, remembered } from '../doctor/compare.js';
import { type Described, describedServer } from '../doctor/described-server.js';
import { lastCheckUp } from '../doctor/memory.js';
import type { Report } from '../doctor/report.js';
import { EXIT, SetupError, UsageError } from '../errors.js';
import { ofOthers } from '../session/finish-interrupted-run.js';
import type { DoctorFlags } from '../session/flags.js';
import { unlockCommand } from '../session/repeat.js';
import { type Session, sessionFlags } from '../session/session.js';
import { asUnchecked, isUnchecked, unchecked } from '../session/unchecked.js';
import { program } from '../terminal/program.js';
import { say, show } from '../terminal/screen.js';
import { prose } from '../terminal/wrap.js';
import { jsonText } from '../ui/json.js';

/**
 * All checks and all proofs, nothing changed unless --fix asks for it.
 * @returns the exit code: 0 only where everything was checked and holds, 1 problems, 3 could not be checked
 */
export async function doctor(
  server: string | undefined,
  flags: DoctorFlags,
  signal = new AbortController().signal,
): Promise<number> {
  refuseContradictions(flags);
  if (flags.installWatch || flags.removeWatch) {
    const { changeWatch } = await import('./change-watch.js');
    return changeWatch(flags.installWatch ? 'present' : 'absent', server, flags, signal);
  }
  const rules = sessionFlags(flags);
  if (flags.report !== undefined) await refuseUnwritable(flags.report);
  if (!flags.json && process.stderr.isTTY) say(prose('Checking the server, from inside and outside ...'));
  const described = await unchecked(() => describedServer(server, flags, signal));
  if (flags.fix && !described.known) throw nobodySaid(described);
  const { report, session } = await lookAt(described, flags, rules, signal);
  if (session && !flags.fix) for (const line of ofOthers(session.runs)) say(line);
  let mended: number | undefined;
  try {
    await tell(report, described, flags);
    if (!flags.fix || !session) return report.exitCode;
    const { canMend, mend } = await import('./mend.js');
    if (!canMend(session)) return report.exitCode;
    mended = await mend(session, flags, signal);
  } finally {
    await session?.close();
  }
  if (mended !== EXIT.ok) return mended;
  // What is left, as a fresh look sees it.
  const after = await lookAt(described, {}, rules, signal);
  await after.session?.close();
  const { doctorReport } = await import('../ui/doctor-report.js');
  show(`\n${doctorReport(onlyOpen(after.report))}`);
  return after.report.exitCode;
}

interface CheckedUp {
  report: Report;
  session?: Session;
}

/** A server that does not let this program in is at least looked at from outside. */
async function lookAt(
  described: Described,
  flags: DoctorFlags,
  rules: ReturnType<typeof sessionFlags>,
  signal: AbortSignal,
): Promise<CheckedUp> {
  const fromOutside = async (inside: SetupError | undefined) => {
    const { checkUpOutside } = await import('../doctor/check-up-outside.js');
    return { report: await checkUpOutside(described, rules, inside) };
  };
  if (flags.outsideOnly) return fromOutside(undefined);
  const fixing = flags.fix ? { settling: { say, unlock: unlockCommand(flags) } } : {};
  try {
    return await checkUp(described, { ...rules, ...fixing }, signal, flags.renewal === true);
  } catch (error) {
    if (!isUnchecked(error) || flags.fix) throw asUnchecked(error);
    return fromOutside(error);
  }
}

function nobodySaid({ settings }: Described): UsageError {
  return new UsageError('Nobody has said what this server is to be, so nothing on it can be mended.', [], {
    hint: `Set it up with: ${program} init ${settings.server}. Or name its broker.yaml with --config.`,
  });
}

async function tell(report: Report, { settings }: Described, flags: DoctorFlags): Promise<void> {
  const from = flags.outsideOnly ? 'outside' : 'inside';
  const before = await lastCheckUp[from].recall(settings);
  const shown = flags.changed ? onlyChanged(report, before) : report;
  const { doctorReport } = await import('../ui/doctor-report.js');
  show(flags.json ? jsonText(shown) : doctorReport(shown));
  if (flags.report !== undefined) await writeReport(flags.report, report);
  const entered = !report.findings.some(({ id }) => id === 'doctor.inside');
  const failed = entered ? await lastCheckUp[from].remember(settings, remembered(report, before)) : undefined;
  if (failed) say(prose(failed));
}

/**
 * Refuses a file for the report that cannot be written, before the check-up whose outcome would be lost.
 * @throws UsageError
 */
export async function refuseUnwritable(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  const refuse = (what: string): UsageError =>
    new UsageError(`The report cannot be written to ${file}: ${what}.`, [], {
      code: 'report-unwritable',
      hint: 'Name a file in a folder that exists and that you may write to.',
    });
  const [there, into] = await Promise.all([
    stat(file).catch(() => undefined),
    stat(folder).catch(() => undefined),
  ]);
  if (there?.isDirectory()) throw refuse('it is a folder');
  if (!into?.isDirectory()) throw refuse(`there is no folder ${folder}`);
  // A file that is there is written in place, which needs no right to its folder.
  const [needed, what] = there
    ? [file, 'you may not write to it']
    : [folder, `you may not write to ${folder}`];
  await access(needed, constants.W_OK).catch(() => {
    throw refuse(what);
  });
}

async function writeReport(file: string, report: Report): Promise<void> {
  const { reportHtml } = await import('../ui/report-html.js');
  try {
    await writeFile(file, reportHtml(report), { mode: 0o600 });
  } catch (cause) {
    throw new SetupError(`The report could not be written to ${file}: ${(cause as Error).message}.`, {
      code: 'report-unwritable',
      hint: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  }
  say(prose(`The report is in ${file}.`));
}

function refuseContradictions(flags: DoctorFlags): void {
  const { outsideOnly, fix, renewal, json, changed, installWatch, removeWatch } = flags;
  const other = outsideOnly || fix || renewal || json || changed || flags.report !== undefined;
  const problems = [
    installWatch && removeWatch && "--install-watch and --remove-watch are each other's contrary.",
    (installWatch || removeWatch) &&
      other &&
      '--install-watch and --remove-watch do nothing else: leave the other flags out.',
    flags.yes &&
      !fix &&
      !installWatch &&
      !removeWatch &&
      '--yes says yes to changes, and only --fix, --install-watch and --remove-watch make any.',
    outsideOnly && fix && '--fix changes the server over SSH, and --outside-only does not enter it.',
    outsideOnly && renewal && '--renewal asks certbot on the server, and --outside-only does not enter it.',
    fix && json && '--fix shows a plan and asks, which --json has no place for: take one of the two.',
    fix && changed && '--fix mends all that was found, and --changed shows a part: take one of the two.',
  ].filter((problem) => problem !== undefined && problem !== false);
  if (problems.length > 0) throw new UsageError('These flags do not go together.', problems);
}
