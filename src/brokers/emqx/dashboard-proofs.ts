import { request } from 'node:https';
import type { Asking, Outside, Proof, Proved } from '../../engine/step.js';
import { trustOf } from '../../proofs/trust.js';

/** How a dashboard is logged in to, and what it says to a right and a wrong password. */
export interface DashboardLogin {
  port: number;
  path: string;
  user: string;
  /** The password that it ships with. */
  shipped: string;
  /** undefined: an answer of another kind. */
  let(status: number, body: string): boolean | undefined;
  /** It locks the account after a few wrong passwords, unless a right one follows (emqx_dashboard_login_lock.erl). */
  locks?: boolean;
}

/** How long an answer may take, in milliseconds: EMQX 4.4 lets a wrong password wait for 2 s. */
const PATIENCE = 10_000;

/** No dashboard says more about a login, in characters. */
const LONGEST = 1_000_000;

const why = ({ name, message }: Error): string => (name === 'AbortError' ? 'no answer in time' : message);

/** The generated password opens the dashboard, and the one that it ships with does not. */
export function dashboardProofs(login: DashboardLogin, context: Asking): Proof[] {
  const { user, port, shipped } = login;
  return [
    {
      id: 'dashboard.login',
      title: `${user} logs in to the dashboard with the new password (${port})`,
      needs: 'dashboardPassword',
      run: async (outside) => {
        const password = outside.made.dashboardPassword?.reveal() ?? '';
        return judge(await knock(login, password, outside, context), true);
      },
    },
    {
      id: 'dashboard.shipped-password',
      title: `The dashboard refuses ${user}/${shipped}, with which it ships (${port})`,
      ...(login.locks ? { needs: 'dashboardPassword' as const } : {}),
      run: async (outside) => {
        const seen = await knock(login, shipped, outside, context);
        // Who was not heard was not let in either.
        if (typeof seen === 'string') return { ok: undefined, detail: seen };
        const password = outside.made.dashboardPassword?.reveal();
        const control = seen || password === undefined || (await knock(login, password, outside, context));
        if (control === true) return judge(seen, false);
        return { ok: undefined, detail: `refused, but so is ${user} with the new password` };
      },
    },
  ];
}

function judge(seen: boolean | string, wanted: boolean): Proved {
  if (typeof seen === 'string') return { ok: false, detail: seen };
  return { ok: seen === wanted, detail: seen ? 'let in' : 'refused' };
}

/** @returns whether it was let in, or in a sentence why there was no such answer */
function knock(
  { port, path, user, let: judged }: DashboardLogin,
  password: string,
  { address }: Outside,
  { settings, laptop }: Asking,
): Promise<boolean | string> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: address,
        port,
        path,
        method: 'POST',
        servername: settings.domain,
        headers: { host: `${settings.domain}:${port}`, 'content-type': 'application/json' },
        // Of the whole answer: one that comes drop by drop would last for ever.
        signal: AbortSignal.timeout(PATIENCE),
        ...trustOf(laptop),
        // Or NODE_TLS_REJECT_UNAUTHORIZED would decide.
        rejectUnauthorized: true,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
          if (body.length > LONGEST) asked.destroy(new Error('an answer without end'));
        });
        response.on('error', (error) => resolve(why(error)));
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          resolve(judged(status, body) ?? `unexpected answer (HTTP ${status})`);
        });
      },
    );
    asked.on('error', (error) => resolve(why(error)));
    asked.end(JSON.stringify({ username: user, password }));
  });
}
