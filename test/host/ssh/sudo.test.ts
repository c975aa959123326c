import { chmodSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Cancelled, SetupError } from '../../../src/errors.js';
import type { Transport } from '../../../src/host/host.js';
import { connect, type SshHost } from '../../../src/host/ssh/ssh.js';
import { asksForOtherUser } from '../../../src/host/ssh/sudo.js';
import { Secret, sh } from '../../../src/sh.js';
import { scratch, startServer } from '../server.js';

const STUBS = join(import.meta.dirname, '../../fixtures/host/sudo');

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server whose user is not root, with a sudo that plays by the given rules. */
async function box(
  rules: 'free' | 'password' | 'stranger' | 'tty' | 'tty-password' | 'no-tty' | 'rs' | 'expired' | 'second',
) {
  const { directory, remove } = scratch();
  cleanups.push(remove);
  for (const program of ['sudo', 'id']) {
    copyFileSync(join(STUBS, program), join(directory, program));
    chmodSync(join(directory, program), 0o755);
  }
  const log = join(directory, 'log');
  const server = await startServer({
    password: 'door',
    path: directory,
    env: { SUDO_STUB: rules, SUDO_STUB_LOG: log },
  });
  cleanups.push(() => server.close());
  return {
    async open(
      sudoPassword?: Secret | (() => Promise<Secret | undefined>),
      transport: Transport = 'node',
      signal?: AbortSignal,
    ): Promise<SshHost> {
      const credentials = { keys: [], agent: false, password: new Secret('door') };
      const hostKey = { known: () => Promise.resolve(server.hostKeys) };
      const target = server.target({ user: 'ubuntu', transport });
      const host = await connect(target, credentials, {
        hostKey,
        ...(signal === undefined ? {} : { signal }),
        ...(sudoPassword === undefined ? {} : { sudoPassword }),
      });
      cleanups.push(() => host.close());
      return host;
    },
    log: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  };
}

const failure = async (work: Promise<unknown>): Promise<SetupError> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SetupError);
  return error as SetupError;
};
const script = sh`id -u; cat; echo ${'é'}; exit 3`;
const result = { code: 3, stdout: '0\né\n', stderr: '' };

describe('sudo', () => {
  it('is enough without a password, in one call', async () => {
    const { open, log } = await box('free');
    expect(await (await open()).run({ script })).toEqual(result);
    expect(log()).toEqual(['called -n']);
  });

  it('never takes the password for a command where no password is needed', async () => {
    const { open } = await box('free');
    const host = await open(new Secret('exit 99'));
    expect(await host.run({ script })).toEqual(result);
    expect(await host.run({ script })).toEqual(result);
  });

  it('takes the password that is known, in one call each', async () => {
    const { open, log } = await box('password');
    const host = await open(new Secret('geheim'));
    expect(await host.run({ script })).toEqual(result);
    expect(await host.run({ script })).toEqual(result);
    expect(log()).toEqual(['called -S', 'try', 'called -S', 'try']);
  });

  it('case 3: asks for the password only once it is needed, and only once', async () => {
    const { open, log } = await box('password');
    let asked = 0;
    const host = await open(() => {
      asked += 1;
      return Promise.resolve(new Secret('geheim'));
    });
    const both = await Promise.all([host.run({ script }), host.run({ script })]);
    expect(both).toEqual([result, result]);
    expect(asked).toBe(1);
    expect(log()).toEqual(['called -n', 'called -S', 'try', 'called -S', 'try']);
  });

  it('case 3: hands a wrong password to sudo exactly once', async () => {
    const { open, log } = await box('password');
    const host = await open(new Secret('wrong'));
    const errors = await Promise.all([failure(host.run({ script })), failure(host.run({ script }))]);
    expect(errors.map((error) => error.code)).toEqual(['sudo-refused', 'sudo-refused']);
    expect(errors[0]?.message).toContain('did not accept the password of ubuntu');
    expect(log()).toEqual(['called -S', 'try']);
  });

  it.each<Transport>(['node', 'openssh'])(
    'case 174: a password that has run out is called so at once, and not waited for (%s)',
    async (transport) => {
      const { open } = await box('expired');
      const error = await failure((await open(new Secret('geheim'), transport)).run({ script }));
      expect(error).toMatchObject({ code: 'password-expired' });
    },
  );

  it.each<Transport>(['node', 'openssh'])(
    'case 174: a signal ends the wait for an answer that nobody gives (%s)',
    async (transport) => {
      const { open } = await box('second');
      const stop = new AbortController();
      const host = await open(new Secret('geheim'), transport, stop.signal);
      setTimeout(() => stop.abort(), 300);
      await expect(host.run({ script })).rejects.toBeInstanceOf(Cancelled);
    },
  );

  it.each<[Transport, string]>([
    ['node', 'It was tried only once'],
    ['openssh', 'may have counted it up to three times'],
  ])('case 127: says of sudo-rs over %s how often a wrong password counts', async (transport, says) => {
    const { open } = await box('rs');
    const error = await failure((await open(new Secret('wrong'), transport)).run({ script }));
    expect(error).toMatchObject({ code: 'sudo-refused', hint: expect.stringContaining(says) });
  });

  it('case 3: says that a password is needed where none can be had', async () => {
    const { open } = await box('password');
    const error = await failure((await open(() => Promise.resolve(undefined))).run({ script }));
    expect(error).toMatchObject({
      code: 'sudo-refused',
      message: expect.stringContaining('asks ubuntu for a password'),
    });
  });

  it('says that the user may not use it', async () => {
    const { open } = await box('stranger');
    const error = await failure((await open(new Secret('geheim'))).run({ script }));
    expect(error).toMatchObject({
      code: 'sudo-refused',
      message: expect.stringContaining('may not use sudo'),
    });
  });

  it('case 4: is given a terminal where it wants one, which leaves no trace in the output', async () => {
    const { open, log } = await box('tty');
    const host = await open(() => Promise.reject(new Error('must not ask')));
    const said = sh`echo one; echo two >&2; cat; exit 3`;
    const clean = { code: 3, stdout: 'one\n', stderr: 'two\n' };
    expect([await host.run({ script: said }), await host.run({ script: said })]).toEqual([clean, clean]);
    expect(log()).toEqual(['called -n', 'called -n', 'called -n']);
  });

  it('case 4: is given a terminal and the password, each once', async () => {
    const { open, log } = await box('tty-password');
    const host = await open(() => Promise.resolve(new Secret('geheim')));
    expect([await host.run({ script }), await host.run({ script })]).toEqual([result, result]);
    expect(log()).toEqual(['called -n', 'called -n', 'called -S', 'try', 'called -S', 'try']);
  });

  it('case 4: says what to do where no terminal will do, and asks for no password then', async () => {
    const { open } = await box('no-tty');
    const error = await failure(
      (await open(() => Promise.reject(new Error('must not ask')))).run({ script }),
    );
    expect(error).toMatchObject({
      code: 'sudo-refused',
      message: expect.stringContaining('requiretty'),
      hint: expect.stringContaining('sudo visudo'),
    });
  });
});

describe('asksForOtherUser', () => {
  it.each([
    ['Please login as the user "ubuntu" rather than the user "root".\n', 'ubuntu'],
    ['Please login as the user "ec2-user" rather than the user "root".', 'ec2-user'],
    ['Please log in as the user admin', 'admin'],
    ['Please login as the ubuntu user rather than root user.', 'ubuntu'],
    ['Please login as the user "NONE" rather than the user "root".', undefined],
  ])('case 1: reads %j', (text, user) => {
    expect(asksForOtherUser(text)).toEqual({ user });
  });

  it('reads nothing out of other text', () => {
    expect(asksForOtherUser('Welcome to Ubuntu 24.04 LTS')).toBeUndefined();
  });
});
