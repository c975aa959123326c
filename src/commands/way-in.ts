import type { Login } from '../engine/step.js';
import type { SshHost } from '../host/ssh.js';
import { loginPassword } from '../settings/secrets.js';
import { firstTarget } from './enter.js';
import { interactive } from './questions.js';
import type { Session } from './session.js';

/** A login that was seen to work, and reached root. */
export interface WayFound {
  login: Login;
  /** Opens a connection by it. */
  open(): Promise<SshHost>;
}

/**
 * The first login that works over a new connection: the limited user's with the key, then the first login that the settings name,
 * with its keys or the password that is given.
 */
export async function findWayIn(session: Session): Promise<WayFound | undefined> {
  const { outside, context } = session;
  const first = await firstTarget(context.settings, undefined);
  const keys = { keys: first.identityFiles.map((file) => ({ file })), agent: true };
  const given = await loginPassword({ interactive: false });
  const known: Login[] = [
    outside.keyLogin,
    ...(outside.firstLogin ? [outside.firstLogin] : []),
    { user: first.user, credentials: given ? { ...keys, password: given } : keys },
  ];
  for (const login of known) if (await works(session, login)) return wayOf(session, login);
  if (given || !interactive()) return undefined;
  const password = await loginPassword({ interactive: true, user: first.user, host: first.name });
  const login = password && { user: first.user, credentials: { ...keys, password } };
  return login && (await works(session, login)) ? wayOf(session, login) : undefined;
}

async function works({ outside }: Session, login: Login): Promise<boolean> {
  const seen = await outside.login(login).catch(() => undefined);
  return seen?.ok === true && seen.sudo === true;
}

const wayOf = (session: Session, login: Login): WayFound => ({ login, open: () => session.connectAs(login) });
