import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesNothing, expectFailure, said, spoiled } from '../before-after.js';
import { type Ground, ground, hostKeyOf, type Output } from '../ground.js';

const PASSWORD = 'admin-password';
const TRANSPORTS = ['node', 'openssh'];

let on: Ground;

beforeAll(async () => {
  on = await ground('trixie');
  await on.inside(`useradd -m -s /bin/bash admin && echo 'admin:${PASSWORD}' | chpasswd
echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/90-image && chmod 0440 /etc/sudoers.d/90-image
printf 'PasswordAuthentication yes\\n' >/etc/ssh/sshd_config.d/00-image.conf && systemctl restart ssh`);
  await look('node', ['--host-key', await hostKeyOf(on)]);
});
afterAll(() => on?.down());

/** As a user of the image, who is not root. */
function look(transport: string, args: string[] = []): Promise<Output> {
  return on.run(['init', '--dry-run', '--set', 'login.user=admin', '--transport', transport, ...args], {
    env: { BROKER_SETUP_LOGIN_PASSWORD: PASSWORD },
  });
}

describe.each(TRANSPORTS)('a login that is broken off, over %s', (transport) => {
  it('case 124: a server that is still starting is called so and waited for', async () => {
    // What systemd-user-sessions takes away at the end of a start, as it is on the server (tmpfiles.d).
    await on.inside(`systemd-tmpfiles --create --boot /usr/lib/tmpfiles.d/systemd-nologin.conf
systemd-run --quiet --collect --on-active=8 --timer-property=AccuracySec=1s rm /run/nologin`);
    const output = await look(transport);
    expect(output.exitCode, output.stderr).toBe(0);
    expect(said(output)).toContain('is still starting, and until then lets nobody in but root.');
    expect(said(output)).toContain('This was a dry run');
  });

  it.each([
    [
      'somebody has shut the server',
      "echo 'Back at noon.' >/etc/nologin",
      'rm /etc/nologin',
      'It said: “Back at noon”.',
    ],
    ['the account has run out', 'chage -E 1 admin', 'chage -E -1 admin', 'chage -E -1 admin'],
  ])('case 124: %s', async (_, spoil, mend, says) => {
    await spoiled(on, spoil, mend, async () => {
      const output = await changesNothing(on, () => look(transport));
      expectFailure(on, output, { code: 1, says: [says], secrets: [PASSWORD] });
      expect(said(output)).not.toMatch(/banned|trying again/);
    });
  });
});

it('case 125: /etc/sudoers does not read the folder with our rule', async () => {
  const mend = 'mv /root/kept-sudoers /etc/sudoers';
  await spoiled(
    on,
    "cp -p /etc/sudoers /root/kept-sudoers && sed -i '/includedir/d' /etc/sudoers",
    mend,
    async () => {
      const output = await changesNothing(on, () => on.run(['init', '--yes']));
      expectFailure(on, output, {
        code: 1,
        says: ['Nothing was changed', 'does not read /etc/sudoers.d', '#includedir /etc/sudoers.d'],
      });
    },
  );
});
