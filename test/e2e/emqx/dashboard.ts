import { request } from 'node:https';
import type { Ground } from '../ground.js';

/** What the dashboard answers, as a browser would ask it. */
function askDashboard(
  { server }: Ground,
  path: string,
  { ca, body, authorization }: { ca: string; body?: object; authorization?: string },
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: server.address,
        port: 18084,
        path,
        method: body ? 'POST' : 'GET',
        servername: server.domain,
        ca,
        headers: {
          'content-type': 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

/** Whether a name and a password open the dashboard of this version. */
export async function opensDashboard(
  on: Ground,
  version: string,
  ca: string,
  username: string,
  password: string,
): Promise<boolean> {
  const isOld = version.startsWith('4.');
  const path = isOld ? '/api/v4/auth' : '/api/v5/login';
  const { status, text } = await askDashboard(on, path, { ca, body: { username, password } });
  // 4.x says 200 to both, and what it means in the body.
  return isOld ? /"code":\s*0\b/.test(text) : status === 200;
}

/** What the API behind the dashboard answers to the application that every EMQX ships with. */
export async function asShippedApplication(on: Ground, version: string, ca: string): Promise<number> {
  const path = version.startsWith('4.') ? '/api/v4/brokers' : '/api/v5/nodes';
  const authorization = `Basic ${Buffer.from('admin:public').toString('base64')}`;
  return (await askDashboard(on, path, { ca, authorization })).status;
}
