import { expect, it } from 'vitest';
import { ufw } from '../../../src/steps/ufw.js';
import { contextFor, findings, fixture, ids } from '../../context.js';
import { withUnit } from '../../facts.js';

it.each([
  ['trixie-fresh', 'firewalld', 'stop', 'systemctl disable --now firewalld'],
  ['trixie-fresh', 'shorewall', 'stop', 'systemctl disable --now shorewall'],
  ['bookworm-done', 'nftables', 'warn', 'systemctl disable --now nftables'],
])('case 107: on %s %s is worth a %s', (state, name, level, hint) => {
  const told = withUnit(fixture('ufw', state), `${name}.service`, {
    LoadState: 'loaded',
    UnitFileState: 'enabled',
    FragmentPath: `/usr/lib/systemd/system/${name}.service`,
  });
  const found = findings(ufw, told, contextFor());
  expect(found.find(({ id }) => id === 'ufw.other-firewall')).toMatchObject({
    level,
    summary: expect.stringContaining(name),
    hint: expect.stringContaining(hint),
  });
});

it('case 107: what a removed package leaves in /etc/init.d is none', () => {
  const told = withUnit(fixture('ufw', 'bookworm-done'), 'shorewall.service', {
    LoadState: 'loaded',
    UnitFileState: 'generated',
    FragmentPath: '/run/systemd/generator.late/shorewall.service',
  });
  expect(ids(ufw, told, contextFor())).toEqual([]);
});
