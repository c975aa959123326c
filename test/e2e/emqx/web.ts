import { createServer, type Server } from 'node:https';
import { issueFor } from '../../proofs/authority.js';
import type { Ground } from '../ground.js';

/** An https server on this computer that the rehearsal server trusts under one name. */
export interface Web {
  /** `https://name:port` */
  origin: string;
  /** What is asked for and what is answered; anything else is 404. */
  files: Map<string, Buffer | string>;
  close(): Promise<void>;
}

/** @param port 443 stands for whoever really has the name */
export async function serve(on: Ground, name: string, port: number): Promise<Web> {
  const { ca, cert, key } = issueFor(name);
  const files = new Map<string, Buffer | string>();
  const server: Server = createServer({ cert, key }, (request, response) => {
    const found = files.get(request.url ?? '');
    response.writeHead(found === undefined ? 404 : 200).end(found ?? 'not here');
  });
  const gateway = on.server.resolver;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, gateway, resolve));
  const encoded = Buffer.from(ca).toString('base64');
  await on.inside(`echo ${encoded} | base64 -d >/usr/local/share/ca-certificates/test-web.crt
update-ca-certificates >/dev/null 2>&1
echo '${gateway} ${name}' >>/etc/hosts`);
  return {
    origin: `https://${name}${port === 443 ? '' : `:${port}`}`,
    files,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
