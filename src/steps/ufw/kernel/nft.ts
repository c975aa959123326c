import {
  destinationFits,
  destinationPortFits,
  flagsFit,
  inInterfaceFits,
  items,
  outInterfaceFits,
  protocolFits,
  sourceFits,
  sourcePortFits,
  stateFits,
} from './match.js';
import { type Action, type Fit, type Hook, least, most, not, type Packet, type Rule, when } from './walk.js';

/** A word, a list or a set, as nft(8) prints the right side of a comparison. */
const VALUE = String.raw`(!= )?(\{[^}]*\}|"[^"]*"|[^\s;]+(?:, ?[^\s;]+)*)`;

type Reading = (packet: Packet, value: string) => Fit;

/** How nft(8) calls the families of packets. */
const NAMES = { 4: 'ip', 6: 'ip6' } as const;

const only = (family: 4 | 6, of: Packet, fit: Fit): Fit => (of.family === family ? fit : 'no');

/** Comparisons of nft(8), each with what it asks of a packet. */
const COMPARISONS: readonly (readonly [pattern: string, reading: Reading])[] = [
  ['ct state', (packet, value) => stateFits(value, packet)],
  ['(?:tcp|udp|th) dport', (packet, value) => destinationPortFits(value, packet)],
  ['(?:tcp|udp|th) sport', (packet, value) => sourcePortFits(value, packet)],
  ['ip6? (?:protocol|nexthdr)', (packet, value) => protocolFits(value, packet)],
  ['meta l4proto', (packet, value) => protocolFits(value, packet)],
  ['(?:meta protocol|ether type)', ({ family }, value) => when(items(value).includes(NAMES[family]))],
  ['meta nfproto', ({ family }, value) => when(items(value).includes(`ipv${family}`))],
  ['(?:meta )?(?:iif|iifname)', (packet, value) => inInterfaceFits(value, packet)],
  ['(?:meta )?(?:oif|oifname)', (packet, value) => outInterfaceFits(value, packet)],
  ['ip saddr', (packet, value) => only(4, packet, sourceFits(value, packet))],
  ['ip6 saddr', (packet, value) => only(6, packet, sourceFits(value, packet))],
  ['ip daddr', (packet, value) => only(4, packet, destinationFits(value, packet))],
  ['ip6 daddr', (packet, value) => only(6, packet, destinationFits(value, packet))],
  ['ether saddr', () => 'some'],
  ['fib [sd]addr type', (_, value) => when(items(value).some((one) => ['local', 'unicast'].includes(one)))],
  ['icmp(?:v6|x)? (?:type|code)', () => 'no'],
  ['(?:meta )?pkttype', (_, value) => when(items(value).some((one) => ['host', 'unicast'].includes(one)))],
];

/** Statements that ask nothing, and change nothing about whether a packet passes. */
const SILENT =
  /^(counter(?: packets \d+ bytes \d+| name "?[^\s"]+"?)?|comment "[^"]*"|log(?: (?:prefix "[^"]*"|level \w+|group \d+|flags [\w, ]+?(?= (?:accept|drop|reject|return|jump|goto|counter)|$)|snaplen \d+|queue-threshold \d+))*|notrack|continue|(?:meta )?(?:mark|nftrace|priority) set \S+|ct mark set \S+|burst \d+ (?:packets|\w*bytes))(?: |$)/;

/**
 * The rule in a line of nft(8), or several of them where it looks its verdict up by a value (vmap): one for each value.
 * @param where `nft table inet mine, chain in`
 */
export function nftRules(text: string, where: string): Rule[] {
  const conditions: ((packet: Packet) => Fit)[] = [];
  let rest = text.trim();
  const take = (length: number) => {
    rest = rest.slice(length).trimStart();
  };
  const rule = (action: Action, ...more: typeof conditions): Rule => ({
    text: `${where}: ${text}`,
    fits: (packet) => least(...[...conditions, ...more].map((one) => one(packet))),
    action,
  });
  while (rest !== '') {
    const verdict = verdictAt(rest);
    const silent = SILENT.exec(rest);
    const limit = /^(?:limit rate (over )?\d+ ?\S*?\/\w+|ct count (over )?\d+)(?: burst \d+ \w+)?/.exec(rest);
    const flags =
      /^tcp flags(?: & \(?([\w| ]+?)\)? (==|!=) \(?([\w| ]+?)\)?| (!= )?([\w,]+) \/ ([\w,]+))(?= (?:ct|counter|log|limit|drop|reject|accept|return|jump|goto|tcp|ip|iif)|$)/.exec(
        rest,
      );
    if (verdict !== undefined) return [rule(verdict)];
    const looked = vmapAt(rest);
    const comparison = looked === undefined ? comparisonAt(rest) : undefined;
    if (looked) return looked.map(({ action, fits }) => rule(action, fits));
    if (limit) {
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
    } else return [rule(lastWord(rest), () => 'unclear')];
  }
  return [rule('continue')];
}

/** What a rule that is not understood does in the end, where that can be read. */
function lastWord(text: string): Action {
  const [verdict] = /(?:accept|drop|reject\b.*|return|(?:jump|goto) \S+)$/.exec(text) ?? [];
  if (verdict !== undefined) return verdictAt(verdict) ?? 'unclear';
  return /\b(vmap|queue|synproxy|tproxy|fwd)\b/.test(text) ? 'unclear' : 'continue';
}

function verdictAt(text: string): Action | undefined {
  const [, word, chain = ''] =
    /^(accept|drop|reject|return|continue|queue|jump|goto)\b(?: (\S+))?/.exec(text) ?? [];
  if (word === undefined) return undefined;
  if (word === 'queue') return 'unclear';
  return word === 'jump' || word === 'goto' ? { to: chain, andBack: word === 'jump' } : (word as Action);
}

/** What the left side of a comparison asks for, `tcp dport` or several joined by ` . `, as a question about one value. */
function keyAt(
  text: string,
): { length: number; parts: number; fits(packet: Packet, value: string): Fit } | undefined {
  const parts: ((packet: Packet, value: string) => Fit)[] = [];
  let length = 0;
  for (;;) {
    const rest = text.slice(length);
    const found = COMPARISONS.map(([pattern, reading]) => ({
      of: new RegExp(`^${pattern}(?= )`).exec(rest)?.[0],
      reading,
    })).find(({ of }) => of !== undefined);
    if (found?.of === undefined) return undefined;
    const { of, reading } = found;
    parts.push((packet, value) => {
      if (isOther(of, packet)) return 'no';
      if (value.startsWith('@') && !of.endsWith(packet.answer ? 'daddr' : 'saddr')) return 'unclear';
      return reading(packet, value);
    });
    length += of.length;
    if (!text.startsWith(' . ', length)) break;
    length += 3;
  }
  return {
    length,
    parts: parts.length,
    fits(packet, value) {
      const values = value.split(' . ');
      // A named set is asked about all parts at once.
      const each = parts.map((part, index) =>
        part(packet, values.length === 1 ? value : (values[index] ?? '@')),
      );
      return least(...each);
    },
  };
}

/** Of another transport or family, so neither a comparison nor its opposite holds. */
const isOther = (of: string, { transport, family }: Packet): boolean =>
  (/^(tcp|udp) /.test(of) && !of.startsWith(transport)) ||
  (of.startsWith('ip ') && family === 6) ||
  (of.startsWith('ip6 ') && family === 4);

/** `KEY vmap { VALUE : VERDICT, … }`; a map that has a name is not read. */
function vmapAt(text: string): { action: Action; fits(packet: Packet): Fit }[] | undefined {
  const [, left = '', map = ''] = /^(\S.*?) vmap (\{[^}]*\}|@\S+)/.exec(text) ?? [];
  const key = keyAt(`${left} `);
  if (key === undefined || key.length !== left.length) return undefined;
  if (map.startsWith('@')) return [{ action: 'unclear', fits: (packet) => key.fits(packet, map) }];
  const all = map
    .slice(1, -1)
    .split(',')
    .map((one) => /^\s*(.*?)(?: counter packets \d+ bytes \d+)? : (.*?)\s*$/.exec(one) ?? []);
  // What none of the others is about.
  const others = ([, value]: string[]) => Number(value === '*');
  return all
    .toSorted((one, two) => others(one) - others(two))
    .map(([, value, verdict = '']) => ({
      action: verdictAt(verdict) ?? 'unclear',
      fits: (packet) => (value === undefined ? 'unclear' : value === '*' ? 'yes' : key.fits(packet, value)),
    }));
}

function comparisonAt(text: string): { length: number; fits(packet: Packet): Fit } | undefined {
  if (/^(fib saddr \. iif oif|rt type|exthdr) /.test(text)) {
    // The packet does not come back the way it came, or has a header that clients do not send.
    const [whole] = /^\S+ .*?(?: missing| \d+)(?= |$)/.exec(text) ?? [text];
    return { length: whole.length, fits: () => 'no' };
  }
  const key = keyAt(text);
  if (key === undefined) return undefined;
  const more = String.raw`(?: \. \S+)`.concat(`{${key.parts - 1}}`);
  const [whole, differs, value = ''] =
    new RegExp(`^ ${key.parts > 1 ? String.raw`(!= )?(\{[^}]*\}|@\S+|\S+${more})` : VALUE}`).exec(
      text.slice(key.length),
    ) ?? [];
  if (whole === undefined) return undefined;
  const of = text.slice(0, key.length).split(' . ');
  const joined = key.parts > 1 && value.startsWith('{');
  return {
    length: key.length + whole.length,
    fits: (packet) => {
      if (of.some((one) => isOther(one, packet))) return 'no';
      const fit = joined
        ? most(
            ...value
              .slice(1, -1)
              .split(',')
              .map((one) => key.fits(packet, one.trim())),
          )
        : key.fits(packet, value);
      return differs === undefined ? fit : not(fit);
    },
  };
}

/** Where nftables is asked about what comes in, and about what goes out (nft(8), “Address families”). */
const IN = ['input', 'prerouting', 'ingress'];
const OUT = ['output', 'postrouting', 'egress'];

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
      const out = OUT.includes(hook);
      if (!out && !IN.includes(hook)) continue;
      const { families, chains } = table;
      hooks.push({
        families,
        out,
        name: `${table.name}, chain ${chain.name}`,
        policy: policy === 'drop' ? 'drop' : 'accept',
        rules: chain.rules,
        chains,
      });
    } else if (chain !== undefined && table !== undefined && !/^type \w+ hook /.test(line))
      chain.rules.push(...nftRules(line, `${table.name}, chain ${chain.name}`));
  }
  return hooks;
}
