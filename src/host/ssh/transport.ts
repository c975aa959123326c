import type { Target, Transport } from '../host.js';
import type { KnownKey } from '../trust/host-key.js';

/** What was asked for with --transport. */
export const TRANSPORTS = ['auto', 'openssh', 'node'] as const;
export type AskedTransport = (typeof TRANSPORTS)[number];

/** One machine on the way, as far as it matters for who can follow it. */
export interface HopFacts {
  target: Pick<Target, 'name' | 'proxyCommand' | 'sshOptions' | 'identitiesOnly'>;
  /** Public keys of the files that may be offered: file and type, as known from what lies on this computer. */
  keys: readonly { file: string; type: string }[];
  /** Certificates of the user that are there. */
  certificates: readonly string[];
  /** Types of what the agent holds. */
  agent: readonly string[];
  /** What known_hosts says of it. */
  known: readonly KnownKey[];
}

export interface Choice {
  transport: Transport;
  /** In words, where it is not the usual one or was asked for. */
  why: string | undefined;
}

/** Key exchanges that ssh2 knows (its lib/protocol/constants.js). */
const OWN_KEX =
  /^(curve25519-sha256(@libssh\.org)?|ecdh-sha2-nistp(256|384|521)|diffie-hellman-group(-exchange-sha(1|256)|1[4-8]-sha(1|256|512)|1-sha1))$/;

/**
 * Pure. This program's own SSH where it can follow the user's OpenSSH: it is quicker, and the same on each computer. Else the ssh of this
 * computer, but for Windows, whose ssh cannot keep a connection (ControlMaster).
 * @param hops jump hosts and the server itself
 */
export function chooseTransport(
  asked: AskedTransport,
  platform: NodeJS.Platform,
  hops: readonly HopFacts[],
): Choice {
  if (asked !== 'auto') return { transport: asked, why: undefined };
  if (platform === 'win32') return { transport: 'node', why: undefined };
  for (const hop of hops) {
    const why = beyondUs(hop);
    if (why !== undefined) return { transport: 'openssh', why };
  }
  return { transport: 'node', why: undefined };
}

/** Why this program's own SSH cannot follow; undefined where it can. */
function beyondUs({ target, keys, certificates, agent, known }: HopFacts): string | undefined {
  const option = (keyword: string): string | undefined =>
    target.sshOptions.find(([name]) => name === keyword.toLowerCase())?.[1];
  const { name } = target;
  if (target.proxyCommand !== undefined) return `~/.ssh/config reaches ${name} through a ProxyCommand`;
  if (certificates[0] !== undefined) return `there is a certificate for the SSH key (${certificates[0]})`;
  const hardware = keys.find(({ type }) => isHardware(type));
  if (hardware !== undefined) return `the key ${hardware.file} is on a security key (FIDO)`;
  const ofAgent = target.identitiesOnly ? [] : agent;
  const plain = keys.length > 0 || ofAgent.some((type) => !isHardware(type));
  if (!plain && ofAgent.some(isHardware)) return 'the SSH agent holds only keys of a security key (FIDO)';
  for (const keyword of OF_SSH_ALONE)
    if (option(keyword) !== undefined) return `~/.ssh/config sets ${keyword} for ${name}`;
  const kex = option('KexAlgorithms')?.split(',');
  if (kex !== undefined && !kex.some((one) => OWN_KEX.test(one)))
    return `~/.ssh/config allows ${name} only post-quantum key exchange`;
  if (known.length > 0 && known.every(({ marker }) => marker === 'cert-authority'))
    return `known_hosts knows ${name} by a certificate authority`;
  return undefined;
}

/** Settings of ssh_config(5) that change how a server is reached or known, and that only ssh itself follows. */
const OF_SSH_ALONE = ['PKCS11Provider', 'BindAddress', 'BindInterface', 'KnownHostsCommand'];

/** Types of keys whose private half is in a piece of hardware (OpenSSH, PROTOCOL.u2f); certificates of them as well. */
const isHardware = (type: string): boolean => type.startsWith('sk-');

/** Pure. Whether the server and this program's own SSH share no algorithm: the ssh of this computer may know a newer one. */
export function sharesNothing(error: { code: string; cause?: unknown }): boolean {
  return (
    error.code === 'handshake-failed' &&
    error.cause instanceof Error &&
    /no matching/i.test(error.cause.message)
  );
}
