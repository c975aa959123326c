import { expect, it } from 'vitest';
import { ufw } from '../../../src/steps/ufw.js';
import { contextFor, findings, fixture } from '../../context.js';

it.each([
  ['trixie-fresh', 'firewalld', 'stop', 'systemctl disable --now firewalld'],
  ['trixie-fresh', 'shorewall', 'stop', 'systemctl disable --now shorewall'],
  ['bookworm-done', 'nftables', 'warn', 'systemctl disable --now nftables'],
])('case 107: on %s %s is worth a %s', (state, name, level, hint) => {
  const found = findings(ufw, `${fixture('ufw', state)}firewall=${name}\n`, contextFor());
  expect(found.find(({ id }) => id === 'ufw.other-firewall')).toMatchObject({
    level,
    summary: expect.stringContaining(name),
    hint: expect.stringContaining(hint),
  });
});
