/** What an ssh has told of its way on standard error, with LogLevel DEBUG1. */
export interface Told {
  /** The TCP connection stands. */
  connected: boolean;
  /** The address that was reached, where ssh reached it by itself. */
  address: string | undefined;
  /** The key that the server showed, as ssh(1) prints it; of a certificate the key in it. */
  fingerprint: string | undefined;
  /** Methods that the server named at first, before anything was tried. */
  accepts: string[];
  /** Methods that it named last. */
  offered: string[];
  /** Keys that were offered: file or comment, and whether it is the agent's. */
  keys: { name: string; agent: boolean }[];
  /** Methods that were begun, in their order. */
  methods: string[];
  /** Somebody is in, and commands can be run. */
  ready: boolean;
  /** What it said beside its account of the way: errors, and a greeting of the server. */
  said: string[];
  /** What of that the server said once a login had begun. */
  parting: string;
}

/**
 * Pure. Reads ssh's own account. The server's greeting is among it and may hold anything; so what is known before the login is taken
 * from its first mention, and nothing here decides whom to trust: ssh has compared the host key by then.
 */
export function told(stderr: string): Told {
  const lines = stderr.split(/\r?\n/).filter((line) => line !== '');
  const first = (pattern: RegExp): string | undefined => {
    for (const line of lines) {
      const found = pattern.exec(line);
      if (found) return found[1];
    }
    return undefined;
  };
  const all = (pattern: RegExp): RegExpExecArray[] =>
    lines.map((line) => pattern.exec(line)).filter((found) => found !== null);
  const methods = all(/^debug1: Authentications that can continue: (\S*)$/).map(([, list = '']) =>
    list.split(','),
  );
  const isSaid = (line: string): boolean => !line.startsWith('debug1: ');
  const begun = lines.findIndex((line) => line.startsWith('debug1: Next authentication method: '));
  return {
    connected: first(/^debug1: (Connection established)\.$/) !== undefined,
    address: first(/^debug1: Connecting to \S+ \[([^\]]+)\] port \d+\.$/),
    fingerprint: first(/^debug1: Server host (?:key|certificate): \S+ (SHA256:[A-Za-z0-9+/]+)/),
    accepts: methods[0] ?? [],
    offered: methods.at(-1) ?? [],
    keys: all(/^debug1: (?:Offering public key: (.*) \S+ SHA256:\S+(.*)|Trying private key: (.*))$/).map(
      ([, offered, from = '', tried]) => ({ name: offered ?? tried ?? '', agent: / agent$/.test(from) }),
    ),
    methods: all(/^debug1: Next authentication method: (\S+)$/).map(([, method = '']) => method),
    ready: lines.includes('debug1: Entering interactive session.'),
    said: lines.filter(isSaid),
    parting:
      begun < 0
        ? ''
        : lines
            .slice(begun)
            .filter((line) => isSaid(line) && !OF_SSH.test(line))
            .join(' '),
  };
}

/** How ssh itself tells of a login and of the end of a connection. */
const OF_SSH =
  /^(Authenticated to|Connection (closed|reset) by|Connection to|Received disconnect from|Disconnected from|Read from remote host|Timeout, server|ssh_dispatch_run_fatal:|sign_and_send_pubkey:|Permission denied,) /;

/** Pure. What ssh said of a failure to connect, as the error code of the system (errno(3), getaddrinfo(3)). */
export function errnoOf(said: string): string | undefined {
  for (const [pattern, code] of ERRNO) if (pattern.test(said)) return code;
  return undefined;
}

const ERRNO: readonly [RegExp, string][] = [
  [/Could not resolve hostname .*: Temporary failure/, 'EAI_AGAIN'],
  [/Could not resolve hostname /, 'ENOTFOUND'],
  [/Connection refused/, 'ECONNREFUSED'],
  [/No route to host/, 'EHOSTUNREACH'],
  [/Network is (unreachable|down)/, 'ENETUNREACH'],
  [/(Connection|Operation) timed out/, 'ETIMEDOUT'],
];
