import { createServer } from 'node:net';

/** Every port of a broker that somebody may want to reach; what is below 1024 cannot be published without root. */
export const PUBLISHED = [1883, 8081, 8083, 8084, 8883, 18083, 18084];

/** Whether a TCP port of 127.0.0.1 is free; with 0, any free one. Undefined where it is taken. */
function listenOn(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

/** For each port of the server one of 127.0.0.1: the same number for a broker's ports where that is free. */
export async function choosePorts(taken: number[]): Promise<Record<number, number>> {
  const used = new Set(taken);
  const chosen: Record<number, number> = {};
  for (const port of [22, 53, 14000, 15000, ...PUBLISHED]) {
    let here = PUBLISHED.includes(port) && !used.has(port) ? await listenOn(port) : undefined;
    while (here === undefined || used.has(here)) here = await listenOn(0);
    used.add(here);
    chosen[port] = here;
  }
  return chosen;
}
