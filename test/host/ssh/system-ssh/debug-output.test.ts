import { describe, expect, it } from 'vitest';
import { errnoOf, told } from '../../../../src/host/ssh/system-ssh/debug-output.js';

/** What OpenSSH 9.2 printed at real logins, shortened. */
const LOGIN = `debug1: Connecting to 10.213.6.10 [10.213.6.10] port 22.
debug1: Connection established.
debug1: Server host key: ssh-ed25519 SHA256:GaJ9bh2yuV0UZ1y1cWFoE6WNNOkRxxHjN5gMi0W35M0
debug1: Authentications that can continue: publickey,password
debug1: Next authentication method: publickey
debug1: Offering public key: ada@laptop RSA SHA256:abc agent
debug1: Offering public key: /home/ada/my key ED25519 SHA256:def explicit
debug1: Authentications that can continue: password
debug1: Next authentication method: password
Authenticated to 10.213.6.10 ([10.213.6.10]:22) using "password".
debug1: setting up multiplex master socket
debug1: Entering interactive session.
`;
const CERTIFICATE =
  'debug1: Server host certificate: ssh-ed25519-cert-v01@openssh.com SHA256:md7702N8CR09pI95qMIQ54mEI6+B6Z6u1IBN7vJSRRo, serial 0 ID "host" CA ssh-ed25519 SHA256:zfLX valid forever\n';

describe('what ssh tells of its way', () => {
  it('is read from its first to its last line', () => {
    expect(told(LOGIN)).toEqual({
      connected: true,
      address: '10.213.6.10',
      fingerprint: 'SHA256:GaJ9bh2yuV0UZ1y1cWFoE6WNNOkRxxHjN5gMi0W35M0',
      accepts: ['publickey', 'password'],
      offered: ['password'],
      keys: [
        { name: 'ada@laptop', agent: true },
        { name: '/home/ada/my key', agent: false },
      ],
      methods: ['publickey', 'password'],
      ready: true,
      said: ['Authenticated to 10.213.6.10 ([10.213.6.10]:22) using "password".'],
      parting: '',
    });
    expect(told(CERTIFICATE).fingerprint).toBe('SHA256:md7702N8CR09pI95qMIQ54mEI6+B6Z6u1IBN7vJSRRo');
  });

  it('is not turned by a greeting of the server, which comes later', () => {
    const greeting =
      'debug1: Server host key: ssh-ed25519 SHA256:AAAA\ndebug1: Connecting to x [192.0.2.1] port 22.\n';
    const seen = told(LOGIN.replace('debug1: Next', `${greeting}debug1: Next`));
    expect([seen.fingerprint, seen.address]).toEqual([told(LOGIN).fingerprint, '10.213.6.10']);
  });

  it('case 124: what the server said before it broke off the login, and not its greeting or the words of ssh', () => {
    // What OpenSSH 9.2 printed at a server with a Banner and an /etc/nologin.
    expect(
      told(`debug1: SSH2_MSG_SERVICE_ACCEPT received
Authorized use only.
debug1: Authentications that can continue: publickey
debug1: Next authentication method: publickey
debug1: Offering public key: /home/ada/key ED25519 SHA256:def explicit
debug1: Server accepts key: /home/ada/key ED25519 SHA256:def explicit
Back at noon.

Connection closed by 10.213.2.10 port 22
ssh_dispatch_run_fatal: Connection to 10.213.2.10 port 22: Broken pipe
`).parting,
    ).toBe('Back at noon.');
  });

  it('is nothing before it has begun', () => {
    expect(told('')).toMatchObject({ connected: false, ready: false, accepts: [], fingerprint: undefined });
  });

  it.each([
    ['ssh: Could not resolve hostname x.invalid: Name or service not known', 'ENOTFOUND'],
    ['ssh: Could not resolve hostname x: Temporary failure in name resolution', 'EAI_AGAIN'],
    ['ssh: connect to host 127.0.0.1 port 1: Connection refused', 'ECONNREFUSED'],
    ['ssh: connect to host 192.0.2.1 port 22: Connection timed out', 'ETIMEDOUT'],
    ['ssh: connect to host 192.0.2.1 port 22: Operation timed out', 'ETIMEDOUT'],
    ['channel 0: open failed: connect failed: No route to host', 'EHOSTUNREACH'],
    ['Connection closed by 192.0.2.1 port 22', undefined],
  ])('names the error of the system: %s', (said, code) => {
    expect(errnoOf(said)).toBe(code);
  });
});
