import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Credentials, ownCredentials, type Target } from '../host.js';
import type { HostKeyPolicy, KnownKey } from '../host-key.js';
import { agentLines } from '../ssh-add.js';
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
  pins: Pins | undefined;
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
        config: join(folder, `${index}.conf`),
      };
    }),
  );
}

/** Writes what ssh reads about a hop. @param before the hop that leads to it */
export async function layDown(
  { target, credentials, identities, known, pins, config }: Hop,
  before: Hop | undefined,
  methods: readonly string[],
  { timeoutMs, tells }: { timeoutMs: number; tells: boolean },
): Promise<void> {
  const keys = pins?.keys ?? known;
  const file = `${config}.known`;
  await writePins(file, target, keys);
  const through = before === undefined ? target.proxyCommand : jumpCommand(before.config, before.target.name);
  const { files, certificates, only } = identities;
  const text = hopConfig(target, {
    known: file,
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
