import type { Release } from '../../src/rehearsal/index.js';

/** What ssh-audit found in the algorithms that a server offers. */
export interface SshAudit {
  /** Algorithms, keys or known holes with a failure or a warning, by their names. */
  failures: string[];
  warnings: string[];
}

/** How a server compares with a policy that ssh-audit brings. */
export interface PolicyAudit {
  policy: string;
  passed: boolean;
  /** Kinds of algorithms that are not exactly the policy's, e.g. `Ciphers`. */
  differs: string[];
  /** What the server offers and the policy does not allow. */
  outside: string[];
}

interface Noted {
  algorithm: string;
  notes?: { fail?: string[]; warn?: string[] };
}

/** Pure. @param text output of ssh-audit -jj (3.3) @throws Error where it is none */
export function parseSshAudit(text: string): SshAudit {
  const told = JSON.parse(text) as Record<'enc' | 'kex' | 'key' | 'mac', Noted[]> & {
    cves: { name: string }[];
  };
  const all = [...told.kex, ...told.key, ...told.enc, ...told.mac];
  const named = (level: 'fail' | 'warn') =>
    all.filter(({ notes }) => (notes?.[level] ?? []).length > 0).map(({ algorithm }) => algorithm);
  return { failures: [...named('fail'), ...told.cves.map(({ name }) => name)], warnings: named('warn') };
}

/** Policies also name sizes of keys, e.g. `Host key (rsa-sha2-256) sizes`. */
const isOfAlgorithms = ({ mismatched_field: field }: { mismatched_field: string }) =>
  !field.endsWith('sizes');

/** Pure. @param text output of ssh-audit -jj -P POLICY (3.3) */
export function parsePolicy(text: string): PolicyAudit {
  const { policy, passed, errors } = JSON.parse(text) as {
    policy: string;
    passed: boolean;
    errors: {
      mismatched_field: string;
      actual: string[];
      expected_required: string[];
      expected_optional: string[];
    }[];
  };
  return {
    policy,
    passed,
    differs: errors.map(({ mismatched_field: field }) => field),
    outside: errors
      .filter(isOfAlgorithms)
      .flatMap(({ actual, expected_required: required, expected_optional: optional }) =>
        actual.filter((one) => ![...required, ...optional].includes(one)),
      ),
  };
}

/** As people and policies name the releases. */
export const DEBIAN: Record<Release, string> = { bookworm: 'Debian 12', trixie: 'Debian 13' };

/**
 * Pure. The built-in policy for a server: Debian's own, else that for the newest OpenSSH there is one for.
 * @param list output of ssh-audit -L
 */
export function policyFor(release: Release, list: string): string {
  const names = [...list.matchAll(/"(Hardened [^"]+)"/g)].map(([, name = '']) => name);
  const own = names.filter((name) => name.startsWith(`Hardened ${DEBIAN[release]} `));
  const general = names.filter((name) => name.startsWith('Hardened OpenSSH Server v'));
  const numbers = new Intl.Collator('en', { numeric: true });
  const [newest] = [...(own.length > 0 ? own : general)].sort(numbers.compare).reverse();
  if (newest === undefined) throw new Error(`ssh-audit brings no policy for ${release}:\n${list}`);
  return newest;
}
