import type { OtherWay } from './logins.js';

/** What there is on a server, beyond what is right or wrong with it: for the report, and to explain what is seen from outside. */
export interface Inventory {
  listeners?: readonly Listening[];
  firewall?: Firewall;
  /** What the machine's firmware says of its maker. */
  firmware?: string;
  /** TCP ports of the SSH server; systemd may listen for it. */
  sshPorts?: readonly number[];
  /** Whether the firewall lets in only so many new connections to it at a time (ufw(8), `limit`). */
  sshLimited?: boolean;
  /** Oldest first; the last is in use. */
  certificates?: readonly CertificateLife[];
  /** What the renewal hook noted, oldest first. */
  renewals?: readonly RenewalNote[];
  accounts?: readonly Account[];
  /** Why the broker may refuse a client before it has looked at its password, by file and line. */
  refusesFirst?: readonly string[];
  /** When the running SSH server was started, in seconds since 1970, and whether it is as this set-up wants it. */
  sshd?: { started: number; asSet: boolean };
}

export interface Listening {
  port: number;
  transport: 'tcp' | 'udp';
  /** '' where it could not be told. */
  program: string;
  /** Whether others than the server itself could reach it, but for the firewall. */
  world: boolean;
}

export interface Firewall {
  /** Closes what no rule opens. */
  on: boolean;
  /** `8883/tcp`, `9000:9002/tcp` of the ports that rules open to everybody. */
  open: readonly string[];
  /** `8080/tcp` of each port that containers publish past it. */
  published: readonly string[];
  /** Firewalls beside it, by name. */
  others: readonly string[];
  /** A REJECT of the provider's image stands before its rules. */
  rejectsBefore: boolean;
  /** What all rules in the kernel, whoever made them, do with connections to the ports that are to be open. */
  passages?: readonly Passage[];
}

/** What happens to a new connection from anywhere, by the rules in the kernel. */
export interface Passage {
  port: number;
  transport: 'tcp' | 'udp';
  family: 4 | 6;
  passes: boolean;
  /** The rule that closes; undefined where it is the policy of the firewall. */
  rule?: string;
  /** Rules that close for some clients. */
  some: readonly string[];
  /** Rules that were not understood and may close. */
  unclear: readonly string[];
}

export interface CertificateLife {
  sha1: string;
  sha256: string;
  names: string[];
  issuer: string;
  /** ISO 8601, UTC. */
  validFrom: string;
  validTo: string;
  current: boolean;
}

export interface RenewalNote {
  /** ISO 8601, UTC. */
  at: string;
  ok: boolean;
  text: string;
}

export interface Account {
  name: string;
  /** How it reaches root. */
  root: 'itself' | 'with-password' | 'without-password' | 'limited' | 'no';
  /** Whether it has a password, at the console or for sudo. */
  password: boolean;
  /** False where it has none: it may have connections forwarded, and use SFTP. */
  shell?: false;
  /** How it may log in over SSH. */
  ssh: ('key' | 'password' | OtherWay)[];
  /** refused: why the SSH server does not take it. limits: what narrows a login with it. */
  keys: { type: string; fingerprint: string; comment: string; refused?: string; limits?: string[] }[];
}

/**
 * refused: nothing listens. rejected: a firewall said no. filtered: silence. wrong: something answers, but not what should.
 * unreachable: there is no way from this computer.
 */
export type PortSeen = 'open' | 'refused' | 'rejected' | 'filtered' | 'wrong' | 'unreachable';

/** One look at one port from this computer. */
export interface PortLook {
  port: number;
  transport: 'tcp' | 'udp';
  address: string;
  seen: PortSeen;
}

/** Pure. Whether a rule of the firewall opens this port to everybody. */
export function opens({ open }: Firewall, port: number, transport: 'tcp' | 'udp'): boolean {
  return open.some((rule) => {
    const [ports = '', of] = rule.split('/');
    const [from, to = from] = ports.split(':').map(Number);
    return of === transport && from !== undefined && to !== undefined && from <= port && port <= to;
  });
}
