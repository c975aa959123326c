import { createHash } from 'node:crypto';
import { SetupError } from '../../errors.js';
import type { Target } from '../host.js';

/** One line of a known_hosts file that is about the host (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownKey {
  type: string;
  base64: string;
  marker?: 'revoked' | 'cert-authority';
}

/** The key that a server showed. */
export interface HostKey {
  type: string;
  base64: string;
  /** `SHA256:...` as ssh(1) prints it. */
  fingerprint: string;
}

/** What decides whether the machine that answers is the right one. */
export interface HostKeyPolicy {
  /** `SHA256:...`, from --host-key. */
  expected?: string;
  /** Looks the host up in known_hosts; asked once for the target and once for each jump host. */
  known(target: Target): Promise<KnownKey[]>;
  /** Called with the key that a host has shown and proved to have, in the key exchange of a login that was let in. */
  met?(target: Target, shown: HostKey): Promise<void>;
  /** Asks a person about a host that is not known yet. */
  ask?: (shown: { host: string; type: string; fingerprint: string }) => Promise<boolean>;
}

/** SHA-256 of a raw public key, as ssh(1) prints it: base64 without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** A raw public key begins with the length and name of its type (RFC 4253 section 6.6). */
export function hostKey(raw: Buffer): HostKey {
  const name = raw.subarray(4, 4 + raw.readUInt32BE(0)).toString('latin1');
  // The server's own words, which are shown and kept in known_hosts (RFC 4251 section 6 says what a name may hold).
  const type = /^[\w@.-]{1,64}$/.test(name) ? name : 'unknown';
  return { type, base64: raw.toString('base64'), fingerprint: fingerprint(raw) };
}

/** Pure. Types that known_hosts has come first, or a server with several keys would show one that nobody can compare. */
export function knownFirst<Name extends string>(names: readonly Name[], known: readonly KnownKey[]): Name[] {
  const types = new Set(known.filter(({ marker }) => marker === undefined).map(({ type }) => type));
  const isKnown = (name: string): boolean =>
    types.has(name.startsWith('rsa-sha2-') && !name.includes('cert') ? 'ssh-rsa' : name);
  return [...names.filter(isKnown), ...names.filter((name) => !isKnown(name))];
}

/** The name under which known_hosts holds a host: with the port in brackets unless it is 22 (sshd(8)). */
export function knownHostsName(target: Target): string {
  const name = target.hostKeyAlias ?? target.hostname;
  return target.port === 22 || target.hostKeyAlias !== undefined ? name : `[${name}]:${target.port}`;
}

/** undefined = known and equal; ask = nobody knows it yet. */
export type Verdict = 'known' | 'expected' | 'ask' | SetupError;

/** Pure: compares the key shown with what is known and what was asked for. A known key that differs never leads to a question. */
export function judge(
  target: Target,
  shown: HostKey,
  known: KnownKey[],
  expected: string | undefined,
): Verdict {
  if (known.some((key) => key.marker === 'revoked' && key.base64 === shown.base64))
    return revoked(target, shown);
  const trusted = known.filter((key) => key.marker === undefined);
  const same = trusted.some((key) => key.base64 === shown.base64);
  if (expected !== undefined && !sameFingerprint(expected, shown.fingerprint))
    return unexpected(target, shown, expected);
  if (same) return 'known';
  if (trusted.length > 0) return changed(target, shown, trusted);
  return expected === undefined ? 'ask' : 'expected';
}

/** Without an answer to be had, the fingerprint must come with the command. */
export function unknown(target: Target, shown: HostKey): SetupError {
  return new SetupError(
    `The server ${nameOf(target)} is not known yet; its host key is ${shown.fingerprint} (${shown.type}).`,
    {
      code: 'host-key-unknown',
      hint: `Compare it with what your provider's console shows (\`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on the server), then add --host-key ${shown.fingerprint}`,
    },
  );
}

export function declined(target: Target): SetupError {
  return new SetupError(`The host key of ${nameOf(target)} was not accepted.`, {
    code: 'host-key-declined',
    hint: "Neither key nor password was sent to the server. Compare the fingerprint with your provider's console and try again.",
  });
}

function changed(target: Target, shown: HostKey, trusted: KnownKey[]): SetupError {
  const types = [...new Set(trusted.map((key) => key.type))];
  const sameType = types.includes(shown.type);
  const what = sameType
    ? `The host key of ${nameOf(target)} is not the one this computer knows`
    : `${nameOf(target)} shows a host key of another type (${shown.type}) than this computer knows (${types.join(', ')})`;
  return new SetupError(`${what}: it is now ${shown.fingerprint}.`, {
    code: 'host-key-changed',
    hint:
      `Either the server was reinstalled or given new keys, ${sameType ? '' : 'or somebody has told its SSH server to use no other type, '}or somebody sits in between and pretends to be it. ` +
      `If you know that it was changed, compare the fingerprint with your provider's console and forget the old key: ${forgetCommand(target)}`,
  });
}

/** The user's own file is named only where it is not the default one, as a person would type it. */
function forgetCommand(target: Target): string {
  const [file] = target.knownHostsFiles;
  const other = file !== undefined && !/[\\/]\.ssh[\\/]known_hosts$/.test(file) ? ` -f "${file}"` : '';
  return `ssh-keygen -R "${knownHostsName(target)}"${other}`;
}

function revoked(target: Target, shown: HostKey): SetupError {
  return new SetupError(
    `The host key of ${nameOf(target)} (${shown.fingerprint}) is marked as revoked in known_hosts.`,
    {
      code: 'host-key-revoked',
      hint: 'Do not use this server before its owner has explained why.',
    },
  );
}

function unexpected(target: Target, shown: HostKey, expected: string): SetupError {
  return new SetupError(`The host key of ${nameOf(target)} is ${shown.fingerprint}, not ${expected}.`, {
    code: 'host-key-unexpected',
    hint: 'Either --host-key names another server or another of its keys, or somebody sits in between. Compare it with what your provider shows.',
  });
}

function sameFingerprint(a: string, b: string): boolean {
  const bare = (text: string): string =>
    text
      .trim()
      .replace(/^SHA256:/i, '')
      .replace(/=+$/, '');
  return bare(a) === bare(b);
}

function nameOf(target: Target): string {
  return target.port === 22 ? target.name : `${target.name} port ${target.port}`;
}
