import { PASSWORD_METHODS } from '../engine/known-logins.js';
import type { Asking, Login, LoginOutcome, Outside, Proof, Proved } from '../engine/step.js';
import { LoginRefused, SetupError } from '../errors.js';
import { LoginAsOtherUser } from '../host/failures.js';
import type { Credentials, Target } from '../host/host.js';
import type { ConnectOptions } from '../host/ssh/reach.js';
import { connect } from '../host/ssh/ssh.js';
import type { HostKeyPolicy } from '../host/trust/host-key.js';
import { type Secret, sh } from '../sh.js';

/**
 * Opens a new connection, logs in, proves sudo with `id -u`, closes it.
 * @throws SetupError only where nothing about the login could be learned: unreachable, host key, connection lost
 */
export async function login(
  target: Target,
  as: Login,
  hostKey: HostKeyPolicy,
  manners: Pick<ConnectOptions, 'patience' | 'pace'> = {},
): Promise<LoginOutcome> {
  const sudo = as.sudoPassword === undefined ? {} : { sudoPassword: as.sudoPassword };
  const options = { hostKey, askFirst: true, ...manners, ...sudo };
  let host: Awaited<ReturnType<typeof connect>>;
  try {
    host = await connect({ ...target, user: as.user }, as.credentials, options);
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error;
    return { ok: false, offered: [...error.offered], sudo: undefined, detail: error.message };
  }
  const offered = [...host.accepts];
  try {
    const { code, stdout } = await host.run({ script: sh`id -u` });
    const sudo = code === 0 && stdout.trim() === '0';
    return {
      ok: true,
      offered,
      sudo,
      detail: sudo ? `${as.user} logged in and reached root` : `${as.user} logged in; root was not reached`,
    };
  } catch (error) {
    // Let in, and then shown the door: the login itself was accepted, and a proof of the contrary must say so.
    if (error instanceof LoginAsOtherUser)
      return { ok: true, offered, sudo: undefined, detail: error.message };
    if (error instanceof SetupError && ['sudo-refused', 'no-shell'].includes(error.code)) {
      return { ok: true, offered, sudo: false, detail: error.message };
    }
    throw error;
  } finally {
    await host.close();
  }
}

/** The login that opened the door for this run opens it again, and reaches root: what is changed about accounts must not cut it. */
export const sameLogin: Proof = {
  id: 'login.first',
  title: 'the login of this run works as before, and reaches root',
  inTurn: true,
  run: (outside) =>
    unlessUnknown(async () => {
      const { keyLogin, firstLogin = keyLogin } = outside;
      // Where it is the limited user's own, sudo may ask from now on for the password that this run has set.
      const seen = await outside.login(
        firstLogin.user === keyLogin.user ? { ...keyLogin, ...firstLogin } : firstLogin,
      );
      return { ok: seen.ok && seen.sudo === true, detail: seen.detail };
    }),
};

/** The limited user gets in with the key, over a new connection, and sudo works. */
export function newUserLogin(context: Asking): Proof {
  const { name } = context.settings.user;
  return {
    id: 'login.user',
    title: `${name} logs in with the key and may use sudo`,
    inTurn: true,
    run: (outside) =>
      unlessUnknown(async () => {
        const seen = await outside.login(outside.keyLogin);
        if (seen.ok && seen.sudo === true) return { ok: true, detail: seen.detail };
        const hint = seen.ok
          ? `sudo must work for ${name} before anything else is closed.`
          : `${name} must be able to log in before anything else is closed.`;
        return { ok: false, detail: seen.detail, hint };
      }),
  };
}

const mustBeNo = (settings: string): string =>
  `${settings} must be no in what \`sudo sshd -T\` shows. Where that is so, a Match block says otherwise for some logins.`;

/**
 * Neither the new key nor what opened the door at first lets root in. Both are offered in one connection: since
 * OpenSSH 9.8 a server shuts out an address after about three connections with failed logins (PerSourcePenalties).
 */
export function rootRefused(_context: Asking): Proof {
  return {
    id: 'login.root',
    title: 'root is refused',
    inTurn: true,
    run: (outside) =>
      unlessUnknown(async () => {
        const first = outside.firstLogin?.user === 'root' ? outside.firstLogin.credentials : undefined;
        const seen = await outside.login({
          user: 'root',
          credentials: together(outside.keyLogin.credentials, first),
        });
        if (seen.ok)
          return {
            ok: false,
            detail: 'root was let in',
            hint: mustBeNo('PermitRootLogin'),
          };
        // A password that nobody here knows cannot be tried; what sshd itself says of root is better than a guess.
        const { inventory } = await outside.inside;
        const ways = inventory.accounts?.find(({ name }) => name === 'root')?.ssh ?? [];
        if (ways.length > 0)
          return {
            ok: false,
            detail: `the key was refused, but sshd lets root in with ${ways.join(' or ')}`,
            hint: mustBeNo('PermitRootLogin'),
          };
        return unlessAllAreRefused(
          outside,
          first === undefined ? 'refused with the key' : 'refused with the key and with the first login',
        );
      }),
  };
}

/** A refusal says something about root or passwords only where the same client gets in with the right key. */
async function unlessAllAreRefused(outside: Outside, detail: string): Promise<Proved> {
  const control = await outside.login(outside.keyLogin);
  if (control.ok) return { ok: true, detail };
  return {
    ok: undefined,
    detail: `${detail}; but ${outside.keyLogin.user} is refused with the right key as well (${control.detail})`,
  };
}

function together(one: Credentials, other: Credentials | undefined): Credentials {
  if (other === undefined) return one;
  const more = other.keys.filter((key) => !one.keys.some(({ file }) => file === key.file));
  const certificates = [...(one.certificates ?? []), ...(other.certificates ?? [])];
  const password = one.password ?? other.password;
  return {
    keys: [...one.keys, ...more],
    ...(certificates.length === 0 ? {} : { certificates }),
    agent: one.agent || other.agent,
    ...(one.onlyKeys && other.onlyKeys ? { onlyKeys: true } : {}),
    ...(password === undefined ? {} : { password }),
  };
}

/** The server offers the limited user no way to type a password, and a known one is refused. */
export function passwordRefused(_context: Asking): Proof {
  return {
    id: 'login.password',
    title: 'passwords are refused',
    inTurn: true,
    run: (outside) =>
      unlessUnknown(async () => {
        for (const as of passwordLogins(outside)) {
          const seen = await outside.login(as);
          const open = seen.offered.filter((method) => PASSWORD_METHODS.includes(method));
          if (seen.ok) {
            return {
              ok: false,
              detail: `${as.user} was let in without the key`,
              hint: mustBeNo('PasswordAuthentication'),
            };
          }
          if (open.length > 0) {
            return {
              ok: false,
              detail: `the server still offers ${open.join(' and ')}`,
              hint: mustBeNo('PasswordAuthentication and KbdInteractiveAuthentication'),
            };
          }
        }
        return unlessAllAreRefused(outside, 'the server offers neither password nor keyboard-interactive');
      }),
  };
}

/** The limited user with the sudo password or nothing, and the first login where it had a password; root's is tried by rootRefused. */
function passwordLogins(outside: Outside): { user: string; credentials: Credentials }[] {
  const { user, sudoPassword } = outside.keyLogin;
  const first = outside.firstLogin;
  const only = (password: Secret | undefined): Credentials => ({
    keys: [],
    agent: false,
    ...(password === undefined ? {} : { password }),
  });
  const known = first !== undefined && first.user !== 'root' && first.credentials.password !== undefined;
  return [
    { user, credentials: only(sudoPassword) },
    ...(known ? [{ user: first.user, credentials: only(first.credentials.password) }] : []),
  ];
}

/** What could not be tried proves nothing, neither way. */
async function unlessUnknown(look: () => Promise<Proved>): Promise<Proved> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return {
      ok: undefined,
      detail: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
}
