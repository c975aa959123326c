import { makeSecrets, type Session, type SessionOptions } from '../session/session.js';
import type { Described } from './described-server.js';
import { lookAround } from './look-around.js';
import type { Report } from './report.js';

export type Rules = Pick<
  SessionOptions,
  'interactive' | 'hostKey' | 'knownHosts' | 'transport' | 'askHostKey' | 'settling'
>;

/**
 * Looks at the server from inside and from outside.
 * @param renewal whether certbot is to rehearse the renewal
 * @returns with settling a session that is still open, so that what was found can be mended; otherwise one that has ended
 * @throws SetupError where it could not be entered
 */
export async function checkUp(
  described: Described,
  rules: Rules,
  signal: AbortSignal,
  renewal: boolean,
): Promise<{ report: Report; session: Session }> {
  const { settings } = described;
  const secrets = await makeSecrets(settings);
  const options = { settings, secrets, ...rules, signal };
  // Checks and words are loaded while the server is reached.
  const judging = () => import('./report-of.js');
  const parts = async () => (await judging()).partsOf(described);
  const stays = renewal || rules.settling !== undefined;
  const { session, proofs } = await lookAround(parts, options, stays);
  try {
    const { reportOf } = await judging();
    return { report: await reportOf(session, proofs, described, renewal), session };
  } catch (error) {
    await session.close();
    throw error;
  }
}
