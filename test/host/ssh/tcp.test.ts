import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import type { Target } from '../../../src/host/host.js';
import { dial } from '../../../src/host/ssh/tcp.js';

it('survives a server that resets the connection before anything listens to it', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = await dial({ hostname: '127.0.0.1', port } as Target, 5000, undefined);
  const [near] = await accepted;
  // Not once(), which listens to errors itself.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  near.resetAndDestroy();
  await closed;
  expect(socket.destroyed).toBe(true);
  server.close();
});
