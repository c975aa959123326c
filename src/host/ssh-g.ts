import type { Target } from './host.js';

/** What this computer says about itself, for the tokens in paths. */
export interface Home {
  directory: string;
}

/** `ssh -G` as data: the target without its jumps, and how to reach it. */
export interface Resolved {
  target: Omit<Target, 'jumps' | 'transport'>;
  /** As ProxyJump spells them, outermost first: `[user@]host[:port]` or `ssh://...`. */
  jumps: string[];
}

/** What ssh(1) is told when it connects by what `ssh -G` has found: how the connection is made, and what it may agree on. */
const HANDED_ON = new Set(
  [
    'AddressFamily BindAddress BindInterface ProxyUseFdpass IPQoS Compression VerifyHostKeyDNS',
    'KexAlgorithms Ciphers MACs HostKeyAlgorithms CASignatureAlgorithms RequiredRSASize',
    'PubkeyAcceptedAlgorithms PubkeyAcceptedKeyTypes',
    'PKCS11Provider SecurityKeyProvider KnownHostsCommand RevokedHostKeys',
  ].flatMap((line) => line.toLowerCase().split(' ')),
);

/**
 * Reads the output of `ssh -G` (ssh(1): one lower-case keyword and its value a line).
 * @param name what was typed, which stays the target's name
 */
export function parseSshG(output: string, name: string, home: Home): Resolved {
  const values = new Map<string, string[]>();
  for (const line of output.split(/\r?\n/)) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space).toLowerCase();
    values.set(key, [...(values.get(key) ?? []), line.slice(space + 1).trim()]);
  }
  const one = (key: string): string | undefined => values.get(key)?.[0];
  const set = (key: string): string | undefined => {
    const value = one(key);
    return value === undefined || value === 'none' ? undefined : value;
  };
  const path = (text: string): string => expand(text, home);
  const files = (key: string): string[] =>
    (values.get(key) ?? [])
      .filter((file) => file !== 'none')
      .map(unquote)
      .map(path);
  const agent = one('identityagent');
  return {
    target: {
      name,
      hostname: one('hostname') ?? name,
      port: Number(one('port') ?? 22),
      user: one('user') ?? '',
      identityFiles: files('identityfile'),
      identityAgent: agent === undefined || agent === 'none' ? agent : path(unquote(agent)),
      identitiesOnly: one('identitiesonly') === 'yes',
      knownHostsFiles: [...paths(set('userknownhostsfile')), ...paths(set('globalknownhostsfile'))].map(path),
      hostKeyAlias: set('hostkeyalias'),
      proxyCommand: set('proxycommand'),
      certificateFiles: files('certificatefile'),
      sshOptions: [...values].flatMap(([key, [value]]) =>
        HANDED_ON.has(key) && value !== undefined && value !== 'none' ? [[key, value] as const] : [],
      ),
    },
    jumps:
      set('proxyjump')
        ?.split(',')
        .map((jump) => jump.trim()) ?? [],
  };
}

/** `[user@]host[:port]`, an IPv6 address in brackets, or the same as an ssh:// address (ssh_config(5), ProxyJump). */
export function parseJump(text: string): { host: string; user?: string; port?: number } {
  const bare = text.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const at = bare.lastIndexOf('@');
  const rest = bare.slice(at + 1);
  const found = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(rest);
  return {
    host: found?.[1] ?? found?.[2] ?? rest,
    ...(at > 0 ? { user: bare.slice(0, at) } : {}),
    ...(found?.[3] === undefined ? {} : { port: Number(found[3]) }),
  };
}

/** `ssh -G` leaves the tilde and %d (the home directory) in paths as they are. */
export function expand(path: string, home: Home): string {
  return path
    .replace(/^~(?=$|[\\/])/, () => home.directory)
    .replaceAll('%d', () => home.directory)
    .replaceAll('%%', '%');
}

/**
 * Several paths in one value. `ssh -G` prints them without quotes, and home directories on Windows have spaces: a new
 * path begins only where a word looks like the beginning of one.
 */
function paths(value: string | undefined): string[] {
  return value?.split(/\s+(?=[/~%]|[A-Za-z]:[\\/]|__PROGRAMDATA__)/).map(unquote) ?? [];
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
