import { access } from 'node:fs/promises';
import { MOST, readUserFile } from '../../user-file.js';
import type { Target } from '../host.js';
import type { HostKeyPolicy } from '../trust/host-key.js';
import { publicHalf } from '../trust/private-key.js';
import { agentLines } from '../trust/ssh-add.js';
import { fieldAt } from '../trust/wire.js';
import type { HopFacts } from './transport.js';

/**
 * Looks at what lies on this computer for each machine on the way.
 * @param more keys that are offered to the server itself besides its own
 */
export function hopFacts(
  target: Target,
  more: readonly string[],
  known: HostKeyPolicy['known'],
): Promise<HopFacts[]> {
  return Promise.all(
    [...target.jumps, target].map(async (hop) => {
      const files = [...new Set([...hop.identityFiles, ...(hop === target ? more : [])])];
      const [keys, beside, named, agent, knownKeys] = await Promise.all([
        Promise.all(files.map(typeOf)),
        existing(files.map((file) => `${file}-cert.pub`)),
        existing(hop.certificateFiles),
        agentLines(hop),
        known(hop),
      ]);
      return {
        target: hop,
        keys: keys.flatMap((key) => key ?? []),
        certificates: [...named, ...beside],
        agent: agent.map(({ type }) => type),
        known: knownKeys,
      };
    }),
  );
}

/** The type of a key, from its public half; a private one of OpenSSH names it as well, encrypted or not (PROTOCOL.key). */
async function typeOf(file: string): Promise<{ file: string; type: string } | undefined> {
  const line = await readUserFile(`${file}.pub`, MOST.key).catch(() => undefined);
  const type = /^\S+/.exec(line?.toString('utf8').trim() ?? '')?.[0];
  if (type !== undefined) return { file, type };
  const text = (await readUserFile(file, MOST.key).catch(() => undefined))?.toString('latin1');
  if (text === undefined) return undefined;
  // The type is the first field of the public half (RFC 4253 section 6.6).
  const half = Buffer.from(publicHalf(text) ?? '', 'base64');
  return { file, type: fieldAt(half)?.toString('latin1') ?? 'unknown' };
}

async function existing(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => [file],
        () => [],
      ),
    ),
  );
  return found.flat();
}
