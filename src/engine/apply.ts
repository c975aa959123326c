import { SetupError } from '../errors.js';
import type { Host } from '../host/host.js';
import { blanked, lines, type Secret, type Sh, sh } from '../sh.js';
import { atWork } from './at-work.js';
import type { Change, FileChange } from './change.js';
import { fullDisk } from './full-disk.js';
import { ownWords } from './own-words.js';
import { placing } from './placing.js';
import { SAY } from './say.js';
import type { Finding } from './step.js';
import { upload } from './upload.js';

/** What changes may do on this computer; given in, so that tests and dry runs hold nothing that could. */
export interface LaptopHands {
  generateKey(change: Extract<Change, { kind: 'keygen' }>): Promise<void>;
  addHostEntry(change: Extract<Change, { kind: 'host-entry' }>): Promise<void>;
}

export interface ApplyOptions {
  onLine?: (line: string) => void;
  signal?: AbortSignal;
  /** What must not be shown though a program on the server prints it. */
  secrets?: readonly (Secret | undefined)[];
  /** Puts around the script what makes it part of a run. */
  wrap?: (script: Sh) => Sh;
  /** Shell to run after a successful change, in the same round trip. Output from the first line with its mark on is not shown. */
  behind?: { script: Sh; mark: string } | undefined;
}

/** Pure. Whether the change is one script on the server, so that something can follow it there. */
export const isOneScript = (
  change: Change | undefined,
): change is Extract<Change, { kind: 'run' | 'write' }> => change?.kind === 'run' || change?.kind === 'write';

/**
 * Applies the change of one finding: the one place where a change becomes an effect.
 * @returns what the server printed; nothing of a change on this computer
 * @throws SetupError change-failed, with what the script said
 */
export function apply(
  host: Host,
  hands: LaptopHands,
  finding: Finding,
  options: ApplyOptions,
): Promise<string> {
  return atWork(() => applyNow(host, hands, finding, options));
}

async function applyNow(
  host: Host,
  hands: LaptopHands,
  finding: Finding,
  { wrap = (script) => script, secrets = [], behind, ...options }: ApplyOptions,
): Promise<string> {
  const { change } = finding;
  if (change?.kind === 'keygen') await hands.generateKey(change);
  if (change?.kind === 'host-entry') await hands.addHostEntry(change);
  if (change?.kind !== 'upload' && !isOneScript(change)) return '';
  const { onLine } = options;
  const telling = onLine ? { onLine: untilMark(behind?.mark, (text) => onLine(blanked(text, secrets))) } : {};
  const run = (script: Sh) => host.run({ script, ...options, ...telling });
  const { code, stdout, stderr } =
    change.kind === 'upload'
      ? await upload(run, change, options.onLine ?? (() => undefined))
      : await run(followed(wrap(toShell(change)), behind?.script));
  if (code !== 0) throw failed(finding, code, blanked(stdout, secrets), blanked(stderr, secrets));
  return stdout;
}

/** The change runs in a subshell, as it may exit and set traps. */
const followed = (script: Sh, behind: Sh | undefined): Sh =>
  behind === undefined
    ? script
    : sh`(
${script}
) || exit $?
${behind}`;

/** Passes lines on as long as none holds the mark. */
function untilMark(mark: string | undefined, onLine: (line: string) => void): (line: string) => void {
  let ended = false;
  return (line) => {
    ended ||= mark !== undefined && line.includes(mark);
    if (!ended) onLine(line);
  };
}

function failed(finding: Finding, code: number, stdout: string, stderr: string): SetupError {
  const said = `${stdout}\n${stderr}`.split('\n').filter((line) => line.startsWith(SAY));
  const detail = ownWords(stdout, stderr);
  const [what, ...next] = said.map((line) => line.slice(SAY.length));
  const message = what ?? `“${finding.summary}” failed on the server (exit code ${code}).`;
  return new SetupError([message, ...detail.map((line) => `    ${line}`)].join('\n'), {
    code: 'change-failed',
    hint:
      fullDisk(`${stdout}\n${stderr}`) ??
      (next.join(' ') ||
        'What was done before stays and is not done twice: put the cause right and run the same command again.'),
  });
}

/** Pure: the shell of a change on the server. */
export function toShell(change: Extract<Change, { kind: 'run' | 'write' }>): Sh {
  if (change.kind === 'run') return lines(sh`set -eu`, change.script);
  return writeFiles(change);
}

/** `activate` travels in argv, so it must hold no secret. */
function writeFiles({
  files,
  activate = sh`true`,
  fallback = sh`activate`,
}: Extract<Change, { kind: 'write' }>): Sh {
  return lines(
    sh`set -u
umask 077
kept=$(mktemp -d -p /run 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$kept"' EXIT
${placing}`,
    // A process of its own, because POSIX switches -e off on the left of `||`.
    sh`activate() { sh -eu -c ${activate.run} </dev/null; }`,
    ...files.map((file, index) => sh`keep ${index} ${file.path} ${file.owner} || exit 1`),
    sh`restore() {`,
    ...files.map((file, index) => sh`put_back ${index} ${file.path} ${file.owner}`),
    sh`}`,
    ...files.map(
      (file) => sh`place ${file.path} ${file.mode} ${file.owner} ${base64(file)} || { restore; exit 1; }`,
    ),
    sh`activate || {
  restore
  ( ${fallback} ) >/dev/null 2>&1 || true
  exit 1
}`,
  );
}

function base64({ content }: FileChange): Sh {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  if (typeof content === 'string') return sh`${encoded(content)}`;
  return { run: encoded(content.reveal()), show: content.toString() };
}

/** Whether the change of a finding hands this secret to the server. */
export function uses({ change }: Finding, secret: Secret): boolean {
  return (
    (change?.kind === 'run' || change?.kind === 'write') && toShell(change).run.includes(secret.reveal())
  );
}
