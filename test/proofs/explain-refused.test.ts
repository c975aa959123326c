import { expect, it } from 'vitest';
import type { Inventory, PortLook } from '../../src/engine/inventory.js';
import { whyClosed } from '../../src/proofs/explain.js';

const closed: PortLook = { port: 18084, transport: 'tcp', address: '192.0.2.1', seen: 'refused' };
const with_ = (world: boolean | undefined): Inventory => ({
  listeners: world === undefined ? [] : [{ port: 18084, transport: 'tcp', program: 'beam.smp', world }],
  firewall: { on: true, open: ['18084/tcp'], published: [], others: [], rejectsBefore: false },
});

it.each([
  [undefined, /^Nothing listens on 18084/],
  [false, /18084 is open for the server itself only/],
  [true, /says no at 192.0.2.1/],
])('a port that is closed while the program listens for the world: %s', (world, words) => {
  expect(whyClosed(closed, with_(world))).toMatch(words);
});
