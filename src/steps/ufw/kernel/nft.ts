import {
  destinationFits,
  flagsFit,
  interfaceFits,
  items,
  portFits,
  protocolFits,
  sourceFits,
} from './match.js';
import { type Action, type Fit, type Hook, least, not, type Packet, type Rule, when } from './walk.js';

/** A word, a list or a set, as nft(8) prints the right side of a comparison. */
const VALUE = String.raw`(!= )?(\{[^}]*\}|"[^"]*"|[^\s;]+(?:, ?[^\s;]+)*)`;

type Reading = (packet: Packet, value: string, whole: string) => Fit;

const only = (family: 4 | 6, of: Packet, fit: Fit): Fit => (of.family === family ? fit : 'no');

/** Comparisons of nft(8), each with what it asks of a packet. */
const COMPARISONS: readonly (readonly [pattern: string, reading: Reading])[] = [
  ['ct state', (_, value) => when(items(value).includes('new'))],
  ['(?:tcp|udp|th) dport', (packet, value) => portFits(value, packet.port)],
  ['(?:tcp|udp|th) sport', () => 'some'],
  ['ip6? (?:protocol|nexthdr)', (packet, value) => protocolFits(value, packet)],
  ['meta l4proto', (packet, value) => protocolFits(value, packet)],
  ['meta nfproto', ({ family }, value) => when(items(value).includes(`ipv${family}`))],
  ['(?:meta )?(?:iif|iifname)', (packet, value) => interfaceFits(value, packet)],
  ['(?:meta )?(?:oif|oifname)', () => 'no'],
  ['ip saddr', (packet, value) => only(4, packet, sourceFits(value))],
  ['ip6 saddr', (packet, value) => only(6, packet, sourceFits(value))],
  ['ip daddr', (packet, value) => only(4, packet, destinationFits(value, packet))],
  ['ip6 daddr', (packet, value) => only(6, packet, destinationFits(value, packet))],
  ['ether saddr', () => 'some'],
  ['fib daddr type', (_, value) => when(items(value).some((one) => ['local', 'unicast'].includes(one)))],
  ['icmp(?:v6|x)? (?:type|code)', () => 'no'],
  ['(?:meta )?pkttype', (_, value) => when(items(value).some((one) => ['host', 'unicast'].includes(one)))],
];

/** Statements that ask nothing, and change nothing about whether a packet passes. */
const SILENT =
  /^(counter(?: packets \d+ bytes \d+| name "?[^\s"]+"?)?|comment "[^"]*"|log(?: (?:prefix "[^"]*"|level \w+|group \d+|flags [\w, ]+?(?= (?:accept|drop|reject|return|jump|goto|counter)|$)|snaplen \d+|queue-threshold \d+))*|notrack|continue|(?:meta )?(?:mark|nftrace|priority) set \S+|ct mark set \S+|burst \d+ (?:packets|\w*bytes))(?: |$)/;

/** @param where `nft table inet mine, chain in` */
export function nftRule(text: string, where: string): Rule {
  const conditions: ((packet: Packet) => Fit)[] = [];
  let action: Action = 'continue';
  let rest = text.trim();
  const take = (length: number) => {
    rest = rest.slice(length).trimStart();
  };
  while (rest !== '') {
    const verdict = verdictAt(rest);
    const silent = SILENT.exec(rest);
    const limit = /^(?:limit rate (over )?\d+ ?\S*?\/\w+|ct count (over )?\d+)(?: burst \d+ \w+)?/.exec(rest);
    const states = /^ct state vmap \{([^}]*)\}/.exec(rest);
    const flags =
      /^tcp flags(?: & \(?([\w| ]+?)\)? (==|!=) \(?([\w| ]+?)\)?| (!= )?([\w,]+) \/ ([\w,]+))(?= (?:ct|counter|log|limit|drop|reject|accept|return|jump|goto|tcp|ip|iif)|$)/.exec(
        rest,
      );
    const comparison = comparisonAt(rest);
    if (verdict !== undefined) {
      action = verdict;
      break;
    }
    if (states) {
      const [, ofNew] = /\bnew : ([^,]+)/.exec(states[1] ?? '') ?? [];
      const to = ofNew === undefined ? undefined : verdictAt(ofNew.trim());
      if (to !== undefined) action = to;
      if (to !== undefined) break;
      take(states[0].length);
    } else if (limit) {
      const over = (limit[1] ?? limit[2]) !== undefined;
      conditions.push(() => (over ? 'some' : 'yes'));
      take(limit[0].length);
    } else if (flags) {
      const [whole, mask, sign, set, differs, setOf, maskOf] = flags;
      const negated = sign === '!=' || differs !== undefined;
      conditions.push((packet) => {
        const fit = flagsFit(mask ?? maskOf ?? '', set ?? setOf ?? '', packet);
        return packet.transport === 'tcp' && negated ? not(fit) : fit;
      });
      take(whole.length);
    } else if (silent) take(silent[0].length);
    else if (comparison) {
      conditions.push(comparison.fits);
      take(comparison.length);
    } else {
      conditions.push(() => 'unclear');
      action =
        verdictAt(/(?:accept|drop|reject\b.*|return|(?:jump|goto) \S+)$/.exec(rest)?.[0] ?? '') ?? 'continue';
      break;
    }
  }
  return {
    text: `${where}: ${text}`,
    fits: (packet) => least(...conditions.map((one) => one(packet))),
    action,
  };
}

function verdictAt(text: string): Action | undefined {
  const [, word, chain = ''] = /^(accept|drop|reject|return|queue|jump|goto)\b(?: (\S+))?/.exec(text) ?? [];
  if (word === undefined) return undefined;
  if (word === 'queue') return 'unclear';
  return word === 'jump' || word === 'goto' ? { to: chain, andBack: word === 'jump' } : (word as Action);
}

function comparisonAt(text: string): { length: number; fits(packet: Packet): Fit } | undefined {
  if (/^(fib saddr \. iif oif|rt type|exthdr) /.test(text)) {
    // The packet does not come back the way it came, or has a header that clients do not send.
    const [whole] = /^\S+ .*?(?: missing| \d+)(?= |$)/.exec(text) ?? [text];
    return { length: whole.length, fits: () => 'no' };
  }
  for (const [pattern, reading] of COMPARISONS) {
    const found = new RegExp(`^(${pattern}) ${VALUE}`).exec(text);
    if (!found) continue;
    const [whole, of = '', differs, value = ''] = found;
    const transport = /^(tcp|udp) /.exec(of)?.[1];
    return {
      length: whole.length,
      fits: (packet) => {
        if (transport !== undefined && transport !== packet.transport) return 'no';
        if (value.startsWith('@') && !/saddr/.test(of)) return 'unclear';
        const fit = reading(packet, value, whole);
        return differs === undefined || otherFamily(of, packet) ? fit : not(fit);
      },
    };
  }
  return undefined;
}

const otherFamily = (of: string, { family }: Packet): boolean =>
  (of.startsWith('ip ') && family === 6) || (of.startsWith('ip6 ') && family === 4);

const FAMILIES: Readonly<Record<string, readonly (4 | 6)[]>> = {
  ip: [4],
  ip6: [6],
  inet: [4, 6],
  netdev: [4, 6],
};

/** Pure. The hooks in what `nft list ruleset` prints, without its sets and maps. */
export function nftHooks(lines: readonly string[]): Hook[] {
  const hooks: Hook[] = [];
  let table: { name: string; chains: Map<string, Rule[]>; families: readonly (4 | 6)[] } | undefined;
  let chain: { name: string; rules: Rule[] } | undefined;
  for (const line of lines) {
    const [, family = '', name = ''] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    const [, chainName] = /^chain (\S+) \{/.exec(line) ?? [];
    const [, hook, policy] = /^type filter hook (\w+) .*?(?:policy (\w+);)?$/.exec(line) ?? [];
    if (name !== '') {
      table = { name: `nft table ${family} ${name}`, chains: new Map(), families: FAMILIES[family] ?? [] };
      chain = undefined;
    } else if (chainName !== undefined && table !== undefined) {
      chain = { name: chainName, rules: [] };
      table.chains.set(chainName, chain.rules);
    } else if (line === '}') chain = undefined;
    else if (hook !== undefined && table !== undefined && chain !== undefined) {
      if (!['input', 'prerouting', 'ingress'].includes(hook)) continue;
      const { families, chains } = table;
      hooks.push({
        families,
        name: `${table.name}, chain ${chain.name}`,
        policy: policy === 'drop' ? 'drop' : 'accept',
        rules: chain.rules,
        chains,
      });
    } else if (chain !== undefined && table !== undefined && !/^type \w+ hook /.test(line))
      chain.rules.push(nftRule(line, `${table.name}, chain ${chain.name}`));
  }
  return hooks;
}
