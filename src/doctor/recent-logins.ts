import type { FindingId } from '../catalogue/index.js';
import type { ProofResult } from '../engine/events.js';
import type { Inventory } from '../engine/inventory.js';
import type { Proved } from '../engine/step.js';

/** For how long a login that was refused need not be tried again, in milliseconds. */
const RECENT_MS = 300_000;

/** Proofs by a login that is to be refused. */
export const REFUSALS: readonly FindingId[] = ['login.root', 'login.password'];

/**
 * Logins of the last check-up that were refused, as they should be. Servers count them: OpenSSH since 9.8 shuts an address
 * out after three such check-ups within seconds (sshd_config(5), PerSourcePenalties), and fail2ban does the same.
 */
export interface RecentLogins {
  version: 1;
  /** Milliseconds since 1970, by this computer's clock. */
  at: number;
  /** When the sshd that refused them was started: it reads its settings then. */
  sshd: number;
  refused: Record<string, string>;
}

/**
 * Pure. What a proof would see: what it saw just now, where nothing that decides about it has changed since.
 * @returns undefined where it must be tried
 */
export function stillRefused(
  id: FindingId,
  recent: RecentLogins | undefined,
  { sshd }: Inventory,
  now: number,
): Proved | undefined {
  const detail = recent?.refused[id];
  if (
    !REFUSALS.includes(id) ||
    !recent ||
    detail === undefined ||
    !sshd?.asSet ||
    sshd.started !== recent.sshd
  )
    return undefined;
  if (!isRecent(recent, now)) return undefined;
  return { ok: true, detail: `${detail}, ${Math.round((now - recent.at) / 1000)} s ago` };
}

/** Pure. Whether anything is known that could make trying again needless. */
export function isRecent(recent: RecentLogins | undefined, now: number): boolean {
  const age = recent === undefined ? -1 : now - recent.at;
  return age >= 0 && age <= RECENT_MS;
}

/** Pure. What to keep for the next check-up; undefined where nothing new was seen. @param tried ids that were really tried */
export function recentLogins(
  proofs: readonly ProofResult[],
  tried: ReadonlySet<string>,
  { sshd }: Inventory,
  now: number,
): RecentLogins | undefined {
  const held = proofs.filter(
    ({ id, proved }) => REFUSALS.some((one) => one === id) && tried.has(id) && proved.ok === true,
  );
  if (held.length === 0 || !sshd) return undefined;
  return {
    version: 1,
    at: now,
    sshd: sshd.started,
    refused: Object.fromEntries(held.map(({ id, proved }) => [id, proved.detail])),
  };
}
