import { answers } from '../engine/answers.js';
import { together } from '../engine/facts.js';
import type { Firewall, Listening } from '../engine/inventory.js';
import { listening } from '../engine/listening.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { newUserLogin } from '../proofs/login.js';
import { lines, type Sh, sh } from '../sh.js';
import { SSH_PORTS, type SshPorts, sshPorts } from './ssh-ports.js';
import { blockedFindings, passages } from './ufw/blocked.js';
import { FIREWALLD, otherFirewalls, toldPublished } from './ufw/bypasses.js';
import { closesFindings, forwardFindings, tellForward, toldForward } from './ufw/closes.js';
import { deniedFindings } from './ufw/denied.js';
import { OUTGOING, ownRules, sshOpenedFinding, warnings } from './ufw/findings.js';
import { type Kernel, toldKernel } from './ufw/kernel/hooks.js';
import { tellKernel } from './ufw/kernel/tell.js';
import { tellLive } from './ufw/live.js';
import { type Netfilter, noNetfilterFinding, tellNetfilter, toldNetfilter } from './ufw/netfilter.js';
import { FIREWALL_UNITS, loadedAtStart, otherFirewallFindings } from './ufw/other-firewalls.js';
import { openedByGuide, type PortRule, wantedPorts } from './ufw/ports.js';
import { SAVED_RULES, type Shutter, shutterFinding, toldShutters } from './ufw/provider-reject-rules.js';
import { OURS, parseRules, same, type UfwRule } from './ufw/rules.js';

const UNIT = 'ufw.service';
const FILES = ['/etc/ufw', '/etc/default/ufw'];
const reload = sh`if grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; then ufw reload; else ufw disable; fi`;

interface State {
  netfilter: Netfilter;
  enabled: boolean;
  loadedAtBoot: boolean;
  input: string;
  output: string;
  ipv6: boolean;
  /** Whether the kernel speaks IPv6 at all; where it does not, ufw writes no rules for it. */
  kernel6: boolean;
  rules: UfwRule[];
  /** All rules in the kernel for what comes in. */
  kernel: Kernel;
  /** Whether ufw's rules are in the kernel, for v4 and v6. */
  live: { v4: string; v6: string };
  sshPorts: SshPorts;
  /** What stands before ufw's own chains and says no to all: Oracle's images have such a rule. */
  shutters: Shutter[];
  /** `8080/tcp` of each port that containers publish to everybody. */
  published: string[];
  /** Other firewalls, by name. */
  others: string[];
  /** Those among them, and others, that load rules at each start. */
  loadedAtStart: string[];
  firmware: string;
  listeners: Listening[];
  /** The server passes on what comes from others, and no firewall keeps it from that. */
  forwards: boolean;
}

/** Incoming closed but for SSH and what the chosen listeners need, for IPv4 and IPv6. */
export const ufw = defineStep<State>({
  id: 'ufw',
  title: 'Set up the firewall',
  packages: () => ['ufw'],
  requires: (context) => [newUserLogin(context)],
  proofs: (context) => [newUserLogin(context)],
  guard: () => ({ paths: [...FILES, ...SAVED_RULES], reload }),
  needs: () => together([SSH_PORTS, { units: [UNIT, FIREWALLD, ...FIREWALL_UNITS] }]),
  probe: () => sh`
for file in /etc/default/ufw /etc/ufw/ufw.conf; do if [ -r "$file" ]; then . "$file"; fi; done
printf 'enabled=%s\ninput=%s\noutput=%s\nipv6=%s\n' "$ENABLED" "$DEFAULT_INPUT_POLICY" "$DEFAULT_OUTPUT_POLICY" "$IPV6"
sed -n 's/^### tuple ### /rule4 /p' /etc/ufw/user.rules
sed -n 's/^### tuple ### /rule6 /p' /etc/ufw/user6.rules
${tellNetfilter}
${tellLive}
if [ ! -e /proc/sys/net/ipv6 ]; then echo kernel6=absent; fi
${tellKernel}
firmware=
for name in sys_vendor product_name chassis_asset_tag; do
  if read -r value </sys/class/dmi/id/"$name"; then firmware="$firmware $value"; fi
done
echo "firmware=\${firmware# }"
${tellForward}
exit 0`,
  parse: ({ stdout, facts }) => {
    const told = answers(stdout);
    const input = told.get('input') ?? '';
    const kernel6 = told.get('kernel6') !== 'absent';
    return {
      // ufw brings iptables along.
      netfilter: toldNetfilter(told, input !== '', kernel6),
      enabled: told.get('enabled') === 'yes',
      loadedAtBoot: facts.unit(UNIT).enabled === 'enabled',
      input,
      output: told.get('output') ?? '',
      ipv6: told.get('ipv6') === 'yes',
      kernel6,
      rules: parseRules(stdout),
      kernel: toldKernel(stdout),
      live: { v4: told.get('live4') ?? '', v6: told.get('live6') ?? '' },
      sshPorts: sshPorts(facts),
      shutters: toldShutters(stdout),
      published: toldPublished(stdout),
      others: otherFirewalls(stdout, facts.unit(FIREWALLD)),
      loadedAtStart: loadedAtStart(facts),
      firmware: told.get('firmware') ?? '',
      listeners: listening(facts.listeners()),
      forwards: toldForward(stdout),
    };
  },
  inventory: (state, context) => ({
    firewall: { ...firewall(state), ...passages(state, wanted(state, context), context) },
    firmware: state.firmware,
    sshPorts: state.sshPorts.listening,
    sshLimited: state.enabled && state.sshPorts.listening.some((port) => isLimited(state, port)),
  }),
  check: (state, context) => findings(state, context),
});

function findings(state: State, context: Context): Finding[] {
  if (state.netfilter.works === false) return [noNetfilterFinding(state.netfilter)];
  // Until sshd's own port is known, closing everything else would lock everybody out.
  if (state.sshPorts.listening.length === 0)
    throw new Error('The port on which the SSH server listens could not be found out.');
  const needed = wanted(state, context);
  const missing = needed.filter((port) => !isAllowed(state, port));
  const obsolete = state.rules.filter(
    (rule) => rule.comment.startsWith(OURS) && !needed.some((port) => same(rule, port)),
  );
  const denied = deniedFindings(state.rules, needed);
  if (denied.length > 0) return denied;
  const inForce =
    state.enabled && state.loadedAtBoot && state.ipv6 && state.input === 'DROP' && isLive(state, needed);
  const found = [
    ...otherFirewallFindings(state.loadedAtStart, inForce ? 'warn' : 'stop'),
    ...blockedFindings(state, needed, context),
  ];
  if (!inForce || missing.length > 0 || obsolete.length > 0) {
    found.push({
      id: 'ufw.rules',
      level: 'change',
      summary: `Close all incoming ports but ${needed.map((port) => `${port.port} (${port.title})`).join(', ')}`,
      change: {
        kind: 'run',
        script: ufwScript(state, needed, obsolete),
        undo: { files: FILES, activate: reload },
      },
    });
  }
  // After the rules: until these are in force, it is what closes the server.
  if (state.shutters.length > 0) found.push(shutterFinding(state.shutters));
  const others = state.others.filter((name) => !state.loadedAtStart.includes(name));
  const guide = context.settings.exposure === 'guide' ? openedByGuide(context) : undefined;
  found.push(...closesFindings(state.listeners, firewall(state), needed));
  if (state.enabled && state.input === 'DROP')
    found.push(...sshOpenedFinding(state.sshPorts.listening, missing, state.rules));
  found.push(...forwardFindings(state.forwards, firewall(state)), ...ownRules(state.rules, needed));
  if (['DROP', 'REJECT'].includes(state.output)) found.push(OUTGOING);
  return [...found, ...warnings({ ...state, others }, guide)];
}

/** Pure. The ports that are to be open. */
const wanted = ({ sshPorts: { listening, configured } }: State, context: Context): PortRule[] =>
  wantedPorts([...new Set([...listening, ...configured])], context);

/** Pure. For explaining what is seen from outside. */
function firewall({ enabled, input, live, rules, published, shutters, others }: State): Firewall {
  const open = rules
    .filter(({ fromAnywhere }) => fromAnywhere)
    .flatMap(({ port, transport }) =>
      port
        .split(',')
        .flatMap((one) => (transport === 'any' ? ['tcp', 'udp'] : [transport]).map((of) => `${one}/${of}`)),
    );
  const on = enabled && input === 'DROP' && live.v4.includes('-P INPUT DROP');
  return { on, open: [...new Set(open)], published, others, rejectsBefore: shutters.length > 0 };
}

function isAllowed(state: State, { port, transport }: PortRule): boolean {
  const hits = state.rules.filter((rule) => same(rule, { port, transport }) && rule.fromAnywhere);
  return hits.some((rule) => rule.family === 4) && (!state.kernel6 || hits.some((rule) => rule.family === 6));
}

/** The rule of an application, such as OpenSSH, names its port without a transport of its own. */
function isLimited({ rules }: State, port: number): boolean {
  return rules.some((rule) => rule.action.startsWith('limit') && rule.port.split(',').includes(String(port)));
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

/** A sign of life of the run comes every seven seconds (run-log/lock.ts); by then its connection is known to the firewall, in seconds. */
const TAKEN_UP = 10;

/**
 * A firewall that is switched on has not seen the connections that are there. It takes them up, unless the kernel is told not
 * to (nf_conntrack_tcp_loose=0): then this very session would hang, as in ansible/ansible#45446. So it may, for a moment.
 */
const takeUp = sh`modprobe -q nf_conntrack 2>/dev/null || true
loose=/proc/sys/net/netfilter/nf_conntrack_tcp_loose
strict=
if [ "$(cat $loose 2>/dev/null)" = 0 ] && echo 1 2>/dev/null >$loose; then strict=yes; fi`;
const takenUp = sh`if [ -n "$strict" ]; then sleep ${TAKEN_UP}; echo 0 >$loose; fi`;

/** SSH first, the switch last: nothing is closed before the way in is open. */
function ufwScript(state: State, wanted: readonly PortRule[], obsolete: readonly UfwRule[]): Sh {
  // A rule of the user's that already allows the port stays the user's: `ufw allow` would put our comment on it.
  const missing = wanted.filter((port) => !isAllowed(state, port));
  const allow = missing.map(
    ({ port, transport, title }) => sh`ufw allow ${`${port}/${transport}`} comment ${`${OURS}: ${title}`}`,
  );
  // Of a firewall that was never on, the policies of the package are loaded when it is switched on. Each of these
  // commands takes a moment, and loads a firewall that is on anew.
  const packaged = !state.enabled && state.input === 'DROP';
  const gone = [...new Set(obsolete.map((rule) => `${rule.port}/${rule.transport}`))];
  return lines(
    sh`sed -i '/^IPV6=/d' /etc/default/ufw; echo IPV6=yes >>/etc/default/ufw`,
    // Without its chains for IPv6 a ufw that is on cannot add rules to them.
    ...(state.enabled && !state.ipv6 ? [sh`ufw reload`] : []),
    ...allow,
    ...gone.map((port) => sh`ufw delete allow ${port}`),
    ...(packaged ? [] : [sh`ufw default deny incoming`]),
    takeUp,
    sh`ufw --force enable`,
    ...(state.loadedAtBoot ? [] : [sh`systemctl enable ufw.service`]),
    sh`if ! iptables -S INPUT | grep -q ufw-before-input; then ufw disable; ufw --force enable; fi`,
    takenUp,
  );
}
