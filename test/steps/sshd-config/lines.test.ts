import { expect, it } from 'vitest';
import { configLines, placesOf } from '../../../src/steps/sshd-config/lines.js';
import { filesWith } from '../../facts.js';

const told = filesWith(
  `/etc/ssh/sshd_config:3:Include sshd_config.d/*.conf "/etc/ssh/more.conf"
/etc/ssh/sshd_config:9:  UsePAM=yes
/etc/ssh/sshd_config:10:Match User ada
/etc/ssh/sshd_config:11:  X11Forwarding yes
/etc/ssh/sshd_config.d/50-b.conf:1:Match all
/etc/ssh/sshd_config.d/50-b.conf:2:PermitRootLogin "yes"
/etc/ssh/sshd_config.d/.hidden:1:Nothing counts
/etc/ssh/sshd_config.d/00-a.conf:1:AllowUsers ada eve
/etc/ssh/more.conf:4:AllowUsers bob`.split('\n'),
);

it('reads the lines in the order in which sshd does, with our own place among them', () => {
  expect(
    configLines(told).map(({ file, line, name, value, match }) => [
      file.split('/').at(-1),
      line,
      name,
      value,
      match,
    ]),
  ).toEqual([
    ['00-a.conf', 1, 'allowusers', 'ada eve', undefined],
    ['00-broker-setup.conf', 0, '', '', undefined],
    ['50-b.conf', 2, 'permitrootlogin', 'yes', 'all'],
    ['more.conf', 4, 'allowusers', 'bob', undefined],
    ['sshd_config', 9, 'usepam', 'yes', undefined],
    ['sshd_config', 11, 'x11forwarding', 'yes', 'User ada'],
  ]);
});

it('tells the places of a setting, whatever its case', () => {
  expect(placesOf(configLines(told), ['AllowUsers'])).toBe(
    '/etc/ssh/sshd_config.d/00-a.conf, line 1 and /etc/ssh/more.conf, line 4',
  );
});

it('does not follow files that include each other for ever', () => {
  expect(configLines(filesWith(['/etc/ssh/sshd_config:1:Include sshd_config']))).toEqual([]);
});
