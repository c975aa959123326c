import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { issueFor } from '../test/proofs/authority.js';
import { type Figure, median, seconds } from './figures.js';
import { BIN, bareNode, time } from './machine.js';

const ROUNDS = 31;
const MORE_MS = 60;

/** The least that a node program can do to learn a fingerprint: one handshake, nothing judged. */
const handshake = (port: number) => `const socket = require('tls').connect(
  { host: '127.0.0.1', port: ${port}, rejectUnauthorized: false },
  () => { console.log(socket.getPeerX509Certificate().fingerprint); socket.destroy(); },
)`;

/** How long `fingerprint HOST` takes longer than one TLS handshake by a bare node, in turns with it. */
export async function fingerprint(): Promise<Figure[]> {
  const server = createServer(issueFor('mqtt.example.org'), (socket) =>
    socket.on('error', () => undefined).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const [bare, once, ours]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      bare.push((await time(...bareNode)).ms);
      const expected = await time(process.execPath, { args: ['-e', handshake(port)] });
      const seen = await time(process.execPath, { args: [BIN, 'fingerprint', `127.0.0.1:${port}`] });
      if (seen.said !== expected.said) throw new Error(`Not the same: ${seen.said} and ${expected.said}`);
      once.push(expected.ms);
      ours.push(seen.ms);
    }
  } finally {
    server.close();
  }
  const more = median(ours) - median(once);
  return [
    { what: 'node -e 0', seen: seconds(bare), goal: '' },
    { what: 'node with one TLS handshake', seen: seconds(once), goal: '' },
    { what: 'fingerprint HOST', seen: seconds(ours), goal: '' },
    {
      what: '  more than one TLS handshake',
      seen: `${more.toFixed(0)} ms`,
      goal: `at most ${MORE_MS} ms`,
      met: more <= MORE_MS,
    },
  ];
}
