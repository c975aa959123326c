import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Cancelled, ConnectionLost, LoginRefused, type SetupError } from '../../../src/errors.js';
import { withBanner } from '../../../src/host/ssh/banner.js';
import type { KnownKey } from '../../../src/host/trust/host-key.js';
import { Secret } from '../../../src/sh.js';
import { failure, knows, later, open, raw, server, withPassword } from '../connected.js';
import { startProxy } from '../proxy.js';
import { scratch, startServer } from '../server.js';

describe('connect', () => {
  it('logs in with a key and asks nothing beforehand', async () => {
    const { key, remove } = scratch();
    later(key, remove);
    const { file, public: publicKey } = key('id');
    const box = await server({ publicKey });
    const host = await open(box, { credentials: { keys: [{ file }], agent: false } });
    expect((await host.run({ script: raw('echo in') })).stdout).toBe('in\n');
    // One attempt with a key is two messages: whether it would do, then the signature.
    expect(box.attempts).toEqual(['publickey root', 'publickey root']);
    expect(host).toMatchObject({ name: 'box', address: '127.0.0.1', user: 'root' });
    expect(host.hostKey.fingerprint).toBe(box.hostKeys[0]?.fingerprint);
  });

  it('asks for the passphrase of a key only when its turn comes', async () => {
    const { key, remove } = scratch();
    later(key, remove);
    const { file, public: publicKey } = key('locked', 'open sesame');
    const box = await server({ publicKey });
    const asked: string[] = [];
    const passphrase = (name: string): Promise<Secret> => {
      asked.push(name);
      return Promise.resolve(new Secret('open sesame'));
    };
    await open(box, { credentials: { keys: [{ file }], agent: false }, options: { passphrase } });
    expect(asked).toEqual([file]);
    const error = await failure(open(box, { credentials: { keys: [{ file }], agent: false } }));
    expect(error.message).toContain('passphrase that was not given');
  });

  it('case 329: leaves a key alone that others may read, as ssh does', async () => {
    const { key, remove } = scratch();
    later(key, remove);
    const { file, public: publicKey } = key('id');
    const box = await server({ publicKey });
    chmodSync(file, 0o644);
    const error = await failure(open(box, { credentials: { keys: [{ file }], agent: false } }));
    expect(error.message).toContain(`Others on this computer may read the key ${file} (mode 0644)`);
    expect(box.attempts).toEqual(['none root']);
  });

  it('goes on to the password after a wrong key and a missing one', async () => {
    const { key, directory, remove } = scratch();
    later(key, remove);
    const box = await server({ publicKey: key('other').public });
    const keys = [{ file: `${directory}/none` }, { file: key('wrong').file }];
    const host = await open(box, { credentials: { ...withPassword(), keys } });
    expect(host.user).toBe('root');
    expect(box.attempts).toEqual(['publickey root', 'password root']);
  });

  it('names user, attempts and what is left when it is refused, and never the password', async () => {
    const { key, remove } = scratch();
    later(key, remove);
    const { file } = key('wrong');
    const box = await server();
    const error = await failure(
      open(box, { credentials: { ...withPassword('not this one'), keys: [{ file }] } }),
    );
    expect(error).toBeInstanceOf(LoginRefused);
    expect(error).toMatchObject({ code: 'login-refused', offered: ['publickey', 'password'] });
    expect(error.message).toContain(`refused the login of root with key ${file}, password.`);
    expect(`${error.message} ${error.hint}`).not.toContain('not this one');
  });

  it('learns what the server offers where it has nothing in hand', async () => {
    const box = await server({ methods: ['publickey'] });
    const error = await failure(open(box, { credentials: { keys: [], agent: false } }));
    expect(error).toMatchObject({ code: 'login-refused', offered: ['publickey'] });
    expect(box.attempts).toEqual(['none root']);
  });

  it('answers keyboard-interactive with the password, whatever the words', async () => {
    const questions = [{ prompt: 'Passwort für root: ', echo: false }];
    await open(await server({ methods: ['keyboard-interactive'], questions }));
  });

  it.each([
    [
      'a second question',
      [
        { prompt: 'Password: ', echo: false },
        { prompt: 'Verification code: ', echo: false },
      ],
    ],
    ['a visible question', [{ prompt: 'Which animal? ', echo: true }]],
  ])('gives up quickly on %s', async (_name, questions) => {
    const error = await failure(open(await server({ methods: ['keyboard-interactive'], questions })));
    expect(error.code).toBe('login-refused');
    expect(error.message).toContain(questions.at(-1)?.prompt.trim());
  });

  it('does not try a wrong password twice', async () => {
    const box = await server({ methods: ['password', 'keyboard-interactive'] });
    await failure(open(box, { credentials: withPassword('wrong') }));
    expect(box.attempts).toEqual(['password root']);
  });

  it('tells refused, unknown and silent servers apart', async () => {
    const box = await server({ silent: true });
    const at = (target: object, timeoutMs = 300): Promise<SetupError> =>
      failure(open(box, { target, options: { timeoutMs } }));
    const gone = await startServer();
    await gone.close();
    expect(await at({ port: gone.port })).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('refused the connection'),
    });
    expect(await at({ hostname: 'no-such-host.invalid' }, 5000)).toMatchObject({ code: 'unreachable' });
    expect(await at({})).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('did not go on'),
    });
  });

  it('says so where the server hangs up before the login', async () => {
    const box = await server();
    const proxy = await startProxy({ port: box.port, cutAfter: 10 });
    later(proxy, () => proxy.close());
    expect(await failure(open(box, { target: { port: proxy.port } }))).toMatchObject({
      code: 'connection-closed',
    });
  });

  it.each([
    ['nothing', '', 'hung-up'],
    ['the notice of this set-up', withBanner('Debian GNU/Linux 13\n'), 'hung-up'],
    ['words of its own', 'Back at noon.\n', 'login-cut-off'],
  ])('case 124: a login is broken off, and the server has said %s', async (_, greeting, code) => {
    const box = await server({ greeting, breaksOff: true });
    expect(await failure(open(box))).toMatchObject({ code });
  });

  it('can be cancelled', async () => {
    const box = await server({ silent: true });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    expect(await failure(open(box, { options: { signal: stop.signal } }))).toBeInstanceOf(Cancelled);
  });

  it('survives an idle connection that breaks', async () => {
    const box = await server();
    const host = await open(box);
    box.drop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await failure(host.run({ script: raw('true') }))).toBeInstanceOf(ConnectionLost);
  });

  it('goes through jump hosts and verifies each of them', async () => {
    const { key, remove } = scratch();
    later(key, remove);
    const { file, public: publicKey } = key('id');
    const jump = await server({ publicKey });
    const box = await server({ publicKey });
    const jumps = [jump.target({ name: 'jump', user: 'hopper', identityFiles: [file] })];
    const known = (target: { name: string }): Promise<KnownKey[]> =>
      Promise.resolve(target.name === 'jump' ? jump.hostKeys : box.hostKeys);
    const credentials = { keys: [{ file }], agent: false };
    const host = await open(box, { credentials, target: { jumps }, options: { hostKey: { known } } });
    expect((await host.run({ script: raw('echo through') })).stdout).toBe('through\n');
    expect(jump.attempts).toContain('publickey hopper');
    const stranger = failure(open(box, { credentials, target: { jumps }, options: { hostKey: knows(box) } }));
    expect(await stranger).toMatchObject({
      code: 'host-key-changed',
      message: expect.stringContaining('jump'),
    });
  });
});
