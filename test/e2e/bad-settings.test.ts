import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { changesNothing, expectFailure, expectStillOpen, spoiled } from './before-after.js';
import { type Ground, ground, hostKeyOf } from './ground.js';

let on: Ground;
let hostKey: string;

beforeAll(async () => {
  on = await ground('bookworm');
  hostKey = await hostKeyOf(on);
});
afterAll(() => on?.down());

/** A run that is agreed to beforehand, on the server that is really meant. */
const init = (args: string[] = [], env: Record<string, string> = {}) =>
  on.run(['init', '--yes', '--host-key', hostKey, ...args], { env });

describe('the way to the server', () => {
  it('a port on which nothing listens', async () => {
    const output = await init(['--set', 'login.port=2299']);
    expectFailure(on, output, {
      code: 1,
      says: [`${on.server.address} port 2299 refused the connection`, 'check the port'],
    });
  });

  it('addresses and ports that never answer end the wait by themselves', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const nobody = on.server.address.replace(/\d+$/, '99');
    const [gone, mute] = await Promise.all([
      init(['--set', `server=${nobody}`]),
      init(['--set', 'server=127.0.0.1', `login.port=${port}`]),
    ]);
    silent.close();
    expectFailure(on, gone, { code: 1, says: [nobody, /no route|did not answer/, 'Check the address'] });
    expectFailure(on, mute, { code: 1, says: [`127.0.0.1 port ${port}`, /SSH/] });
  });

  it('a name that is not in DNS', async () => {
    const output = await init(['--set', 'server=nowhere.invalid']);
    expectFailure(on, output, {
      code: 1,
      says: ['nowhere.invalid', /does not exist in DNS|could not be looked up/, 'address'],
    });
  });

  it('a port that belongs to a web server', async () => {
    const output = await spoiled(
      on,
      'systemd-run -q --unit=web python3 -m http.server 8099; sleep 1',
      'systemctl stop web',
      () => init(['--set', 'login.port=8099']),
    );
    expectFailure(on, output, { code: 1, says: [`${on.server.address} port 8099`, 'SSH server'] });
  });

  it('first contact without a terminal shows the fingerprint to compare', async () => {
    const output = await changesNothing(on, () => on.run(['init', '--yes']));
    expectFailure(on, output, {
      code: 1,
      says: ['is not known yet', hostKey, `--host-key ${hostKey}`, 'console'],
    });
  });

  it('a fingerprint that is another', async () => {
    const other = `SHA256:${'A'.repeat(43)}`;
    const output = await changesNothing(on, () => on.run(['init', '--yes', '--host-key', other]));
    expectFailure(on, output, { code: 1, says: [hostKey, `not ${other}`, 'somebody sits in between'] });
  });

  it('a wrong password', async () => {
    const output = await changesNothing(on, () =>
      init([], { BROKER_SETUP_LOGIN_PASSWORD: 'wrong-password-1' }),
    );
    expectFailure(on, output, {
      code: 1,
      says: [
        'refused the login of root with password',
        'check which user yours gives you, such as ubuntu, debian',
        'and the password.',
      ],
      secrets: ['wrong-password-1'],
    });
  });

  it('no key and no password', async () => {
    const output = await changesNothing(on, () => init([], { BROKER_SETUP_LOGIN_PASSWORD: '' }));
    expectFailure(on, output, {
      code: 1,
      says: ['refused the login of root', 'The server accepts:', 'a password'],
    });
  });

  it('the plan is shown but not agreed to', async () => {
    const output = await changesNothing(on, () => on.run(['init', '--host-key', hostKey]));
    expectFailure(on, output, {
      code: 2,
      says: ['The plan for', 'Make your user', /nothing (was|has been|is) changed/i, '--yes'],
    });
  });

  it('a host key that has changed', async () => {
    const spoil =
      'mkdir -p /root/kept && cp -p /etc/ssh/ssh_host_* /root/kept/ && rm /etc/ssh/ssh_host_* && ssh-keygen -qA && systemctl restart ssh';
    const mend = 'cp -p /root/kept/ssh_host_* /etc/ssh/ && systemctl restart ssh';
    const output = await spoiled(on, spoil, mend, () => changesNothing(on, () => on.run(['init', '--yes'])));
    expectFailure(on, output, {
      code: 1,
      says: [
        'is not the one this computer knows',
        'reinstalled',
        `ssh-keygen -R "${on.server.address}" -f "${join(on.home, 'known_hosts')}"`,
      ],
    });
    await expectStillOpen(on);
  });
});
