import { deferred } from '../deferred.js';
import type { ProofResult } from '../engine/events.js';
import { lookOutside } from '../engine/look-outside.js';
import type { Outside, Proof, Proved, Step } from '../engine/step.js';
import type { SshHost } from '../host/ssh/ssh.js';
import { knowingTheWayIn } from '../session/outside.js';
import { openSession, type Session, type SessionOptions } from '../session/session.js';
import { spare } from '../steps/fail2ban/not-banned.js';
import { refusedLogins } from './memory.js';
import { isRecent, REFUSALS, recentLogins, stillRefused } from './recent-logins.js';

/**
 * Looks at a server from inside and, at the same time, from outside.
 * @param stays whether more is to be asked of the server afterwards
 * @throws SetupError where it could not be entered
 */
export async function lookAround(
  parts: () => Promise<readonly Step[]>,
  options: SessionOptions,
  stays: boolean,
): Promise<{ session: Session; proofs: ProofResult[] }> {
  const { settings } = options;
  const recent = await refusedLogins.recall(settings);
  const tried = new Set<string>();
  // What sudo asks for is known once it has been asked; only then can it be tried as a password for SSH.
  const opened = deferred<Outside>();
  let looks: Promise<ProofResult[]> = Promise.resolve([]);
  let sparing: ReturnType<typeof spare> | undefined;
  const decisions: Promise<Proved | undefined>[] = [];
  const meanwhile = (outside: Outside, host: SshHost, loaded: readonly Step[]): void => {
    const known = knowingTheWayIn(outside, outside.inside, host.accepts);
    const early = settings.user.sudo === 'without-password' ? Promise.resolve(known) : opened.promise;
    const decide = async ({ id }: Proof): Promise<Proved | undefined> => {
      const seen = recent && stillRefused(id, recent, (await outside.inside).inventory, Date.now());
      if (seen) return seen;
      tried.add(id);
      if (REFUSALS.includes(id)) {
        sparing ??= spare(host);
        await sparing;
      }
      return undefined;
    };
    const again = (proof: Proof): Promise<Proved | undefined> => {
      const decision = decide(proof);
      decisions.push(decision);
      return decision;
    };
    looks = lookOutside(loaded, known, () => true, early, again);
    // Where the look inside fails, nobody waits for these; that failure is the one that is told.
    looks.catch(() => undefined);
  };
  const session = await openSession({
    ...options,
    parts,
    meanwhile,
    // One login more or less: asked first, the server tells with this one whether it would take a password.
    askFirst: !isRecent(recent, Date.now()),
  }).catch((error: unknown) => {
    opened.reject(error);
    throw error;
  });
  opened.resolve(knowingTheWayIn(session.outside, Promise.resolve(), session.host.accepts));
  // A goodbye takes one more way there and back; meanwhile the looks from outside go on.
  const leave = async (): Promise<void> => {
    await Promise.allSettled(decisions);
    // The exemption lasts for as long as this connection.
    if (sparing) await looks.catch(() => undefined);
    if (!stays) await session.close();
  };
  const left = leave();
  try {
    const [proofs] = await Promise.all([looks, left]);
    const { inventory } = await session.outside.inside;
    const kept = recentLogins(proofs, tried, inventory, Date.now());
    if (kept) await refusedLogins.remember(settings, kept);
    return { session, proofs };
  } catch (error) {
    await session.close();
    throw error;
  }
}
