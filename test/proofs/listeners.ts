import { createServer, type Server } from 'node:net';
import { onTestFinished } from 'vitest';

const listen = (address: string, port: number) =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(port, address, () => resolve(server));
  });

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};

/** A port that answers until the test is over. */
export async function openPort(address = '127.0.0.1', port = 0): Promise<number> {
  const server = await listen(address, port);
  onTestFinished(() => {
    server.close();
  });
  return portOf(server);
}

/** A port on which nothing listens. */
export async function closedPort(address = '127.0.0.1'): Promise<number> {
  const server = await listen(address, 0);
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
