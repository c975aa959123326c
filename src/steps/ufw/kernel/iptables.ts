import {
  destinationFits,
  destinationPortFits,
  flagsFit,
  inInterfaceFits,
  outInterfaceFits,
  protocolFits,
  sourceFits,
  sourcePortFits,
  stateFits,
} from './match.js';
import { type Action, type Fit, type Hook, least, not, type Packet, type Rule, when } from './walk.js';

type Condition = (packet: Packet) => Fit;

const YES: Condition = () => 'yes';
const SOME: Condition = () => 'some';
const LISTED: Condition = () => 'listed';
const NO: Condition = () => 'no';
const UNCLEAR: Condition = () => 'unclear';

const isLocal = (types: string): Fit => when(/\b(LOCAL|UNICAST)\b/.test(types));
const isUnicast = (types: string): Fit => when(/\bUNICAST\b/.test(types));

/**
 * What options of iptables-extensions(8) ask of a packet: a handler for the words behind it. Limits hold until they are
 * exceeded, so the first packet is within them.
 */
const OPTIONS: Readonly<Record<string, (value: string, second: string) => Condition>> = {
  '-p': (value) => (packet) => protocolFits(value, packet),
  '-s': (value) => (packet) => sourceFits(value, packet),
  '-d': (value) => (packet) => destinationFits(value, packet),
  '-i': (value) => (packet) => inInterfaceFits(value, packet),
  '-o': (value) => (packet) => outInterfaceFits(value, packet),
  '-f': () => NO,
  '-m': (value) => (KNOWN.has(value) ? YES : UNCLEAR),
  '--dport': (value) => (packet) => destinationPortFits(value, packet),
  '--dports': (value) => (packet) => destinationPortFits(value, packet),
  '--sport': (value) => (packet) => sourcePortFits(value, packet),
  '--sports': (value) => (packet) => sourcePortFits(value, packet),
  '--state': (value) => (packet) => stateFits(value, packet),
  '--ctstate': (value) => (packet) => stateFits(value, packet),
  '--tcp-flags': (mask, set) => (packet) => flagsFit(mask, set, packet),
  '--dst-type': (value) => (packet) => (packet.answer ? isUnicast : isLocal)(value),
  '--src-type': (value) => (packet) => (packet.answer ? isLocal : isUnicast)(value),
  '--src-range': () => SOME,
  '--match-set': () => LISTED,
  '--mac-source': () => SOME,
  '--rcheck': () => SOME,
  '--update': () => SOME,
  '--connlimit-above': () => SOME,
  '--hashlimit-above': () => SOME,
  // The packet does not come back the way it came; it has a routing header; it comes from this very network.
  '--invert': () => NO,
  '--rt-type': () => NO,
  '--hl-eq': () => NO,
};

/** Options that narrow what others say, or ask nothing. */
const SILENT =
  /^--(comment|limit|limit-burst|set|name|mask|rsource|rdest|seconds|hitcount|reap|rttl|connlimit-(upto|mask|saddr|daddr)|hashlimit-(upto|burst|mode|name|srcmask|dstmask|htable-.*)|rt-segsleft|limit-iface-in|loose|validmark|accept-local|icmp-type|icmpv6-type)$/;

const KNOWN = new Set(
  'tcp udp multiport state conntrack comment limit hashlimit connlimit recent addrtype iprange set mac rpfilter rt hl icmp icmp6 icmpv6'.split(
    ' ',
  ),
);

/** Targets that change or note a packet, and let it go on. */
const GO_ON =
  /^(LOG|NFLOG|ULOG|AUDIT|TRACE|MARK|CONNMARK|SECMARK|CONNSECMARK|SET|CT|NOTRACK|TCPMSS|TTL|HL|TOS|DSCP|CLASSIFY|CHECKSUM|LED)$/;

const VERDICTS: Readonly<Record<string, Action>> = {
  ACCEPT: 'accept',
  DROP: 'drop',
  REJECT: 'reject',
  RETURN: 'return',
};

/** @param program how a person calls it: `iptables`, `ip6tables-legacy` */
export function iptablesRule(line: string, program: string, table: string): Rule {
  const words = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const conditions: Condition[] = [];
  let action: Action = 'continue';
  // Behind -A CHAIN.
  for (let at = 2; at < words.length; at += 1) {
    const negated = words[at] === '!';
    if (negated) at += 1;
    const [option = '', first = '', second = ''] = words.slice(at, at + 3);
    if (option === '-j' || option === '-g') {
      action = actionOf(first, option === '-j');
      break;
    }
    const condition = OPTIONS[option]?.(first, second) ?? (SILENT.test(option) ? YES : UNCLEAR);
    const asks = !SILENT.test(option) && option !== '-m';
    conditions.push(negated && asks ? (packet) => not(condition(packet)) : condition);
    // An option ends where the next one begins.
    while (at + 1 < words.length && !/^(!|--?[a-z].*)$/.test(words[at + 1] ?? '')) at += 1;
  }
  const where = table === 'filter' ? '' : ` -t ${table}`;
  return {
    text: `${program}${where} ${line}`,
    fits: (packet) => least(...conditions.map((condition) => condition(packet))),
    action,
  };
}

function actionOf(target: string, andBack: boolean): Action {
  if (GO_ON.test(target)) return 'continue';
  const verdict = VERDICTS[target];
  if (verdict !== undefined) return verdict;
  return /^(NFQUEUE|QUEUE|TARPIT|SYNPROXY|STEAL|DELUDE|CHAOS)$/.test(target)
    ? 'unclear'
    : { to: target, andBack };
}

/** Where each table is asked about what comes in, and about what goes out (iptables(8)). */
export const HOOKS: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'OUTPUT'],
  security: ['INPUT', 'OUTPUT'],
};

const GOES_OUT = ['OUTPUT', 'POSTROUTING'];

/**
 * Pure. The hooks in lines `TABLE LINE` of iptables-save(8).
 * @param ufw whether ufw puts its rules there
 */
export function iptablesHooks(
  lines: readonly string[],
  program: string,
  family: 4 | 6,
  ufw: boolean,
): Hook[] {
  const tables = new Map<string, { chains: Map<string, Rule[]>; policies: Map<string, string> }>();
  for (const told of lines) {
    const [, table = '', line = ''] = /^(\S+) (.+)$/.exec(told) ?? [];
    const { chains, policies } = tables.get(table) ?? { chains: new Map(), policies: new Map() };
    tables.set(table, { chains, policies });
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (chain !== undefined && policy !== undefined) policies.set(chain, policy);
    const [, of] = /^-A (\S+)/.exec(line) ?? [];
    if (of !== undefined) chains.set(of, [...(chains.get(of) ?? []), iptablesRule(line, program, table)]);
  }
  return [...tables].flatMap(([table, { chains, policies }]) =>
    (HOOKS[table] ?? []).map(
      (chain): Hook => ({
        families: [family],
        out: GOES_OUT.includes(chain),
        name: `${program}, table ${table}, chain ${chain}`,
        policy: policies.get(chain) === 'DROP' ? 'drop' : 'accept',
        rules: chains.get(chain) ?? [],
        chains,
        ...(ufw && table === 'filter' ? { ufw: true as const } : {}),
      }),
    ),
  );
}
