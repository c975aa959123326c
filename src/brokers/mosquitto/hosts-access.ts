import type { SeenFile } from '../../engine/facts/files.js';
import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

export const HOSTS_ALLOW = '/etc/hosts.allow';
export const HOSTS_DENY = '/etc/hosts.deny';

/** The name by which Mosquitto asks (mosquitto, net.c). */
const DAEMON = 'mosquitto';

/** A line of hosts_access(5). */
interface Line {
  file: string;
  number: number;
  text: string;
  daemons: string;
  clients: string;
  /** Of hosts_options(5), which Debian's libwrap reads: `deny` and `allow` decide, whichever file it is. */
  options: string[];
}

/**
 * Shell that prints `wrapped=yes` where Mosquitto asks these files: the distributions build it with libwrap. A program is started only where a
 * line is in force.
 */
export const tellWrapped: Sh = sh`for file in ${HOSTS_ALLOW} ${HOSTS_DENY}; do
  if [ -r "$file" ]; then while read -r line; do case $line in ''|'#'*) ;; *) rules=yes ;; esac; done <"$file"; fi
done
if [ -n "$rules" ] && { [ ! -e /usr/sbin/mosquitto ] || grep -q libwrap /usr/sbin/mosquitto; }; then echo wrapped=yes; fi`;

/** Pure. The line that makes Mosquitto refuse clients from anywhere; undefined where it lets them in. */
export function refusingLine(files: ReadonlyMap<string, SeenFile>): Line | undefined {
  const of = (file: string) => lines(file, files.get(file)?.content ?? '').filter(isForAll);
  const [allow] = of(HOSTS_ALLOW);
  if (allow) return allow.options.includes('deny') ? allow : undefined;
  const [deny] = of(HOSTS_DENY);
  return deny && !deny.options.includes('allow') ? deny : undefined;
}

const isForAll = ({ daemons, clients }: Line): boolean =>
  matches(daemons, [DAEMON, 'all']) && matches(clients, EVERYBODY);

/** Who is anybody. `0.0.0.0/0` is nobody to libwrap, and `UNKNOWN` is who has no name in DNS, as most devices (tried on Debian 12). */
const NAMELESS = 'unknown';
const EVERYBODY = ['all', NAMELESS, '0.0.0.0/0.0.0.0'];

/** `A B EXCEPT C EXCEPT D` is A or B, but not C, which is not D (hosts_access(5)). Capitals are all one to libwrap. */
function matches(list: string, names: readonly string[]): boolean {
  const [first = '', ...rest] = list.toLowerCase().split(/\bexcept\b/);
  const words = first.split(/[\s,]+/).map((word) => word.replace(/@.*/, ''));
  if (!words.some((word) => names.includes(word))) return false;
  return rest.length === 0 || !matches(rest.join('except'), names);
}

function lines(file: string, content: string): Line[] {
  const found: Line[] = [];
  let number = 0;
  let text = '';
  for (const [index, line] of content.split('\n').entries()) {
    if (text === '') number = index + 1;
    text += line.replace(/\\$/, '');
    if (line.endsWith('\\')) continue;
    // Addresses of IPv6 stand in brackets.
    const [daemons = '', clients, ...options] = text.match(/(?:\[[^\]]*\]|[^:[])+/g) ?? [];
    if (!text.startsWith('#') && clients !== undefined)
      found.push({
        ...{ file, number, text: text.trim(), daemons, clients },
        options: options.map((one) => one.trim().toLowerCase()),
      });
    text = '';
  }
  return found;
}

/** Pure. */
export function wrappedFindings(wrapped: boolean, files: ReadonlyMap<string, SeenFile>): Finding[] {
  // The library with which it speaks WebSocket does not ask (libwebsockets; seen with Mosquitto 2.0.11).
  const line = wrapped ? refusingLine(files) : undefined;
  if (line === undefined) return [];
  return [
    {
      id: 'conf-edits.hosts-deny',
      level: 'stop',
      summary: `Mosquitto closes every connection without WebSocket${matches(line.clients, ['all', '0.0.0.0/0.0.0.0']) ? '' : ' from addresses that have no name in DNS'} because of line ${line.number} of ${line.file} (“${line.text}”): as Debian and Ubuntu build it, it obeys that file (libwrap).`,
      hint:
        line.file === HOSTS_DENY
          ? `Allow it on the server: echo 'mosquitto: ALL' | sudo tee -a ${HOSTS_ALLOW}. Devices still need an account.`
          : `Remove that line, or put “mosquitto: ALL” above it. Devices still need an account.`,
    },
  ];
}
