import { describe, expect, it } from 'vitest';
import type { Firewall, Inventory, Listening, PortLook, PortSeen } from '../../src/engine/inventory.js';
import { whyClosed, whyOpen } from '../../src/proofs/explain.js';

const look = (seen: PortSeen, more: Partial<PortLook> = {}): PortLook => ({
  ...{ port: 8883, transport: 'tcp', address: '203.0.113.7', seen },
  ...more,
});
const firewall = (more: Partial<Firewall> = {}): Firewall => ({
  ...{ on: true, open: ['8883/tcp'], published: [], others: [], rejectsBefore: false },
  ...more,
});
const hears = (more: Partial<Listening> = {}): Listening[] => [
  { port: 8883, transport: 'tcp', program: 'mosquitto', world: true, ...more },
];
const inside = (listeners: Listening[] | undefined, wall: Firewall | undefined): Inventory => ({
  ...(listeners === undefined ? {} : { listeners }),
  ...(wall === undefined ? {} : { firewall: wall }),
});

describe('a port that should be open', () => {
  it.each<[string, PortLook, Inventory, RegExp]>([
    ['something else answers', look('wrong'), inside(hears(), firewall()), /^Something else answers on 8883/],
    [
      'an image of the provider rejects',
      look('rejected'),
      inside(hears(), firewall({ rejectsBefore: true })),
      /REJECT rule of the provider’s image/,
    ],
    [
      'such a rule is not to blame for silence',
      look('filtered'),
      inside(hears(), firewall({ rejectsBefore: true })),
      /open the port in your provider’s console/,
    ],
    ['nothing listens', look('refused'), inside([], firewall()), /^Nothing listens on 8883/],
    [
      'it listens for the server itself only',
      look('refused'),
      inside(hears({ world: false }), firewall()),
      /8883 is open for the server itself only/,
    ],
    [
      'only the other transport listens',
      look('refused', { transport: 'udp' }),
      inside(hears(), firewall({ open: ['8883/udp'] })),
      /^Nothing listens on 8883/,
    ],
    [
      'the firewall closes it',
      look('filtered'),
      inside(hears(), firewall({ open: [] })),
      /own firewall closes 8883.*doctor --fix/,
    ],
    [
      'the firewall opens the other transport only',
      look('filtered', { transport: 'udp' }),
      inside(hears({ transport: 'udp' }), firewall()),
      /own firewall closes 8883/,
    ],
    [
      'all is well inside',
      look('filtered'),
      inside(hears(), firewall()),
      /a firewall in front of it does not: open the port in your provider’s console/,
    ],
    [
      'all is well inside, and the firewall is off',
      look('filtered'),
      inside(hears(), firewall({ on: false, open: [] })),
      /a firewall in front of it does not/,
    ],
    [
      'case 223: nobody looked inside, and it was refused',
      look('refused'),
      {},
      /^The server was reached and refuses connections to 8883\.(?!.*doctor)/,
    ],
    [
      'nobody looked inside, and there was silence',
      look('filtered'),
      {},
      /^A firewall in front of the server, or/,
    ],
    [
      'what listens is no part of the question, and the firewall closes it',
      look('filtered', { port: 80 }),
      inside(undefined, firewall()),
      /own firewall closes 80/,
    ],
  ])('%s', (_, seen, inventory, expected) => {
    expect(whyClosed(seen, inventory)).toMatch(expected);
  });

  it('that the server itself refuses in one family is not blamed on the provider', () => {
    const v6 = look('refused', { address: '2001:db8::7' });
    expect(whyClosed(v6, inside(hears(), firewall()))).not.toMatch(/in front|provider/);
  });
});

describe('a port that should be closed', () => {
  it.each<[string, Inventory, RegExp]>([
    [
      'a container publishes it, whatever the rules say',
      inside(hears(), firewall({ published: ['8883/tcp'] })),
      /^A container publishes 8883 .*127\.0\.0\.1:8883/,
    ],
    ['the firewall is off', inside(hears(), firewall({ on: false })), /^The firewall is off.*--fix/],
    ['a rule opens it', inside(hears(), firewall()), /sudo ufw delete allow 8883\/tcp$/],
    ['nothing explains it', inside(hears(), firewall({ open: ['8883/udp'] })), /in spite of the firewall/],
    ['nobody looked inside', {}, /See what listens with/],
  ])('%s', (_, inventory, expected) => {
    expect(whyOpen(look('open'), inventory)).toMatch(expected);
  });
});
