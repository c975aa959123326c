import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesNothing, expectFailure, said, spoiled, stateOf } from '../../before-after.js';
import { type Ground, hostKeyOf, type Output } from '../../ground.js';
import { packaged } from '../../snapshot.js';

const BIN = fileURLToPath(new URL('../../../../bin/broker-setup.js', import.meta.url));
const PASSWORD = 'admin-password';
const TRANSPORTS = ['node', 'openssh'];

let on: Ground;

beforeAll(async () => {
  on = await packaged('trixie');
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
  ])('case 124: told apart from a ban: %s', async (_, spoil, mend, says) => {
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

/** Runs the program in a terminal, waits for a question, does something, and says yes. @returns what was on the screen, in one line */
async function yesAfter(question: string, meanwhile: () => Promise<unknown>): Promise<string> {
  const command = `node '${BIN}' init --known-hosts '${join(on.home, 'known_hosts')}'`;
  const child = execa('script', ['-qefc', command, '/dev/null'], {
    cwd: on.home,
    env: {
      HOME: on.home,
      TERM: 'xterm',
      // With it, the program asks nothing.
      CI: '',
      NO_COLOR: '1',
      BROKER_SETUP_LOGIN_PASSWORD: on.server.rootPassword,
      BROKER_SETUP_KEY_PASSPHRASE: 'a passphrase',
    },
    stdin: 'pipe',
    reject: false,
  });
  let screen = '';
  child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString('utf8')));
  const ended = child.then(() => true);
  while (!screen.includes(question)) if (await Promise.race([ended, sleep(50)])) throw new Error(screen);
  await meanwhile();
  child.stdin.write('\r');
  await ended;
  return screen.replace(/\s+/g, ' ');
}

it('case 126: a file is edited between the plan and the yes: that edit stays', async () => {
  await spoiled(on, 'cp -p /etc/hosts /root/kept-hosts', 'cat /root/kept-hosts >/etc/hosts', async () => {
    let before = '';
    const screen = await yesAfter('Make these changes', async () => {
      await on.inside("echo '192.0.2.9 printer' >>/etc/hosts");
      before = await stateOf(on);
    });
    expect(screen).toContain('has changed /etc/hosts. Nothing was changed by this one.');
    expect(await stateOf(on)).toBe(before);
  });
});

describe('cases 123, 124: one session at a time, and a server that takes long to start', () => {
  beforeAll(async () => {
    // Users other than root get in fifteen seconds later than sshd answers.
    await on.inside(`echo 'MaxSessions 1' >/etc/ssh/sshd_config.d/00-owner.conf && systemctl restart ssh
mkdir -p /etc/systemd/system/systemd-user-sessions.service.d
printf '[Service]\\nExecStartPre=/bin/sleep 15\\n' >/etc/systemd/system/systemd-user-sessions.service.d/slow.conf
systemctl daemon-reload && touch /run/reboot-required`);
  });

  it('cases 18, 123, 124: is set up over our own SSH, restarted in its very first run, and waited for', async () => {
    const output = await on.run(['init', '--yes', '--set', 'reboot=yes', '--transport', 'node']);
    expect(output.exitCode, output.stderr).toBe(0);
    expect(said(output)).toContain('The server is back.');
    expect(await on.inside('sshd -T')).toContain('maxsessions 1');
  });

  it('case 123: is changed over the ssh of this computer, and looked at', async () => {
    await on.inside('rm /etc/sysctl.d/99-server-broker-setup.conf; hostname other');
    const output = await on.run(['init', '--yes', '--transport', 'openssh']);
    expect(output.exitCode, output.stderr).toBe(0);
    for (const transport of TRANSPORTS)
      expect((await on.run(['doctor', '--transport', transport])).exitCode).toBe(0);
  });

  it('case 123: no session at all is said, and nothing is changed', async () => {
    const zero =
      "sed -i 's/MaxSessions .*/MaxSessions 0/' /etc/ssh/sshd_config.d/00-owner.conf; systemctl restart ssh";
    await spoiled(on, zero, zero.replace('Sessions 0', 'Sessions 1'), async () => {
      for (const transport of TRANSPORTS) {
        const output = await changesNothing(on, () => on.run(['init', '--yes', '--transport', transport]));
        expectFailure(on, output, { code: 1, says: ['does not let a command be started', 'MaxSessions 0'] });
      }
    });
  });
});
