import { fingerprint } from '../../host/trust/host-key.js';
import { type Sh, verbatim } from '../../sh.js';

/** A key as ssh-keygen(1) -l lists it: `256 SHA256:… comment (ED25519)`. */
export interface ListedKey {
  bits: number;
  fingerprint: string;
  comment: string;
  /** In ssh-keygen's short form: RSA, ECDSA, ED25519-SK. */
  type: string;
}

/** What stands before a key in a file of authorized keys: sshd(8), AUTHORIZED_KEYS FILE FORMAT. Names in lower case. */
export type KeyOptions = ReadonlyMap<string, string>;

/** For sed: the lines that hold a public key. What else is in such a file, a private key perhaps, stays on the server. */
export const KEY_LINE: Sh = verbatim("'/\\(ssh-\\|ecdsa-\\|sk-\\)[^ \t]*[ \t]\\{1,\\}AAAA/p'");

const KEY = /^((?:ssh|ecdsa|sk)-\S+)\s+(AAAA[A-Za-z0-9+/=]*)/;

/** Pure. Options of the keys in these lines, by the fingerprint of the key. */
export function optionsOf(lines: readonly string[]): ReadonlyMap<string, KeyOptions> {
  return new Map(
    lines.flatMap((text) => {
      const line = text.trim();
      const end = KEY.test(line) ? 0 : endOfOptions(line);
      const [, , blob] = KEY.exec(line.slice(end).trimStart()) ?? [];
      if (blob === undefined || line.startsWith('#')) return [];
      return [[fingerprint(Buffer.from(blob, 'base64')), options(line.slice(0, end))] as const];
    }),
  );
}

/** The first blank outside of quotes. */
function endOfOptions(line: string): number {
  const [before = ''] = /^(?:"(?:\\"|[^"])*"|[^\s"])*/.exec(line) ?? [];
  return before.length;
}

function options(text: string): KeyOptions {
  const found = text.matchAll(/([\w-]+)(?:="((?:\\"|[^"])*)")?/g);
  return new Map([...found].map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

/** What sshd lets in: algorithms of signatures, the least size of an RSA key, and the day. */
export interface KeyRules {
  /** PubkeyAcceptedAlgorithms. */
  accepted: readonly string[];
  /** RequiredRSASize. */
  rsaBits: number;
  now: Date;
}

/** Pure. Why sshd refuses a key, in words; undefined where it takes it. */
export function refusalOf(
  { type, bits }: Pick<ListedKey, 'type' | 'bits'>,
  own: KeyOptions,
  { accepted, rsaBits, now }: KeyRules,
): string | undefined {
  if (isExpired(own, now)) return `it was valid until ${own.get('expiry-time')}`;
  if (own.has('cert-authority'))
    return accepted.some((name) => name.includes('-cert-v01@'))
      ? undefined
      : 'it is an authority for certificates, and the SSH server takes none';
  if (type.endsWith('-CERT')) return 'it is a certificate, where a key belongs';
  if (!algorithms(type, bits).some((name) => accepted.includes(name)))
    return `keys of the type ${type} are not accepted (PubkeyAcceptedAlgorithms)`;
  return type === 'RSA' && bits < rsaBits
    ? `it is shorter than ${rsaBits} bits (RequiredRSASize)`
    : undefined;
}

/** Pure. What narrows a login with a key, in words. */
export function limitsOf(own: KeyOptions): string[] {
  const [from, command] = [own.get('from'), own.get('command')];
  return [
    ...(own.has('cert-authority') ? ['with its certificates'] : []),
    ...(from === undefined ? [] : [`from ${from} only`]),
    ...(command === undefined ? [] : [`runs only “${command}”`]),
  ];
}

/** The algorithms with which a key of this type can sign: an RSA key with each of three. */
function algorithms(type: string, bits: number): string[] {
  if (type === 'RSA') return ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'];
  if (type === 'ECDSA') return [`ecdsa-sha2-nistp${bits}`];
  if (type === 'ECDSA-SK') return ['sk-ecdsa-sha2-nistp256@openssh.com'];
  if (type === 'ED25519-SK') return ['sk-ssh-ed25519@openssh.com'];
  return [type === 'DSA' ? 'ssh-dss' : `ssh-${type.toLowerCase()}`];
}

/** Pure. `20261130`, `202611301200` or with seconds, in the server's time unless it ends in Z. A day more or less is nobody's claim here. */
export function isExpired(own: KeyOptions, now: Date): boolean {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/.exec(own.get('expiry-time') ?? '') ?? [];
  return (
    year !== undefined && Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) < now.getTime()
  );
}
