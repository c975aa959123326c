import { afterEach, describe, expect, it } from 'vitest';
import { Cancelled, ConnectionLost, LoginRefused, SetupError } from '../../src/errors.js';
import type { Credentials } from '../../src/host/host.js';
import type { KnownKey } from '../../src/host/host-key.js';
import { type ConnectOptions, connect, type SshHost } from '../../src/host/ssh.js';
import { Secret, type Sh } from '../../src/sh.js';
import { startProxy } from './proxy.js';
import { type ServerOptions, scratch, startServer, type TestServer } from './server.js';

const PASSWORD = 'correct horse';
const withPassword = (password = PASSWORD): Credentials => ({
  keys: [],
  agent: false,
  password: new Secret(password),
});
const raw = (text: string): Sh => ({ run: text, show: text });

const cleanups: (() => unknown)[] = [];
const later = <T>(thing: T, cleanup: () => unknown): T => {
  cleanups.push(cleanup);
  return thing;
};
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function server(options: ServerOptions = {}): Promise<TestServer> {
  const started = await startServer({ password: PASSWORD, ...options });
  return later(started, () => started.close());
}
const knows = (box: TestServer): ConnectOptions['hostKey'] => ({
  known: () => Promise.resolve<KnownKey[]>(box.hostKeys),
});
async function open(
  box: TestServer,
  more: { credentials?: Credentials; options?: Partial<ConnectOptions>; target?: object } = {},
): Promise<SshHost> {
  const host = await connect(box.target(more.target), more.credentials ?? withPassword(), {
    hostKey: knows(box),
    ...more.options,
  });
  return later(host, () => host.close());
}
const failure = async (work: Promise<unknown>): Promise<SetupError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SetupError);
  return error as SetupError;
};

describe('run', () => {
  it('hands back exit code, stdout and stderr', async () => {
    const host = await open(await server());
    expect(await host.run({ script: raw('echo out; echo err >&2; exit 3') })).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('drops what a noisy login shell says, on both streams', async () => {
    const host = await open(await server({ rc: 'echo motd; printf "no newline"; echo warning >&2' }));
    expect(await host.run({ script: raw('echo out; echo err >&2') })).toEqual({
      code: 0,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('finds the mark even when the shell echoes its commands', async () => {
    const host = await open(await server({ rc: 'set -x' }));
    expect(await host.run({ script: raw('echo out') })).toEqual({ code: 0, stdout: 'out\n', stderr: '' });
  });

  it('gives the script no stdin', async () => {
    const host = await open(await server());
    expect(await host.run({ script: raw('cat; read -r x; echo "[$x]"') })).toEqual({
      code: 0,
      stdout: '[]\n',
      stderr: '',
    });
  });

  it('sets locale and PATH', async () => {
    const host = await open(await server());
    const { stdout } = await host.run({ script: raw('echo "$LC_ALL $PATH"') });
    expect(stdout).toMatch(/^C \/usr\/local\/sbin:.*:\/sbin:\/bin\n$/);
  });

  it('keeps characters whole that packets cut in two', async () => {
    const box = await server();
    const proxy = await startProxy({ port: box.port, pieces: 1 });
    later(proxy, () => proxy.close());
    const host = await open(box, { target: { port: proxy.port } });
    const seen: string[] = [];
    const script = raw(
      `printf '\\303'; sleep 0.05; printf '\\251\\n'; printf '\\342\\202'; sleep 0.05; printf '\\254'`,
    );
    expect(await host.run({ script, onLine: (line) => seen.push(line) })).toMatchObject({ stdout: 'é\n€' });
    expect(seen).toEqual(['é']);
  });

  it('takes a script of 1 MB and an output of 5 MB', { timeout: 30_000 }, async () => {
    const host = await open(await server());
    const script = raw(`: '${'x'.repeat(1_000_000)}'\nhead -c 5000000 /dev/zero | tr '\\0' a`);
    const { code, stdout } = await host.run({ script });
    expect(code).toBe(0);
    expect(stdout).toBe('a'.repeat(5_000_000));
  });

  it('reports a signal as a shell does', async () => {
    const host = await open(await server());
    expect(await host.run({ script: raw('kill -9 $$') })).toMatchObject({ code: 137 });
  });

  it('reports a script that is no shell as its exit code', async () => {
    const host = await open(await server());
    expect((await host.run({ script: raw('echo a; if then') })).code).toBe(2);
  });

  it('runs several at once', async () => {
    const host = await open(await server());
    const results = await Promise.all([1, 2, 3].map((n) => host.run({ script: raw(`echo ${n}`) })));
    expect(results.map((result) => result.stdout)).toEqual(['1\n', '2\n', '3\n']);
  });

  it('turns a link that breaks in the middle into ConnectionLost', async () => {
    const box = await server();
    const host = await open(box);
    const running = failure(host.run({ script: raw('echo start; sleep 20'), onLine: () => box.drop() }));
    expect(await running).toBeInstanceOf(ConnectionLost);
    expect(await failure(host.run({ script: raw('true') }))).toBeInstanceOf(ConnectionLost);
  });

  it('does not take half an output for the whole', async () => {
    const host = await open(await server({ dropAfter: 100_000 }));
    expect(await failure(host.run({ script: raw('head -c 1000000 /dev/zero') }))).toBeInstanceOf(
      ConnectionLost,
    );
  });

  it('never runs a part of a script that was cut short', async () => {
    const { directory, remove } = scratch();
    later(directory, remove);
    const box = await server();
    const host = await open(box);
    const long = `touch '${directory}/ran'\n: '${'x'.repeat(3_000_000)}'`;
    const running = failure(host.run({ script: raw(long) }));
    setTimeout(() => box.drop(), 20);
    await running;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const again = await open(await server());
    expect((await again.run({ script: raw(`ls '${directory}'`) })).stdout).toBe('');
  });

  it('stops at once when told to', async () => {
    const host = await open(await server());
    const stop = new AbortController();
    const running = failure(
      host.run({ script: raw('echo started; sleep 30'), signal: stop.signal, onLine: () => stop.abort() }),
    );
    expect(await running).toBeInstanceOf(Cancelled);
    expect(await failure(host.run({ script: raw('true'), signal: stop.signal }))).toBeInstanceOf(Cancelled);
    expect(await host.run({ script: raw('echo on') })).toMatchObject({ stdout: 'on\n' });
  });

  it('says whom to log in as where the server says so, without waiting for it to hang up', async () => {
    const forced = 'Please login as the user "ubuntu" rather than the user "root".\n\n';
    const host = await open(await server({ forced }));
    expect(await failure(host.run({ script: raw('id') }))).toMatchObject({
      code: 'login-as-other-user',
      loginUser: 'ubuntu',
    });
  });

  it('says so where no shell ran at all', async () => {
    const host = await open(await server({ rc: 'echo This account is currently not available.; exit 1' }));
    const error = await failure(host.run({ script: raw('id') }));
    expect(error.code).toBe('no-shell');
    expect(error.message).toContain('This account is currently not available.');
  });
});

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

describe('host keys', () => {
  it('asks about an unknown one and goes by the answer', async () => {
    const box = await server();
    const shown: unknown[] = [];
    const ask = (answer: boolean) => (what: unknown) => {
      shown.push(what);
      return Promise.resolve(answer);
    };
    const known = (): Promise<KnownKey[]> => Promise.resolve([]);
    await open(box, { options: { hostKey: { known, ask: ask(true) } } });
    expect(shown).toEqual([{ host: 'box', type: 'ssh-ed25519', fingerprint: box.hostKeys[0]?.fingerprint }]);
    const before = box.attempts.length;
    expect(await failure(open(box, { options: { hostKey: { known, ask: ask(false) } } }))).toMatchObject({
      code: 'host-key-declined',
    });
    expect(box.attempts.length).toBe(before);
  });

  it('does not run the clock while a person thinks', async () => {
    const box = await server();
    const ask = (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(true), 600));
    await open(box, { options: { timeoutMs: 300, hostKey: { known: () => Promise.resolve([]), ask } } });
  });

  it('wants --host-key where nobody can be asked', async () => {
    const box = await server();
    const known = (): Promise<KnownKey[]> => Promise.resolve([]);
    const error = await failure(open(box, { options: { hostKey: { known } } }));
    expect(error).toMatchObject({ code: 'host-key-unknown' });
    const fingerprint = /--host-key (SHA256:\S+)/.exec(error.hint ?? '')?.[1] ?? '';
    await open(box, { options: { hostKey: { known, expected: fingerprint } } });
    expect(
      await failure(open(box, { options: { hostKey: { known, expected: 'SHA256:AAAA' } } })),
    ).toMatchObject({ code: 'host-key-unexpected' });
  });

  it('stops at a changed key without asking, before anything is sent', async () => {
    const box = await server();
    const other = await server();
    const ask = (): Promise<boolean> => Promise.reject(new Error('must not ask'));
    const error = await failure(open(box, { options: { hostKey: { ...knows(other), ask } } }));
    expect(error).toMatchObject({ code: 'host-key-changed' });
    expect(error.hint).toContain(`ssh-keygen -R "[127.0.0.1]:${box.port}"`);
    expect(box.attempts).toEqual([]);
  });

  it('prefers the type of key that is known', async () => {
    const box = await server({ hostKeys: ['ed25519', 'ecdsa'] });
    const ecdsa = box.hostKeys.filter((key) => key.type.startsWith('ecdsa'));
    const host = await open(box, { options: { hostKey: { known: () => Promise.resolve(ecdsa) } } });
    expect(host.hostKey.type).toBe('ecdsa-sha2-nistp256');
  });
});
