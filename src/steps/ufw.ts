import { answers } from '../engine/answers.js';
import type { Firewall } from '../engine/inventory.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { newUserLogin } from '../proofs/login.js';
import { lines, type Sh, sh } from '../sh.js';
import { tellSshPorts, toldSshPorts } from './ssh-ports.js';
import { openedByGuide, type PortRule, wantedPorts } from './ufw/ports.js';
import { parseRules, type UfwRule } from './ufw/rules.js';

/** Rules with this comment are ours: made and removed here. Others are left alone. */
const OURS = 'broker-setup';

const FILES = ['/etc/ufw', '/etc/default/ufw'];
const reload = sh`if grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; then ufw reload; else ufw disable; fi`;

interface State {
  netfilter: boolean;
  enabled: boolean;
  loadedAtBoot: boolean;
  input: string;
  output: string;
  ipv6: boolean;
  /** Whether the kernel speaks IPv6 at all; where it does not, ufw writes no rules for it. */
  kernel6: boolean;
  rules: UfwRule[];
  /** Whether the rules are in the kernel, for v4 and v6. */
  live: { v4: string; v6: string };
  sshPorts: number[];
  /** A REJECT that stands before ufw's own chains: Oracle's images have one. */
  rejectsBefore: boolean;
  /** `8080/tcp` of each port that containers publish to everybody. */
  published: string[];
}

/** Incoming closed but for SSH and what the chosen listeners need, for IPv4 and IPv6. */
export const ufw = defineStep<State>({
  id: 'ufw',
  title: 'Set up the firewall',
  packages: () => ['ufw'],
  requires: (context) => [newUserLogin(context)],
  proofs: (context) => [newUserLogin(context)],
  guard: () => ({ paths: FILES, reload }),
  probe: () => sh`
for file in /etc/default/ufw /etc/ufw/ufw.conf; do if [ -r "$file" ]; then . "$file"; fi; done
printf 'enabled=%s\ninput=%s\noutput=%s\nipv6=%s\n' "$ENABLED" "$DEFAULT_INPUT_POLICY" "$DEFAULT_OUTPUT_POLICY" "$IPV6"
printf 'boot=%s\n' "$(systemctl is-enabled ufw.service)"
sed -n 's/^### tuple ### /rule4 /p' /etc/ufw/user.rules
sed -n 's/^### tuple ### /rule6 /p' /etc/ufw/user6.rules
if rules=$(iptables -S); then echo netfilter=works; fi
printf '%s\n' "$rules" | grep -E '^-P INPUT|^-A INPUT' | grep -n -m1 -E -- '-j (REJECT|ufw-before-input)' | grep -q REJECT && echo rejects=before
printf 'live4=%s\n' "$(printf '%s\n' "$rules" | grep -E '^-P INPUT DROP|^-A INPUT -j ufw-before-input|^-A ufw-user-input' | tr '\n' ';')"
printf 'live6=%s\n' "$(ip6tables -S | grep -E '^-P INPUT DROP|^-A INPUT -j ufw6-before-input|^-A ufw6-user-input' | tr '\n' ';')"
if [ ! -e /proc/sys/net/ipv6 ]; then echo kernel6=absent; fi
${tellSshPorts}
{ iptables -t nat -S; ip6tables -t nat -S; } | grep -v -E -- '-d (127\\.|::1)' | sed -n 's/.* -p \\([a-z]*\\) .*--dport \\([0-9:]*\\) .*-j DNAT.*/published \\2\\/\\1/p' | sort -u
exit 0`,
  parse: ({ stdout }) => {
    const told = answers(stdout);
    return {
      netfilter: told.get('netfilter') === 'works',
      enabled: told.get('enabled') === 'yes',
      loadedAtBoot: told.get('boot') === 'enabled',
      input: told.get('input') ?? '',
      output: told.get('output') ?? '',
      ipv6: told.get('ipv6') === 'yes',
      kernel6: told.get('kernel6') !== 'absent',
      rules: parseRules(stdout),
      live: { v4: told.get('live4') ?? '', v6: told.get('live6') ?? '' },
      sshPorts: toldSshPorts(stdout),
      rejectsBefore: told.get('rejects') === 'before',
      published: [...stdout.matchAll(/^published (\S+)$/gm)].map(([, port = '']) => port),
    };
  },
  inventory: (state) => ({
    firewall: firewall(state),
    sshPorts: state.sshPorts,
    sshLimited: state.enabled && state.sshPorts.some((port) => isLimited(state, port)),
  }),
  check: (state, context) => findings(state, context),
});

function findings(state: State, context: Context): Finding[] {
  const packageMissing = state.input === '';
  if (!packageMissing && !state.netfilter) return [NO_NETFILTER];
  // Until sshd's own port is known, closing everything else would lock everybody out.
  if (state.sshPorts.length === 0)
    throw new Error('The port on which the SSH server listens could not be found out.');
  const wanted = wantedPorts(state.sshPorts, context);
  const missing = wanted.filter((port) => !isAllowed(state, port));
  const obsolete = state.rules.filter(
    (rule) => rule.comment.startsWith(OURS) && !wanted.some((port) => same(rule, port)),
  );
  const denied = wanted.find((port) =>
    state.rules.some((rule) => same(rule, port) && ['deny', 'reject'].includes(rule.action)),
  );
  if (denied) return [deniedFinding(denied)];
  const inForce =
    state.enabled &&
    state.loadedAtBoot &&
    state.ipv6 &&
    state.input === 'DROP' &&
    state.output === 'ACCEPT' &&
    isLive(state, wanted);
  const found: Finding[] = [];
  if (!inForce || missing.length > 0 || obsolete.length > 0) {
    found.push({
      id: 'ufw.rules',
      level: 'change',
      summary: `Close all incoming ports but ${wanted.map((port) => `${port.port} (${port.title})`).join(', ')}`,
      change: {
        kind: 'run',
        script: ufwScript(state, wanted, obsolete),
        undo: { files: FILES, activate: reload },
      },
    });
  }
  return [...found, ...ownRules(state, wanted), ...warnings(state, context)];
}

/** Pure. For explaining what is seen from outside. */
function firewall({ enabled, input, live, rules, published, rejectsBefore }: State): Firewall {
  const open = rules
    .filter(({ fromAnywhere }) => fromAnywhere)
    .flatMap(({ port, transport }) =>
      port
        .split(',')
        .flatMap((one) => (transport === 'any' ? ['tcp', 'udp'] : [transport]).map((of) => `${one}/${of}`)),
    );
  const on = enabled && input === 'DROP' && live.v4.includes('-P INPUT DROP');
  return { on, open: [...new Set(open)], published, rejectsBefore };
}

function isAllowed(state: State, { port, transport }: PortRule): boolean {
  const hits = state.rules.filter((rule) => same(rule, { port, transport }) && rule.fromAnywhere);
  return hits.some((rule) => rule.family === 4) && (!state.kernel6 || hits.some((rule) => rule.family === 6));
}

/** The rule of an application, such as OpenSSH, names its port without a transport of its own. */
function isLimited({ rules }: State, port: number): boolean {
  return rules.some((rule) => rule.action.startsWith('limit') && rule.port.split(',').includes(String(port)));
}

function same(rule: UfwRule, { port, transport }: Pick<PortRule, 'port' | 'transport'>): boolean {
  return rule.port === String(port) && rule.transport === transport;
}

/** What is in the files must also be in the kernel: a flush or a failed load leaves only the files. */
function isLive({ live, kernel6 }: State, wanted: readonly PortRule[]): boolean {
  return (kernel6 ? [live.v4, live.v6] : [live.v4]).every(
    (chain) =>
      chain.includes('-P INPUT DROP') &&
      chain.includes('before-input') &&
      wanted.every(({ port, transport }) =>
        new RegExp(
          // A rule `limit` accepts in a chain of its own.
          `-p ${transport} [^;]*--dport ${port} [^;]*-j (ACCEPT|ufw6?-user-limit-accept)`,
        ).test(chain),
      ),
  );
}

/** SSH first, the switch last: nothing is closed before the way in is open. */
function ufwScript(state: State, wanted: readonly PortRule[], obsolete: readonly UfwRule[]): Sh {
  // A rule of the user's that already allows the port stays the user's: `ufw allow` would put our comment on it.
  const missing = wanted.filter((port) => !isAllowed(state, port));
  const allow = missing.map(
    ({ port, transport, title }) => sh`ufw allow ${`${port}/${transport}`} comment ${`${OURS}: ${title}`}`,
  );
  // Of a firewall that was never on, the policies of the package are loaded when it is switched on. Each of these
  // commands takes a moment, and loads a firewall that is on anew.
  const packaged = !state.enabled && state.input === 'DROP' && state.output === 'ACCEPT';
  const gone = [...new Set(obsolete.map((rule) => `${rule.port}/${rule.transport}`))];
  return lines(
    sh`sed -i '/^IPV6=/d' /etc/default/ufw; echo IPV6=yes >>/etc/default/ufw`,
    ...allow,
    ...gone.map((port) => sh`ufw delete allow ${port}`),
    ...(packaged ? [] : [sh`ufw default deny incoming`, sh`ufw default allow outgoing`]),
    sh`ufw --force enable`,
    ...(state.loadedAtBoot ? [] : [sh`systemctl enable ufw.service`]),
    sh`if ! iptables -S INPUT | grep -q ufw-before-input; then ufw disable; ufw --force enable; fi`,
  );
}

/** ufw would silently turn the user's rule into ours. */
function deniedFinding({ port, transport, title }: PortRule): Finding {
  return {
    id: 'ufw.denied',
    level: 'stop',
    summary: `A firewall rule of your own closes port ${port} (${title}), which is needed.`,
    hint: `If it is not meant so any more, remove it on the server: sudo ufw delete deny ${port}/${transport}`,
  };
}

function ownRules({ rules }: State, wanted: readonly PortRule[]): Finding[] {
  const own = rules.filter(
    (rule) =>
      ['allow', 'limit'].includes(rule.action) &&
      !rule.comment.startsWith(OURS) &&
      !wanted.some((port) => same(rule, port)),
  );
  const names = [
    ...new Set(own.map((rule) => (rule.transport === 'any' ? rule.port : `${rule.port}/${rule.transport}`))),
  ];
  if (names.length === 0) return [];
  return [
    {
      id: 'ufw.own-rules',
      level: 'warn',
      summary: `Also open, by firewall rules of your own: ${names.join(', ')}.`,
      hint: `If nobody needs one of them: sudo ufw delete allow ${names[0]}`,
    },
  ];
}

const NO_NETFILTER: Finding = {
  id: 'ufw.netfilter',
  level: 'stop',
  summary: 'This server has no firewall in its kernel (iptables does not work), as in some containers.',
  hint: 'Take a virtual server instead of a container, or ask the provider to allow netfilter.',
};

function warnings(state: State, context: Context): Finding[] {
  const found: Finding[] = [];
  if (state.rejectsBefore) {
    found.push({
      id: 'ufw.reject-first',
      level: 'warn',
      summary:
        "A REJECT rule of the provider's image stands before the firewall's own rules and closes every port but SSH.",
      hint: 'See it with "sudo iptables -S INPUT"; remove it there and in /etc/iptables/rules.v4 (Oracle Cloud images have it).',
    });
  }
  if (state.published.length > 0) {
    found.push({
      id: 'ufw.docker',
      level: 'warn',
      summary: `Containers publish ${state.published.join(', ')} to the world, past this firewall.`,
      hint: 'Where only this server is to reach them, publish them on 127.0.0.1: -p 127.0.0.1:8080:80.',
    });
  }
  if (context.settings.exposure === 'guide') {
    found.push({
      id: 'ufw.guide',
      level: 'warn',
      summary: `The guide's whole list of ports is open (${openedByGuide(context).join(', ')}): on the unencrypted ones passwords and data travel readable.`,
      hint: 'Set “exposure: encrypted” to close them.',
    });
  }
  return found;
}
