import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { choosePorts, PUBLISHED } from '../../src/rehearsal/ports.js';

it('keeps the number where it is free, and takes another where it is not', async () => {
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen(18084, '127.0.0.1', resolve).once('error', () => resolve()),
  );
  const ports = await choosePorts([18083]);
  server.close();
  expect(Object.keys(ports).map(Number)).toEqual([22, 53, ...PUBLISHED, 14000, 15000].sort((a, b) => a - b));
  expect(ports[18083]).not.toBe(18083);
  expect(ports[18084]).not.toBe(18084);
  expect(new Set(Object.values(ports)).size).toBe(Object.keys(ports).length);
  for (const port of Object.values(ports)) expect(port).toBeGreaterThan(1023);
});
