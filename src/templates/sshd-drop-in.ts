/** First of its folder in the alphabet, as the first value wins: sshd_config(5). Cloud images bring 50-cloud-init.conf. */
export const SSHD_DROP_IN = '/etc/ssh/sshd_config.d/00-broker-setup.conf';

/** What the server's OpenSSH knows, as `ssh -Q` lists it. */
export interface SshAlgorithms {
  kex: readonly string[];
  ciphers: readonly string[];
  macs: readonly string[];
}

/**
 * Wanted, best first. Every one is without failure or warning in ssh-audit 3.3, and each list holds at least one that the
 * ssh2 library (1.17, lib/protocol/constants.js) speaks, so that this program still gets in. sntrup761x25519 stays
 * although ssh-audit 2.5 calls it experimental: OpenSSH 10.1 warns its user at each login without such a key exchange.
 */
const WANTED: SshAlgorithms = {
  kex: [
    'sntrup761x25519-sha512@openssh.com',
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group16-sha512',
  ],
  ciphers: [
    'chacha20-poly1305@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-gcm@openssh.com',
    'aes256-ctr',
    'aes192-ctr',
    'aes128-ctr',
  ],
  macs: ['hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256-etm@openssh.com', 'umac-128-etm@openssh.com'],
};

/** Types of the user's key that are let in: no SHA-1 signatures, no NIST curves. */
const KEY_TYPES = 'ssh-ed25519,sk-ssh-ed25519@openssh.com,rsa-sha2-512,rsa-sha2-256';

/** The same as certificates, for whom an authority vouches: TrustedUserCAKeys of sshd_config(5). */
const CERTIFICATE_TYPES = KEY_TYPES.split(',').map((type) =>
  type.endsWith('@openssh.com') ? type.replace('@', '-cert-v01@') : `${type}-cert-v01@openssh.com`,
);

/** A server has no security key; the certificate may be one of its RSA key. */
const HOST_CERTIFICATE_TYPES = CERTIFICATE_TYPES.filter((type) => !type.startsWith('sk-'));

/** Whether the hardened server lets in a key of this type, as the first word of a .pub file names it. */
export const acceptsKeyType = (type: string): boolean =>
  KEY_TYPES.split(',').includes(type) || (type === 'ssh-rsa' && KEY_TYPES.includes('rsa-sha2-'));

/** What the settings ask for beyond that. */
export interface SshdMore {
  strict?: boolean;
  /** Whether somebody reaches a port of the server through his login (`ssh -L`). */
  tunnel?: boolean;
  /** Whether the server lets in by certificates of an authority, and shows one itself; whoever relies on that must not be shut out. */
  userCertificates?: boolean;
  hostCertificate?: boolean;
  /** The names of PER_SOURCE that are ours to set. */
  perSource?: readonly string[];
}

/**
 * Of MaxStartups' ten logins at the same time one address gets four, so that a stranger with idle connections does not keep the operator
 * out. A run of this program logs in once at a time. For IPv6 an address is a network of 64 bits, of which a stranger has all addresses.
 */
export const PER_SOURCE: ReadonlyMap<string, string> = new Map([
  ['PerSourceMaxStartups', '4'],
  ['PerSourceNetBlockSize', '32:64'],
]);

/** First version of OpenSSH that knows them (release notes of 8.5), as ServerFacts names it. */
export const PER_SOURCE_SINCE = 805;

/**
 * Not here, on purpose: MaxAuthTries below the 6 of OpenSSH, because whoever has more keys in his agent would be refused before
 * the right one was tried; another Port. ssh(1) opens a connection of its own where a shared one has no session left.
 */
const strictSettings = (tunnel: boolean): [string, string][] => [
  ['AllowTcpForwarding', tunnel ? 'local' : 'no'],
  // A connection whose other side is gone ends after ten minutes; TCP's own signs of life can be forged.
  ['ClientAliveInterval', '300'],
  ['ClientAliveCountMax', '2'],
  ['TCPKeepAlive', 'no'],
  ['Compression', 'no'],
  // Names the key with which somebody logged in.
  ['LogLevel', 'VERBOSE'],
  ['MaxSessions', '2'],
  ['Banner', '/etc/issue.net'],
];

/** The settings that must be in force, by the names that `sshd -T` prints; the drop-in and the check both come from here. */
export function sshdSettings(known: SshAlgorithms, more: SshdMore = {}): ReadonlyMap<string, string> {
  const both = (wanted: readonly string[], there: readonly string[]) =>
    wanted.filter((name) => there.includes(name)).join(',');
  return new Map([
    ['PermitRootLogin', 'no'],
    ['PasswordAuthentication', 'no'],
    ['KbdInteractiveAuthentication', 'no'],
    ['PermitEmptyPasswords', 'no'],
    ['PubkeyAuthentication', 'yes'],
    ['X11Forwarding', 'no'],
    ['AllowAgentForwarding', 'no'],
    ['LoginGraceTime', '30'],
    ['MaxStartups', '10:30:60'],
    ...[...PER_SOURCE].filter(([name]) => more.perSource?.includes(name)),
    ['HostKeyAlgorithms', [...(more.hostCertificate ? HOST_CERTIFICATE_TYPES : []), 'ssh-ed25519'].join(',')],
    ['PubkeyAcceptedAlgorithms', [KEY_TYPES, ...(more.userCertificates ? CERTIFICATE_TYPES : [])].join(',')],
    ['KexAlgorithms', both(WANTED.kex, known.kex)],
    ['Ciphers', both(WANTED.ciphers, known.ciphers)],
    ['MACs', both(WANTED.macs, known.macs)],
    ...(more.strict ? strictSettings(more.tunnel === true) : []),
  ]);
}

/** Names of OpenSSH before 8.5 and 8.7 (release notes): Ubuntu 20.04 has 8.2. Later versions know both. */
export const OLD_NAMES: Readonly<Record<string, string>> = {
  PubkeyAcceptedAlgorithms: 'PubkeyAcceptedKeyTypes',
  KbdInteractiveAuthentication: 'ChallengeResponseAuthentication',
};

/** @param version of the server's OpenSSH, major times 100 plus minor: 902 for 9.2 */
export function sshdDropIn(settings: ReadonlyMap<string, string>, version: number): string {
  const lines = [...settings].map(
    ([name, value]) => `${(version < 807 && OLD_NAMES[name]) || name} ${value}`,
  );
  return [
    "# Written by broker-setup: keys only, no root, today's algorithms. Runs of it put changes here back.",
    ...lines,
    '',
  ].join('\n');
}
