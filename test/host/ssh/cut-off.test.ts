import { expect, it } from 'vitest';
import type { Target } from '../../../src/host/host.js';
import { cutOff } from '../../../src/host/ssh/cut-off.js';

const target = { name: 'box', hostname: '192.0.2.7', port: 22, user: 'ada' } as Target;

/** The words as real servers have sent them: systemd 252 and 257, pam_unix, and a file of a person's. */
it.each([
  [
    'System is booting up. Unprivileged users are not permitted to log in yet. Please come back later. For technical details, see pam_nologin(8).\r\n\r\n',
    'not-now',
    'is still starting',
    'systemctl list-jobs',
  ],
  [
    'System is going down. Unprivileged users are not permitted to log in anymore. For technical details, see pam_nologin(8).\n\n',
    'not-now',
    'about to shut down',
    'shutdown -c',
  ],
  [
    'Your account has expired; please contact your system administrator.\n',
    'account-expired',
    'the account has run out',
    'chage -E -1 ada',
  ],
  ['Back at noon.\n', 'login-cut-off', 'It said: “Back at noon”.', '/etc/nologin'],
  ['\u001b[2J', 'hung-up', 'in the middle of the login of ada', '/etc/nologin'],
  ['', 'hung-up', 'in the middle of the login of ada', '/etc/nologin'],
])('case 124: a login that is broken off with the words %j', (words, code, message, hint) => {
  expect(cutOff(target, words, undefined)).toMatchObject({
    code,
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
});
