import { existsSync, readdirSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { ConnectionLost, LoginRefused } from '../../../../src/errors.js';
import type { KnownKey } from '../../../../src/host/trust/host-key.js';
import { Secret } from '../../../../src/sh.js';
import { failure, knows, later, openBy, raw, server, withPassword } from '../../connected.js';
import { startProxy } from '../../proxy.js';
import { scratch, startServer } from '../../server.js';

const open = openBy('openssh');
const files = () => {
  const made = scratch();
  return later(made, made.remove);
};

describe('a login over the ssh of this computer', () => {
  it('is made with the key that was chosen, and with no other', async () => {
    const { key } = files();
    const { file, public: publicKey } = key('id');
    const box = await server({ publicKey });
    const host = await open(box, { credentials: { keys: [{ file }], agent: false } });
    expect((await host.run({ script: raw('echo in') })).stdout).toBe('in\n');
    // ssh asks first what the server takes, which counts as no failure; a key is two messages.
    expect(box.attempts).toEqual(['none root', 'publickey root', 'publickey root']);
    expect(host).toMatchObject({ name: 'box', address: '127.0.0.1', user: 'root' });
    expect(host.hostKey).toEqual(box.hostKeys[0]);
    expect(host.accepts).toEqual(['publickey', 'password']);
  });

  it('asks for the passphrase of a key, once, and says so where nobody gives it', async () => {
    const { key } = files();
    const { file, public: publicKey } = key('locked', 'open sesame');
    const box = await server({ publicKey });
    const credentials = { keys: [{ file }], agent: false };
    const asked: string[] = [];
    const passphrase = (name: string): Promise<Secret> => {
      asked.push(name);
      return Promise.resolve(new Secret('open sesame'));
    };
    await open(box, { credentials, options: { passphrase } });
    expect(asked).toEqual([file]);
    const error = await failure(open(box, { credentials }));
    expect(error.message).toContain('passphrase that was not given');
    const wrong = { keys: [{ file, passphrase: new Secret('wrong') }], agent: false };
    expect((await failure(open(box, { credentials: wrong }))).message).toContain('passphrase of');
  });

  it('goes on to the password after a wrong key and a missing one', async () => {
    const { key, directory } = files();
    const box = await server({ publicKey: key('other').public });
    const keys = [{ file: `${directory}/none` }, { file: key('wrong').file }];
    await open(box, { credentials: { ...withPassword(), keys } });
    expect(box.attempts).toEqual(['none root', 'publickey root', 'password root']);
  });

  it('is refused with the same words as over our own SSH, and never with the password', async () => {
    const { key } = files();
    const { file } = key('wrong');
    const box = await server();
    const error = await failure(
      open(box, { credentials: { ...withPassword('not this one'), keys: [{ file }] } }),
    );
    expect(error).toBeInstanceOf(LoginRefused);
    expect(error).toMatchObject({ code: 'login-refused', offered: ['publickey', 'password'] });
    expect(error.message).toContain(`refused the login of root with key ${file}, password.`);
    expect(`${error.message} ${error.hint}`).not.toContain('not this one');
    expect(box.attempts.filter((one) => one === 'password root')).toHaveLength(1);
  });

  it('answers a server that asks for the password by itself, and gives up on a second question', async () => {
    const questions = [{ prompt: 'Passwort für root: ', echo: false }];
    const methods = ['keyboard-interactive' as const];
    await open(await server({ methods, questions }));
    const more = [...questions, { prompt: 'Verification code: ', echo: false }];
    const error = await failure(open(await server({ methods, questions: more })));
    expect(error.code).toBe('login-refused');
    expect(error.message).toContain('Verification code:');
  });

  it('learns what the server offers where it has nothing in hand', async () => {
    const box = await server({ methods: ['publickey'] });
    const error = await failure(open(box, { credentials: { keys: [], agent: false } }));
    expect(error).toMatchObject({ code: 'login-refused', offered: ['publickey'] });
    expect(box.attempts).toEqual(['none root']);
  });

  it('tells refused, unknown, silent and hanging-up servers apart', async () => {
    const box = await server({ silent: true });
    const at = (target: object, timeoutMs = 1000) => failure(open(box, { target, options: { timeoutMs } }));
    const gone = await startServer();
    await gone.close();
    const refused = await at({ port: gone.port });
    expect(refused).toMatchObject({ code: 'unreachable' });
    expect(refused.message).toContain('refused the connection');
    expect((await at({ hostname: 'no-such-host.invalid' }, 5000)).message).toMatch(
      /does not exist|looked up/,
    );
    expect((await at({})).message).toContain('did not go on');
    const real = await server();
    const proxy = await startProxy({ port: real.port, cutAfter: 10 });
    later(proxy, () => proxy.close());
    expect(await failure(open(real, { target: { port: proxy.port } }))).toMatchObject({
      code: 'connection-closed',
    });
  });

  it('case 5: names at most five keys of an agent that holds more, over the ssh of this computer', async () => {
    const { key, directory } = files();
    const socket = `${directory}/agent`;
    const agent = execa('ssh-agent', ['-D', '-a', socket], { reject: false });
    later(socket, () => agent.kill());
    await vi.waitUntil(() => existsSync(socket));
    const env = { SSH_AUTH_SOCK: socket };
    const keys = Array.from({ length: 9 }, (_, index) => key(`agent-${index}`));
    for (const { file } of keys) await execa('ssh-add', ['-q', file], { env });
    const box = await server({ publicKey: keys[8]?.public ?? '' });
    const target = { identityAgent: socket };
    const error = await failure(open(box, { credentials: { keys: [], agent: true }, target }));
    expect(error.message).toContain('4 more keys of the agent were not tried: name the right one.');
    expect(error.message).toContain('of the SSH agent');
    expect(box.attempts.filter((one) => one === 'publickey root')).toHaveLength(5);
    const chosen = { keys: [{ file: keys[8]?.file ?? '' }], agent: true };
    await open(box, { credentials: chosen, target });
    await open(box, { credentials: { ...chosen, onlyKeys: true }, target });
  });
});

describe('the connection of the ssh of this computer', () => {
  it('does not take exit code 255 of a script for its own', async () => {
    const host = await open(await server());
    expect(await host.run({ script: raw('echo out; exit 255') })).toMatchObject({
      code: 255,
      stdout: 'out\n',
    });
  });

  it('does not take its own end for an exit code', async () => {
    const box = await server();
    const host = await open(box);
    const running = failure(host.run({ script: raw('echo start; sleep 20'), onLine: () => box.drop() }));
    expect(await running).toBeInstanceOf(ConnectionLost);
    expect(await failure(host.run({ script: raw('true') }))).toBeInstanceOf(ConnectionLost);
  });

  it('leaves nothing behind', async () => {
    const { directory } = files();
    vi.stubEnv('TMPDIR', directory);
    later(directory, () => vi.unstubAllEnvs());
    const host = await open(await server());
    expect(readdirSync(directory)).toHaveLength(1);
    await host.close();
    expect(readdirSync(directory)).toEqual([]);
    await failure(open(await server(), { credentials: withPassword('wrong') }));
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('host keys over the ssh of this computer', () => {
  it('are asked about where they are unknown, and the answer counts', async () => {
    const box = await server();
    const shown: unknown[] = [];
    const known = (): Promise<KnownKey[]> => Promise.resolve([]);
    const ask = (answer: boolean) => (what: unknown) => {
      shown.push(what);
      return Promise.resolve(answer);
    };
    await open(box, { options: { hostKey: { known, ask: ask(true) } } });
    expect(shown).toEqual([{ host: 'box', type: 'ssh-ed25519', fingerprint: box.hostKeys[0]?.fingerprint }]);
    const attempts = box.attempts.length;
    const declined = failure(open(box, { options: { hostKey: { known, ask: ask(false) } } }));
    expect(await declined).toMatchObject({ code: 'host-key-declined' });
    expect(box.attempts.slice(attempts)).toEqual([]);
    expect(box.connections).toBe(2);
  });

  it('must come with the command where nobody can be asked', async () => {
    const box = await server();
    const known = (): Promise<KnownKey[]> => Promise.resolve([]);
    const error = await failure(open(box, { options: { hostKey: { known } } }));
    expect(error).toMatchObject({ code: 'host-key-unknown' });
    const expected = /--host-key (SHA256:\S+)/.exec(error.hint ?? '')?.[1] ?? '';
    await open(box, { options: { hostKey: { known, expected } } });
    const other = failure(open(box, { options: { hostKey: { known, expected: 'SHA256:AAAA' } } }));
    expect(await other).toMatchObject({ code: 'host-key-unexpected' });
  });

  it('that have changed or are revoked are refused without a question', async () => {
    const box = await server();
    const other = await server();
    const ask = (): Promise<boolean> => Promise.reject(new Error('must not ask'));
    const error = await failure(open(box, { options: { hostKey: { ...knows(other), ask } } }));
    expect(error).toMatchObject({ code: 'host-key-changed' });
    expect(error.hint).toContain(`ssh-keygen -R "[127.0.0.1]:${box.port}"`);
    const revoked = box.hostKeys.map((key) => ({ ...key, marker: 'revoked' as const }));
    const known = () => Promise.resolve([...box.hostKeys, ...revoked]);
    expect(await failure(open(box, { options: { hostKey: { known, ask } } }))).toMatchObject({
      code: 'host-key-revoked',
    });
    expect(box.attempts.filter((one) => !one.startsWith('none'))).toEqual([]);
  });

  it('of the known type come first', async () => {
    const box = await server({ hostKeys: ['ed25519', 'ecdsa'] });
    const ecdsa = box.hostKeys.filter((key) => key.type.startsWith('ecdsa'));
    const host = await open(box, { options: { hostKey: { known: () => Promise.resolve(ecdsa) } } });
    expect(host.hostKey.type).toBe('ecdsa-sha2-nistp256');
  });

  it('are compared at each jump host on the way', async () => {
    const { key } = files();
    const { file, public: publicKey } = key('id');
    const [outer, inner, box] = [
      await server({ publicKey }),
      await server({ publicKey }),
      await server({ publicKey }),
    ];
    const jumps = [outer, inner].map((one, index) =>
      one.target({ name: `jump-${index}`, user: 'hopper', identityFiles: [file] }),
    );
    const keysOf: Record<string, KnownKey[]> = { 'jump-0': outer.hostKeys, 'jump-1': inner.hostKeys };
    const known = ({ name }: { name: string }) => Promise.resolve(keysOf[name] ?? box.hostKeys);
    const credentials = { keys: [{ file }], agent: false };
    const host = await open(box, { credentials, target: { jumps }, options: { hostKey: { known } } });
    expect((await host.run({ script: raw('echo through') })).stdout).toBe('through\n');
    expect(outer.attempts).toContain('publickey hopper');
    keysOf['jump-1'] = box.hostKeys;
    const stranger = await failure(
      open(box, { credentials, target: { jumps }, options: { hostKey: { known } } }),
    );
    expect(stranger).toMatchObject({ code: 'host-key-changed' });
    expect(stranger.message).toContain('jump-1');
  });
});
