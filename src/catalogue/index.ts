import { BROKER } from './broker.js';
import { CHECKS } from './checks.js';
import { OUTSIDE } from './outside.js';
import { SERVER } from './server.js';

/**
 * Everything that can be found wrong with a server, by its id, with the reason why it matters. An id with a `*` stands for
 * many: `tls.8883`, `tls.8084`. What finds them is elsewhere: steps, brokers, checks and proofs.
 */
export const CATALOGUE = { ...SERVER, ...BROKER, ...OUTSIDE, ...CHECKS } as const;

type Filled<Id> = Id extends `${infer Before}*${infer After}` ? `${Before}${string}${After}` : Id;

/** An id that the catalogue explains; the compiler refuses a finding or a proof that it does not. */
export type FindingId = Filled<keyof typeof CATALOGUE>;

/** What may stand behind the dot of a step's or check's ids. */
export type FindingName<Group extends string, Id = FindingId> = Id extends `${Group}.${infer Name}`
  ? Name
  : never;

const PATTERNS = Object.entries(CATALOGUE).map(
  ([id, why]) => [new RegExp(`^${id.replaceAll('.', '\\.').replace('*', '.+')}$`), id, why] as const,
);

/** Why it matters, in one sentence; undefined for an id that does not exist. */
export function whyItMatters(id: string): string | undefined {
  return PATTERNS.find(([pattern]) => pattern.test(id))?.[2];
}

/** The id under which the catalogue has it: `tls.*` for `tls.8883`. */
export function catalogued(id: string): string | undefined {
  return PATTERNS.find(([pattern]) => pattern.test(id))?.[1];
}
