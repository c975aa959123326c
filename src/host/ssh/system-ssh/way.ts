import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Credentials, ownCredentials, type Target } from '../../host.js';
import type { HostKeyPolicy, KnownKey } from '../../trust/host-key.js';
import { agentLines } from '../../trust/ssh-add.js';
import { hopConfig, jumpCommand } from './config.js';
import { type Pins, writePins } from './host-keys.js';
import { type Identities, identitiesOf } from './identities.js';

/** One machine on the way, the server itself or a jump host, and what ssh is told about it. */
export interface Hop {
  target: Target;
  /** Whose keys it accepts; --host-key is about the server itself. */
  policy: HostKeyPolicy;
  credentials: Credentials;
  identities: Identities;
  known: KnownKey[];
  /** Once they are known. */
  pins: Pins | undefined;
  /** Program that judges its key once it is shown, where nobody has yet. */
  judge: string | undefined;
  /** Its configuration file. */
  config: string;
}

/** All machines on the way, outermost first. @param folder for what ssh reads */
export function hopsTo(
  target: Target,
  credentials: Credentials,
  policy: HostKeyPolicy,
  folder: string,
): Promise<Hop[]> {
  const { expected: _, ...jumpPolicy } = policy;
  return Promise.all(
    [...target.jumps, target].map(async (hop, index): Promise<Hop> => {
      const isLast = hop === target;
      const own = isLast ? credentials : ownCredentials(hop);
      const [known, agent] = await Promise.all([policy.known(hop), own.agent ? agentLines(hop) : []]);
      return {
        target: hop,
        policy: isLast ? policy : jumpPolicy,
        credentials: own,
        identities: await identitiesOf(hop, own, agent, folder),
        known,
        pins: undefined,
        judge: undefined,
        config: join(folder, `${index}.conf`),
      };
    }),
  );
}

/** Writes what ssh reads about a hop. @param before the hop that leads to it */
export async function layDown(
  { target, credentials, identities, known, pins, judge, config }: Hop,
  before: Hop | undefined,
  methods: readonly string[],
  { timeoutMs, tells }: { timeoutMs: number; tells: boolean },
): Promise<void> {
  const keys = pins?.keys ?? known;
  const judging = pins === undefined ? judge : undefined;
  const file = `${config}.known`;
  await writePins(file, target, judging === undefined ? keys : []);
  const through = before === undefined ? target.proxyCommand : jumpCommand(before.config, before.target.name);
  const { files, certificates, only } = identities;
  const text = hopConfig(target, {
    known: file,
    judge: judging,
    keys,
    identities: files,
    certificates,
    agent: credentials.agent,
    only,
    methods,
    through,
    timeoutMs,
    tells,
  });
  await writeFile(config, text, { mode: 0o600 });
}
