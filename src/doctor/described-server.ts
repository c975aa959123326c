import { SetupError, UsageError } from '../errors.js';
import { publicKey } from '../host/trust/key-files.js';
import { describe, discovery } from '../session/discover.js';
import type { CommonFlags, DoctorFlags } from '../session/flags.js';
import { visit } from '../session/one-off-session.js';
import { sessionFlags } from '../session/session.js';
import { configToRead, knownSettings } from '../session/settings.js';
import { assign, fromCommandLine } from '../settings/assign.js';
import { complete, validate } from '../settings/complete.js';
import { settingsOf } from '../settings/load.js';
import type { Draft, Settings } from '../settings/schema.js';
import { leaf } from '../settings/tree.js';

/** The settings of a server, or what was found out about one that no settings describe. */
export interface Described {
  settings: Settings;
  /** Whether somebody said what this server is to be; otherwise nothing on it may be called wrong, and nothing is mended. */
  known: boolean;
  /** The settings file that was named. */
  config?: string;
}

/**
 * What is known of the server from broker.yaml and flags; where only its address is given, it is asked itself.
 * @throws UsageError where the settings are wrong or nothing names a server; SetupError where it could not be asked
 */
export async function describedServer(
  server: string | undefined,
  flags: DoctorFlags,
  signal: AbortSignal,
): Promise<Described> {
  try {
    const settings = await knownSettings(server, flags);
    if (server === undefined || flags.config !== undefined || (await isItsOwn(hostOf(server), flags)))
      return { settings, known: true, ...(flags.config === undefined ? {} : { config: flags.config }) };
  } catch (error) {
    const undescribed = server !== undefined && (await configToRead(flags)) === undefined;
    if (!(error instanceof UsageError) || !undescribed) throw error;
  }
  const line = fromCommandLine({ server, options: { ...flags }, ...(flags.set ? { set: flags.set } : {}) });
  const provisional = settingsOf(complete(assign(describe('', hostOf(server), 'root'), line)));
  if (flags.outsideOnly) return { settings: provisional, known: false };
  const found = await visit(
    provisional,
    sessionFlags(flags),
    async ({ host, firstLogin }) => {
      const seen = describe((await host.run({ script: discovery })).stdout, provisional.server, host.user);
      refuseUnknownBroker(seen);
      const key = await firstKey(firstLogin?.credentials.keys ?? []);
      return key === undefined ? seen : { ...seen, key: { file: key } };
    },
    signal,
  );
  return { settings: settingsOf(complete(assign(found, line))), known: false };
}

/** A broker.yaml that merely lies in this folder may be about another server than the one that was typed. */
async function isItsOwn(host: string, flags: CommonFlags): Promise<boolean> {
  const { server, domain, key } = await knownSettings(undefined, flags);
  return [server, domain, key.alias].includes(host);
}

const hostOf = (typed: string): string => typed.slice(typed.indexOf('@') + 1);

/** What is not known to this program cannot be judged by it. */
function refuseUnknownBroker({ broker }: Draft): void {
  if (broker?.kind !== 'emqx' || validate(leaf('broker.version'), broker.version) === true) return;
  throw new SetupError(`The server has EMQX ${broker.version}, which this program does not know.`, {
    code: 'unknown-broker',
    hint: 'What can be seen from outside is seen with --outside-only.',
  });
}

/** The key that has opened the server, as far as can be told: the first of those that were offered and are there. */
async function firstKey(keys: readonly { file: string }[]): Promise<string | undefined> {
  for (const { file } of keys) if ((await publicKey(file)) !== undefined) return file;
  return undefined;
}
