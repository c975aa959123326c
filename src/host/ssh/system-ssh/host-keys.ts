import { readFile, rm, writeFile } from 'node:fs/promises';
import { SetupError } from '../../../errors.js';
import type { Target } from '../../host.js';
import {
  declined,
  type HostKey,
  type HostKeyPolicy,
  hostKey,
  judge,
  type KnownKey,
  knownHostsName,
  unknown,
} from '../../trust/host-key.js';
import { revokedByFile } from '../../trust/revoked.js';
import { knownLines } from './config.js';

/** The host keys that one hop may show. */
export interface Pins {
  keys: KnownKey[];
  /** Whether the key that it shows was looked at, and this one accepted; else what known_hosts has is taken as it is. */
  accepted: HostKey | undefined;
}

/** Whether what known_hosts says is enough, and ssh compares; otherwise the key is judged when it is shown, as everywhere else. */
export function isKnown(hop: Target, policy: HostKeyPolicy, known: readonly KnownKey[]): boolean {
  if (policy.expected !== undefined) return false;
  return known.some(({ marker }) => marker !== 'revoked') || asksForKeys(hop);
}

/** @throws SetupError `host-key-*` */
export async function accept(
  hop: Target,
  policy: HostKeyPolicy,
  known: KnownKey[],
  shown: HostKey,
): Promise<Pins> {
  const verdict = (await revokedByFile(hop, shown)) ?? judge(hop, shown, known, policy.expected);
  if (verdict instanceof SetupError) throw verdict;
  if (verdict === 'ask') {
    if (policy.ask === undefined) throw unknown(hop, shown);
    const { type, fingerprint } = shown;
    if (!(await policy.ask({ host: hop.name, type, fingerprint }))) throw declined(hop);
  }
  return { keys: [{ type: shown.type, base64: shown.base64 }], accepted: shown };
}

/** ssh_config(5), KnownHostsCommand: another source of host keys than files. */
const asksForKeys = ({ sshOptions }: Target): boolean =>
  sshOptions.some(([keyword]) => keyword === 'knownhostscommand');

/** Lays the file down that one ssh compares with. */
export const writePins = (file: string, hop: Target, keys: readonly KnownKey[]): Promise<void> =>
  writeFile(file, knownLines(knownHostsName(hop), keys), { mode: 0o600 });

/** The key that an ssh has written into a file of its own; undefined where it came to none. */
export async function writtenKey(file: string): Promise<HostKey | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  await rm(file, { force: true });
  const [, , base64] = text.trim().split(/\s+/);
  return base64 === undefined ? undefined : hostKey(Buffer.from(base64, 'base64'));
}

/** Pure. Which of these keys ssh has met. */
export function metKey(keys: readonly KnownKey[], fingerprint: string | undefined): HostKey | undefined {
  return keys
    .filter(({ marker }) => marker === undefined)
    .map(({ base64 }) => hostKey(Buffer.from(base64, 'base64')))
    .find((key) => key.fingerprint === fingerprint);
}
