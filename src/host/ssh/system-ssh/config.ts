import type { Target } from '../../host.js';
import { type KnownKey, knownFirst } from '../../trust/host-key.js';

/** What one ssh, to the server or to a jump host, is told beside where it goes. */
export interface HopRules {
  /** File with the host keys that it may meet. */
  known: string;
  /** Program that judges the key once it is shown; then the file holds none. */
  judge: string | undefined;
  /** Keys of known_hosts. */
  keys: readonly KnownKey[];
  identities: readonly string[];
  certificates: readonly string[];
  /** Whether the agent may be asked. */
  agent: boolean;
  /** Of the agent only the keys that are named. */
  only: boolean;
  /** RFC 4252's names, in the order in which they are tried. */
  methods: readonly string[];
  /** The program through which it goes. */
  through: string | undefined;
  timeoutMs: number;
  /** Whether it tells what it does: told.ts reads that. */
  tells: boolean;
}

/** A dead link is noticed after the fourth tick at the latest: 28 s, as by this program's own SSH. */
const SIGN_S = 7;

/**
 * Pure. A configuration file for one ssh. It stands in the place of the user's own (`ssh -F`), whose outcome `ssh -G` has told already: so
 * nothing of it is lost, Match and ProxyCommand included, and nothing that is not asked for comes in, such as more keys or forwardings.
 */
export function hopConfig(hop: Target, rules: HopRules): string {
  const { sshOptions, identityAgent, hostKeyAlias, hostname, port, user } = hop;
  const agent = rules.agent ? identityAgent : 'none';
  const lines: (readonly [string, string | number])[] = [
    // OpenSSH before 8.5 knows no such command.
    ['IgnoreUnknown', 'KnownHostsCommand'],
    ...(rules.judge === undefined ? [] : [['KnownHostsCommand', `${quoted(rules.judge)} %I %t %K`] as const]),
    ['HostName', literal(hostname)],
    ['Port', port],
    ['User', quoted(user)],
    // As by this program's own SSH: compression.ts says why.
    ['Compression', 'yes'],
    ...sshOptions.map(([keyword, value]) =>
      keyword === 'hostkeyalgorithms'
        ? ([keyword, hostKeyNames(value, rules)] as const)
        : ([keyword, value] as const),
    ),
    ...(hostKeyAlias === undefined ? [] : [['HostKeyAlias', hostKeyAlias] as const]),
    ['UserKnownHostsFile', path(rules.known)],
    ['GlobalKnownHostsFile', 'none'],
    ['StrictHostKeyChecking', 'yes'],
    ['CheckHostIP', 'no'],
    ['UpdateHostKeys', 'no'],
    ['HashKnownHosts', 'no'],
    ...(agent === undefined ? [] : [['IdentityAgent', agentPath(agent)] as const]),
    ['IdentitiesOnly', rules.only ? 'yes' : 'no'],
    ...(rules.identities.length === 0 ? ['none'] : rules.identities.map(path)).map(
      (file) => ['IdentityFile', file] as const,
    ),
    ...rules.certificates.map((file) => ['CertificateFile', path(file)] as const),
    ['PreferredAuthentications', rules.methods.join(',')],
    ['NumberOfPasswordPrompts', 1],
    ['ConnectTimeout', Math.ceil(rules.timeoutMs / 1000)],
    ['ServerAliveInterval', SIGN_S],
    ['ServerAliveCountMax', 3],
    ['LogLevel', rules.tells ? 'DEBUG1' : 'INFO'],
    ...(rules.through === undefined ? [] : [['ProxyCommand', rules.through] as const]),
  ];
  return lines.map(([keyword, value]) => `${keyword} ${value}\n`).join('');
}

/** Pure. How an ssh reaches the next hop through this one; OpenSSH makes the same of ProxyJump (ssh.c). */
export function jumpCommand(config: string, name: string): string {
  // Its own name is only for tokens; a name that the shell of this computer might take for something else stays out.
  return `ssh -F "${literal(config)}" -W "[%h]:%p" -- ${/^[\w.-]+$/.test(name) ? literal(name) : 'jump'}`;
}

/** Pure. Lines of a known_hosts file. */
export function knownLines(name: string, keys: readonly KnownKey[]): string {
  return keys
    .map(
      ({ marker, type, base64 }) => `${marker === undefined ? '' : `@${marker} `}${name} ${type} ${base64}\n`,
    )
    .join('');
}

/** Pure. As ssh does by itself where no list is given; certificates stay in front where an authority is known. */
function hostKeyNames(list: string, { keys, judge }: HopRules): string {
  // What is judged is a key, not a certificate.
  const names = list.split(',').filter((name) => judge === undefined || !name.includes('-cert-v'));
  const order = keys.some(({ marker }) => marker === 'cert-authority') ? names : knownFirst(names, keys);
  return order.join(',');
}

/** ssh_config(5): a value with spaces stands in quotes; a per cent sign begins a token. */
const quoted = (text: string): string => `"${text}"`;
const literal = (text: string): string => text.replaceAll('%', '%%');
const path = (file: string): string => quoted(literal(file));
const agentPath = (agent: string): string =>
  /^(none|SSH_AUTH_SOCK|\$.*)$/.test(agent) ? agent : path(agent);
