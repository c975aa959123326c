import { createServer, type Server } from 'node:https';
import { issueFor } from '../../proofs/authority.js';
import type { Ground } from '../ground.js';

/** What somebody was told: where, with which headers, and what. */
export interface Message {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** An https server on this computer that takes messages as a chat or ntfy does. The rehearsal server trusts it. */
export interface Inbox {
  /** `https://name:port` */
  origin: string;
  /** What has arrived since it was asked for the last time. */
  take(): Message[];
  /** What it answers from now on, and after how many milliseconds; 200 at once at first. */
  answer(status: number, after?: number): void;
  close(): Promise<void>;
}

export async function inbox(
  on: { server: Pick<Ground['server'], 'resolver'>; inside: Ground['inside'] },
  name: string,
  port: number,
): Promise<Inbox> {
  const { ca, cert, key } = issueFor(name);
  let messages: Message[] = [];
  let status = 200;
  let patience = 0;
  const server: Server = createServer({ cert, key }, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (status === 200) messages.push({ path: request.url ?? '', headers: request.headers, body });
      setTimeout(() => response.writeHead(status).end(), patience);
    });
  });
  const gateway = on.server.resolver;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, gateway, resolve));
  await on.inside(`echo ${Buffer.from(ca).toString('base64')} | base64 -d >/usr/local/share/ca-certificates/test-inbox.crt
update-ca-certificates >/dev/null 2>&1
echo '${gateway} ${name}' >>/etc/hosts`);
  return {
    origin: `https://${name}:${port}`,
    take() {
      const taken = messages;
      messages = [];
      return taken;
    },
    answer(code, after = 0) {
      status = code;
      patience = after;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
