import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials, Target } from '../../host.js';
import type { AgentLine } from '../../trust/ssh-add.js';
import { MOST_KEYS, readKey } from '../offers.js';

/** The keys that one ssh may show. */
export interface Identities {
  files: string[];
  certificates: string[];
  /** Nothing of the agent but these. */
  only: boolean;
  /** What a file made here stands for, in words. */
  labels: Map<string, string>;
  /** Why a key is not among them; one sentence each. */
  notes: string[];
}

/**
 * The chosen keys and, unless only they count, the agent's: no more than a server lets anybody try (failure case 5). Keys of the agent
 * that are too many are named one by one, by files with their public halves.
 * @param folder for these files
 */
export async function identitiesOf(
  target: Target,
  credentials: Credentials,
  agent: readonly AgentLine[],
  folder: string,
): Promise<Identities> {
  const files: string[] = [];
  const notes: string[] = [];
  const named: string[] = [];
  for (const { file, passphrase } of credentials.keys) {
    const found = await readKey(file, passphrase);
    // Its private half may be in the agent alone.
    if (found.kind === 'missing' && !(await exists(`${file}.pub`))) continue;
    // A key of a kind that only ssh knows is no reason to leave it out; a passphrase that is known to be wrong is.
    if (found.kind === 'unusable' && passphrase !== undefined) notes.push(found.note);
    else files.push(file);
    if ('publicKey' in found && found.publicKey) named.push(found.publicKey.toString('base64'));
  }
  const certificates = credentials.certificates ?? [];
  const labels = new Map<string, string>();
  const only = credentials.onlyKeys === true || target.identitiesOnly || !credentials.agent;
  const keys = agent.filter(({ type }) => !type.includes('-cert-v'));
  if (only || files.length + keys.length <= MOST_KEYS) return { files, certificates, only, labels, notes };
  // ssh offers what the agent holds in the agent's order (sshconnect2.c, pubkey_prepare): what stands before a named key would come first.
  const at = keys.findIndex(({ line }) => named.some((key) => line.includes(key)));
  const more = keys.slice(at + 1).slice(0, Math.max(0, MOST_KEYS - files.length));
  for (const [index, { line, comment, type }] of more.entries()) {
    const file = join(folder, `agent-${index}.pub`);
    await writeFile(file, `${line}\n`, { mode: 0o600 });
    files.push(file);
    labels.set(file, labelOf(comment === '' ? type : comment));
  }
  const left = keys.length - more.length - (at < 0 ? 0 : 1);
  if (left > 0) notes.push(`${left} more keys of the agent were not tried: name the right one.`);
  return { files, certificates, only: true, labels, notes };
}

export const labelOf = (comment: string): string => `key ${comment} of the SSH agent`;

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
