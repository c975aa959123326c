import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/host/host.js';
import { connect } from '../../../src/host/ssh/ssh.js';
import { agentKeyCount, agentSocket } from '../../../src/host/trust/agent.js';
import { scratch, startServer, type TestServer } from '../server.js';

describe('agentSocket', () => {
  const at = (
    identityAgent: string | undefined,
    env: NodeJS.ProcessEnv,
    platform: NodeJS.Platform = 'linux',
  ): string | undefined => agentSocket({ identityAgent } as Target, env, platform);

  it.each([
    [undefined, { SSH_AUTH_SOCK: '/a' }, '/a'],
    ['SSH_AUTH_SOCK', { SSH_AUTH_SOCK: '/a' }, '/a'],
    ['none', { SSH_AUTH_SOCK: '/a' }, undefined],
    ['/b', { SSH_AUTH_SOCK: '/a' }, '/b'],
    ['$MINE', { MINE: '/c' }, '/c'],
    [undefined, {}, undefined],
  ])('%s with %j is %s', (named, env, socket) => {
    expect(at(named, env)).toBe(socket);
  });

  it("is Windows' own pipe where nothing is said", () => {
    expect(at(undefined, {}, 'win32')).toBe('\\\\.\\pipe\\openssh-ssh-agent');
  });
});

describe.skipIf(process.platform === 'win32')('with a real ssh-agent', () => {
  let box: ReturnType<typeof scratch>;
  let agent: ChildProcess;
  let socket: string;
  let server: TestServer | undefined;
  beforeEach(async () => {
    box = scratch();
    socket = join(box.directory, 'agent');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    for (let wait = 0; !existsSync(socket) && wait < 100; wait++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  });
  afterEach(async () => {
    agent.kill();
    await server?.close();
    box.remove();
  });
  const add = (file: string): void => {
    execFileSync('ssh-add', ['-q', file], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: 'ignore',
    });
  };
  const known = () => Promise.resolve(server?.hostKeys ?? []);

  it('offers its keys after the chosen ones', async () => {
    const key = box.key('held');
    add(key.file);
    rmSync(key.file);
    server = await startServer({ publicKey: key.public });
    const credentials = { keys: [{ file: box.key('wrong').file }], agent: true };
    const host = await connect(server.target({ identityAgent: socket }), credentials, { hostKey: { known } });
    await host.close();
    expect(server.attempts).toHaveLength(3);
  });

  it('signs for a protected key that it holds, so that nobody is asked for the passphrase', async () => {
    const key = box.key('held');
    add(key.file);
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', key.file]);
    add(box.key('other').file);
    server = await startServer({ publicKey: key.public });
    const credentials = { keys: [{ file: key.file }], agent: true };
    const passphrase = (): never => {
      throw new Error('must not ask');
    };
    const host = await connect(server.target({ identityAgent: socket, identitiesOnly: true }), credentials, {
      hostKey: { known },
      passphrase,
    });
    await host.close();
    expect(server.attempts).toHaveLength(2);
  });

  it('is left out with IdentitiesOnly, and missed by nobody where it is gone', async () => {
    add(box.key('held').file);
    server = await startServer();
    const credentials = { keys: [], agent: true };
    await expect(
      connect(server.target({ identityAgent: socket, identitiesOnly: true }), credentials, {
        hostKey: { known },
      }),
    ).rejects.toMatchObject({ code: 'login-refused' });
    await expect(
      connect(server.target({ identityAgent: join(box.directory, 'gone') }), credentials, {
        hostKey: { known },
      }),
    ).rejects.toMatchObject({ code: 'login-refused' });
    expect(server.attempts).toEqual(['none root', 'none root']);
  });

  it('is left out where only the named keys are to count, and asked by a login that has nothing else', async () => {
    const key = box.key('held');
    add(key.file);
    rmSync(key.file);
    server = await startServer({ publicKey: key.public });
    const target = server.target({ identityAgent: socket });
    const credentials = { keys: [], agent: true };
    await expect(
      connect(target, { ...credentials, onlyKeys: true }, { hostKey: { known } }),
    ).rejects.toMatchObject({ code: 'login-refused' });
    await (await connect(target, credentials, { hostKey: { known } })).close();
  });

  it('case 5: does not run into the limit of tries', async () => {
    for (let n = 0; n < 8; n++) add(box.key(`key-${n}`).file);
    server = await startServer();
    await expect(
      connect(server.target({ identityAgent: socket }), { keys: [], agent: true }, { hostKey: { known } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('3 more keys of the agent were not tried'),
    });
    expect(server.attempts).toHaveLength(5);
    expect(await agentKeyCount({ SSH_AUTH_SOCK: socket }, process.platform)).toBe(8);
    expect(await agentKeyCount({}, 'linux')).toBe(0);
  });
});
