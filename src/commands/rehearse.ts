import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Cancelled, EXIT, SetupError, UsageError } from '../errors.js';
import { down, type Rehearsal, type RehearsalOptions, up } from '../rehearsal/index.js';
import type { CommonFlags, InitFlags, RehearseFlags } from '../session/flags.js';
import { onInterrupt } from '../session/interrupt.js';
import { confirm, interactive } from '../session/questions.js';
import { say, show } from '../terminal/screen.js';
import { colour, symbol } from '../terminal/theme.js';
import { prose, wrap } from '../terminal/wrap.js';
import { doctor } from './doctor.js';
import { fingerprint } from './fingerprint.js';
import { setUp } from './init.js';
import { rehearsalBroker, rehearsalSettings } from './rehearsal-settings.js';
import { howToGetIn } from './rehearsal-ways.js';

/** Boots, runs init twice, doctor and fingerprint, and removes it all; exit code 0 only where every part went well. */
export async function rehearse(flags: RehearseFlags): Promise<number> {
  const heading = (text: string) => say(`\n${colour.bold(`== ${text}`)}\n`);
  const broker = await rehearsalBroker(flags);
  const interrupt = onInterrupt(say, 'wait');
  let server: Rehearsal | undefined;
  try {
    heading('Booting a throwaway server and a private certificate authority');
    server = await bootAllowed({
      way: flags.way,
      release: flags.release,
      install: flags.install === true,
      onProgress: (line) => say(`  ${wrap(line, 2)}`),
      signal: interrupt.signal,
    });
    // The rehearsal's own folder goes with it, also when somebody else removes it.
    const folder = dirname(server.acme.caBundle);
    const config = join(folder, 'broker.yaml');
    await writeFile(config, rehearsalSettings(server, broker, flags.hardening));
    process.env.BROKER_SETUP_LOGIN_PASSWORD = server.rootPassword;
    const common: CommonFlags = {
      config,
      hostKey: await hostKeyOf(server),
      knownHosts: join(folder, 'known_hosts'),
      ...(flags.transport ? { transport: flags.transport } : {}),
      ...(flags.verbose ? { verbose: true } : {}),
    };
    const again = { ...common, yes: true, throwaway: flags.keep !== true };
    const parts: [string, () => Promise<number>][] = [
      [
        'The first run: broker-setup init',
        async () => (await setUp(undefined, again, interrupt.signal)).exitCode,
      ],
      ['The second run: nothing should be left to do', () => nothingLeft(again, interrupt.signal)],
      ['broker-setup doctor', () => doctor(undefined, common, interrupt.signal)],
      ['broker-setup fingerprint', () => fingerprint(undefined, common)],
    ];
    for (const [title, part] of parts) {
      if (interrupt.signal.aborted) throw new Cancelled();
      heading(title);
      const code = await part();
      if (code !== EXIT.ok) return code;
    }
    say(`\n${symbol.ok} ${wrap('The rehearsal went well.', 2)}`);
    return EXIT.ok;
  } catch (error) {
    if (interrupt.signal.aborted) throw new Cancelled('The rehearsal was stopped and removed.');
    throw error;
  } finally {
    if (server && flags.keep && !interrupt.signal.aborted)
      for (const line of await howToGetIn(server)) say(line);
    else await server?.down();
    interrupt.stop();
  }
}

/** A second run that still finds something to do means that the first did not bring it in place. */
async function nothingLeft(flags: InitFlags, signal: AbortSignal): Promise<number> {
  const { exitCode, changes } = await setUp(undefined, flags, signal);
  if (changes === 0) return exitCode;
  throw new SetupError(
    `The second run still made ${changes} changes, so the first had not brought them in place.`,
    {
      code: 'not-idempotent',
      hint: 'That is a defect of broker-setup; please report it with the output above.',
    },
  );
}

/** Nothing is installed on this computer unless a flag or an answer allows it. */
async function bootAllowed(options: RehearsalOptions): Promise<Rehearsal> {
  try {
    return await up(options);
  } catch (error) {
    const lacking = error instanceof SetupError && error.code === 'rehearsal-packages-missing';
    if (!lacking || process.platform !== 'linux' || !interactive()) throw error;
    if (!(await confirm(`${error.message} Install them now?`))) throw error;
    return up({ ...options, install: true });
  }
}

/** Fingerprint of the server's ed25519 key, read inside: what a person compares with the provider's console. */
async function hostKeyOf(server: Rehearsal): Promise<string> {
  const { stdout } = await server.exec('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
  return stdout.split(' ')[1] ?? '';
}

/** @returns the exit code */
export async function rehearseDown(name: string | undefined): Promise<number> {
  const { removed, inUse } = await down(name);
  if (removed.length === 0 && name !== undefined)
    throw new UsageError(`There is no rehearsal server named ${name}.`);
  const left =
    inUse.length > 0 ? `${prose(`Left ${inUse.join(', ')}: in use by a process of this computer.`)}\n` : '';
  if (removed.length > 0) show(`${prose(`Removed ${removed.join(', ')}.`)}\n`);
  else if (left === '') show(`${prose('There was no rehearsal server.')}\n`);
  show(left);
  return EXIT.ok;
}
