import type { Login } from '../engine/step.js';
import { ownCredentials } from '../host/host.js';
import type { SshHost } from '../host/ssh/ssh.js';
import { loginPassword } from '../settings/secrets.js';
import type { Secret } from '../sh.js';
import { say } from '../terminal/screen.js';
import { prose } from '../terminal/wrap.js';
import { firstTarget } from './enter.js';
import { interactive } from './questions.js';
import type { Session } from './session.js';

/** A login that was seen to work, and reached root. */
export interface WayFound {
  login: Login;
  /** Opens a connection by it. */
  open(): Promise<SshHost>;
}

/** Files whose old content may let nobody in but the first login. */
const WAYS_IN = /^\/etc\/(?:ssh|sudoers\.d|shadow|passwd)\b|\/authorized_keys$/;

/**
 * The password of the first login, where the way in may be about to change and it has one. Asked for where a person is there.
 * @param paths what is going to be put back
 */
export async function passwordOfFirst(
  { context }: Pick<Session, 'context'>,
  paths: readonly string[],
): Promise<Secret | undefined> {
  const given = await loginPassword({ interactive: false });
  if (given || !interactive() || !paths.some((path) => WAYS_IN.test(path))) return given;
  const { user, name } = await firstTarget(context.settings, undefined);
  say(
    prose(
      'After the undo perhaps only the first login opens the server. Where it needs none, leave this empty.',
    ),
  );
  return loginPassword({ interactive: true, user, host: name });
}

/**
 * The first login that works over a new connection: the limited user's with the key, then the first login that the settings name,
 * with its keys or the password that is given.
 */
export async function findWayIn(
  session: Session,
  password: Secret | undefined,
): Promise<WayFound | undefined> {
  const { outside, context } = session;
  const first = await firstTarget(context.settings, undefined);
  const keys = ownCredentials(first);
  const known: Login[] = [
    outside.keyLogin,
    ...(outside.firstLogin ? [outside.firstLogin] : []),
    { user: first.user, credentials: password ? { ...keys, password } : keys },
  ];
  for (const login of known) if (await works(session, login)) return wayOf(session, login);
  return undefined;
}

async function works({ outside }: Session, login: Login): Promise<boolean> {
  const seen = await outside.login(login).catch(() => undefined);
  return seen?.ok === true && seen.sudo === true;
}

const wayOf = (session: Session, login: Login): WayFound => ({ login, open: () => session.connectAs(login) });
