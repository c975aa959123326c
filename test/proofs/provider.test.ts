import { expect, it } from 'vitest';
import { whyClosed } from '../../src/proofs/explain.js';

const seen = { port: 8883, transport: 'tcp', address: '203.0.113.7', seen: 'filtered' } as const;
const open = {
  listeners: [{ port: 8883, transport: 'tcp', program: 'mosquitto', world: true }],
  firewall: { on: true, open: ['8883/tcp'], published: [], others: [], rejectsBefore: false },
} as const;

it.each([
  ['Amazon EC2 t3.micro Amazon EC2', 'AWS: EC2, Security Groups'],
  ['Hetzner vServer', 'Hetzner: Cloud Console, Firewalls'],
  ['QEMU Standard PC (i440FX + PIIX, 1996) OracleCloud.com', 'Security Lists'],
  ['Microsoft Corporation Virtual Machine 7783-7084-3265-9085-8269-3286-77', 'Azure'],
  ['QEMU Standard PC (Q35 + ICH9, 2009)', 'security group, cloud firewall'],
  [undefined, 'security group, cloud firewall'],
])('case 42: names the page of the provider’s console: %s', (firmware, page) => {
  const inventory = firmware === undefined ? open : { ...open, firmware };
  expect(whyClosed(seen, inventory)).toContain(page);
});

it('case 42: of two firewalls on the server it suspects the other first', () => {
  const two = { ...open, firewall: { ...open.firewall, others: ['firewalld'] } };
  expect(whyClosed(seen, two)).toMatch(/^Another firewall is at work on the server \(firewalld\)/);
});
