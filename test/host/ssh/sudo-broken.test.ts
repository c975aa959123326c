import { expect, it } from 'vitest';
import { explain } from '../../../src/host/ssh/sudo.js';

const seen = {
  ...{ host: 'h', user: 'researcher', code: 1, stdout: '', noSudo: false, prompted: false },
  ...{ withPassword: true, countedAgain: false, inTerminal: false, silent: false },
};

it('case 234: says what sudo says where it does not work, and not that it asks for a password', () => {
  // sudo 1.9.13 without its setuid bit.
  const stderr = 'sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set\n';
  expect(explain({ ...seen, stderr }).message).toBe(
    'sudo on h does not work: sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set',
  );
  expect(explain({ ...seen, stderr: 'sudo: a password is required\n' }).message).toBe(
    'sudo on h asks researcher for a password.',
  );
});
