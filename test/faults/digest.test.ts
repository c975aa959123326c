import { expect, it } from 'vitest';
import { difference } from './difference.js';
import { normalise } from './digest.js';

const hash = (digit: string) => digit.repeat(64);

it('what is new in each run makes no difference', () => {
  const seen = (digit: string) => `${hash(digit)}  /etc/letsencrypt/archive/mqtt.rehearsal.test/privkey1.pem
/var/lib/broker-setup/runs/20261124-15012${digit}-dadf drwx------ root:root
/etc/letsencrypt/accounts/10.213.1.1:14000/dir/${digit.repeat(32)} drwx------ root:root
${hash('c')}  /etc/ssh/sshd_config
`;
  expect(seen('a')).not.toBe(seen('b'));
  expect(difference(normalise(seen('a')), normalise(seen('b')))).toBe('');
});

it('what a run brings about, its owner and what it leaves lying about do', () => {
  const before = `${hash('a')}  /etc/ssh/sshd_config.d/00-broker-setup.conf\n`;
  const other = `${hash('b')}  /etc/ssh/sshd_config.d/00-broker-setup.conf\n`;
  const left = '/etc/.broker-setup.XyZ123 -rw------- root:root\n';
  expect(difference(normalise(before), normalise(other + left))).toBe(
    [`- ${before}`, `+ ${other}`, `+ ${left}`].map((one) => one.trimEnd()).join('\n'),
  );
  const account = '/etc/letsencrypt/accounts/a/dir/0123456789abcdef0123456789abcdef drwx------ root:root\n';
  expect(difference(normalise(account), normalise(account + account))).not.toBe('');
});
