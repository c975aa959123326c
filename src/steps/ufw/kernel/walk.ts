/** The first packet of a connection that a client anywhere on the internet makes to this server, or the server's answer to it. */
export interface Packet {
  family: 4 | 6;
  transport: 'tcp' | 'udp';
  /** The server's port. */
  port: number;
  /** The server's own addresses, one of which it is for. */
  to: readonly string[];
  /** Interfaces with a default route, over which it can come; empty where they are not known. */
  over: readonly string[];
  /** It is the answer: what asks for the sender of the first packet asks for the receiver of this one. */
  answer: boolean;
}

/**
 * Whether a rule is about a packet. some: about those of some clients only, or once there are too many. listed: about clients in a
 * list that has a name, which may hold ten addresses or half of the world. unclear: the rule has a condition that is not known here.
 */
export type Fit = 'yes' | 'no' | 'some' | 'listed' | 'unclear';

/** What a rule does with a packet that it is about; unclear: what only somebody else knows, such as a queue to a program. */
export type Action =
  | 'accept'
  | 'drop'
  | 'reject'
  | 'return'
  | 'continue'
  | 'unclear'
  | { to: string; andBack: boolean };

export interface Rule {
  /** As a person finds it in the server's own listing. */
  text: string;
  fits(packet: Packet): Fit;
  action: Action;
}

/** A chain that the kernel itself asks about what comes in or goes out, with the chains of its table. */
export interface Hook {
  families: readonly (4 | 6)[];
  /** It is asked about what the server sends. */
  out: boolean;
  /** `iptables, table filter, chain INPUT` */
  name: string;
  policy: 'accept' | 'drop';
  rules: readonly Rule[];
  chains: ReadonlyMap<string, readonly Rule[]>;
  /** ufw's rules are in this chain, so its policy is ufw's. */
  ufw?: true;
}

/** What happens to a packet. */
export interface Outcome {
  passes: boolean;
  /** The rule that closes, or undefined where it is the policy of a chain. */
  rule: string | undefined;
  /** The name of the hook that closes. */
  by: string | undefined;
  /** Rules that close for some senders. */
  some: readonly string[];
  /** Rules that may change the outcome, and that were not understood. */
  unclear: readonly string[];
}

/** Chains may lead to each other this deep; the kernel allows 16 in nftables (NFT_JUMP_STACK_SIZE). */
const DEPTH = 16;

const CLOSES: readonly Action[] = ['drop', 'reject'];

interface Notes {
  some: string[];
  unclear: string[];
  /** Rules that let listed clients through, so what closes behind them does not close for these. */
  listed: string[];
}

/** Where the packet's way through a chain ends: undefined where it reaches the end, or returns. */
type End = { passes: boolean; rule: Rule } | undefined;

/**
 * Pure. The way of a packet through all hooks, and of its answer: it passes only where each of them lets both through. What is in a
 * chain for some clients, or is not understood, is noted and not followed as if it were for all.
 */
export function walk(hooks: readonly Hook[], packet: Omit<Packet, 'answer'>): Outcome {
  const notes: Notes = { some: [], unclear: [], listed: [] };
  let closed: Pick<Outcome, 'rule' | 'by'> | undefined;
  for (const hook of hooks) {
    if (!hook.families.includes(packet.family)) continue;
    const end = through(hook, hook.rules, { ...packet, answer: hook.out }, notes, 'yes', 0);
    const passes = end?.passes ?? hook.policy === 'accept';
    if (!passes) closed ??= { rule: end?.rule.text, by: hook.name };
  }
  const { some, unclear, listed } = notes;
  return {
    passes: closed === undefined,
    rule: closed?.rule,
    by: closed?.by,
    some,
    unclear: closed === undefined ? unclear : [...unclear, ...listed],
  };
}

/** @param sure how certainly the packet comes to this chain at all */
function through(
  hook: Hook,
  rules: readonly Rule[],
  packet: Packet,
  notes: Notes,
  sure: Exclude<Fit, 'no'>,
  depth: number,
): End {
  for (const rule of rules) {
    const fit = least(rule.fits(packet), sure);
    if (fit === 'no' || rule.action === 'continue') continue;
    if (rule.action === 'unclear') {
      if (fit === 'yes' || fit === 'unclear') notes.unclear.push(rule.text);
      continue;
    }
    if (typeof rule.action === 'object') {
      const chain = hook.chains.get(rule.action.to) ?? [];
      if (depth >= DEPTH) continue;
      const end = through(hook, chain, packet, notes, fit, depth + 1);
      if (end !== undefined) return end;
      if (!rule.action.andBack && fit === 'yes') return undefined;
      if (!rule.action.andBack && fit === 'unclear') notes.unclear.push(rule.text);
      continue;
    }
    if (fit === 'yes') {
      if (rule.action === 'return') return undefined;
      return { passes: rule.action === 'accept', rule };
    }
    if (fit === 'unclear') notes.unclear.push(rule.text);
    else if (CLOSES.includes(rule.action)) notes.some.push(rule.text);
    else if (fit === 'listed') notes.listed.push(rule.text);
    // What some are let through by, or sent back by, is nothing to all others.
  }
  return undefined;
}

const ORDER: readonly Fit[] = ['no', 'some', 'listed', 'unclear', 'yes'];

/** Pure. Of several conditions the one that holds least; without any a rule is about everything. */
export const least = (...fits: readonly Fit[]): Fit => ORDER.find((fit) => fits.includes(fit)) ?? 'yes';

/** Pure. Of several conditions one of which is enough, the one that holds most. */
export const most = (...fits: readonly Fit[]): Fit =>
  ORDER.toReversed().find((fit) => fits.includes(fit)) ?? 'no';

/** Pure. The opposite of a condition. Who is meant by “some” is not everybody, so “not those” is everybody else. */
export function not(fit: Fit): Fit {
  return { yes: 'no', no: 'yes', some: 'yes', listed: 'listed', unclear: 'unclear' }[fit] as Fit;
}

/** Pure. */
export const when = (holds: boolean): Fit => (holds ? 'yes' : 'no');
