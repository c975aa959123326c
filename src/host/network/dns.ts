import type { CaaRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';

/** Where a domain points, as DNS says; an error in words where DNS could not be asked. */
export type PointsAt = { a: string[]; aaaa: string[] } | { error: string; code?: string | undefined };

/** Values of a domain's CAA records of the kind "issue"; empty where there are none, and every authority may issue. */
export type Allowed = { issuers: string[] } | { error: string };

/** Time for one question, in milliseconds; a resolver that is silent must not hold up a run. */
const TIMEOUT_MS = 4000;

/** Codes of node:dns for "there is no such record", which is an answer and no failure. */
const NONE = ['ENODATA', 'ENOTFOUND'];

/**
 * Where a domain points, as DNS says: /etc/hosts is not asked, because the certificate authority does not see it.
 * @param server address of a DNS server; default: this computer's
 */
export async function pointsAt(domain: string, server: string | undefined): Promise<PointsAt> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  try {
    if (server !== undefined) resolver.setServers([server]);
    const [a, aaaa] = await Promise.all([
      records(resolver.resolve4(domain)),
      records(resolver.resolve6(domain)),
    ]);
    return { a, aaaa };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { error: inWords(error), code };
  }
}

/** What the resolver says, for people; the codes are those of node:dns. */
const WORDS: Readonly<Record<string, string>> = {
  ESERVFAIL: 'its name servers are broken, or their signatures are (SERVFAIL)',
  ETIMEOUT: 'the DNS server did not answer in time',
  ECONNREFUSED: 'no DNS server answers',
  EREFUSED: 'the DNS server refuses to tell',
};

function inWords(error: unknown): string {
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  return WORDS[code] ?? message;
}

/**
 * Whom the domain owner lets issue certificates: the CAA records of the nearest name upwards that has any (RFC 8659 section 3).
 * @param server as in pointsAt
 */
export async function allowedIssuers(domain: string, server: string | undefined): Promise<Allowed> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  try {
    if (server !== undefined) resolver.setServers([server]);
    const labels = domain.split('.');
    const names = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
    // All at once; but what is wrong higher up does not matter where a lower name has an answer.
    const answers = names.map((name) => records(resolver.resolveCaa(name)));
    for (const answer of answers) answer.catch(() => undefined);
    for (const answer of answers) {
      const set = await answer;
      if (set.length > 0) return { issuers: set.flatMap(issuerOf) };
    }
    return { issuers: [] };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** "issue" is about certificates of single names; the case of a tag does not matter (RFC 8659 section 4). */
function issuerOf(record: CaaRecord): string[] {
  const [, value] = Object.entries(record).find(([tag]) => tag.toLowerCase() === 'issue') ?? [];
  return typeof value === 'string' ? [value] : [];
}

async function records<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    if (NONE.includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
