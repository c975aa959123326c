import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Cancelled, ConnectionLost } from '../../../src/errors.js';
import { failure, later, openBy, raw, server } from '../connected.js';
import { startProxy } from '../proxy.js';
import { scratch } from '../server.js';

describe.each(['node', 'openssh'] as const)('run, over %s', (transport) => {
  const open = openBy(transport);

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

  it('case 10: sets locale and PATH', async () => {
    const host = await open(await server());
    const { stdout } = await host.run({ script: raw('echo "$LC_ALL $PATH"') });
    expect(stdout).toMatch(/^C \/usr\/sbin:\/usr\/bin:\/sbin:\/bin\n$/);
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

  it('compresses what travels, in both directions', async () => {
    const box = await server();
    const proxy = await startProxy({ port: box.port, cutUploadAfter: 100_000, cutAfter: 100_000 });
    later(proxy, () => proxy.close());
    const host = await open(box, { target: { port: proxy.port } });
    const script = raw(`: '${'x'.repeat(1_000_000)}'\nhead -c 1000000 /dev/zero | tr '\\0' a`);
    expect((await host.run({ script })).stdout).toBe('a'.repeat(1_000_000));
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

  it('lets the second script wait only until it is known how root is reached', async () => {
    const { directory, remove } = scratch();
    later(directory, remove);
    const host = await open(await server());
    const first = host.run({ script: raw(`until [ -e '${directory}/second' ]; do sleep 0.05; done`) });
    const second = host.run({ script: raw(`: >'${directory}/second'`) });
    expect((await Promise.all([first, second])).map(({ code }) => code)).toEqual([0, 0]);
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
    const proxy = await startProxy({ port: box.port, cutUploadAfter: 1_000_000 });
    later(proxy, () => proxy.close());
    const host = await open(box, { target: { port: proxy.port } });
    // Random, so that it stays long when it is compressed.
    const long = `touch '${directory}/ran'\n: '${randomBytes(2_000_000).toString('base64')}'`;
    expect(await failure(host.run({ script: raw(long) }))).toBeInstanceOf(ConnectionLost);
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

  it('case 1: says whom to log in as where the server says so, without waiting for it to hang up', async () => {
    const forced = 'Please login as the user "ubuntu" rather than the user "root".\n\n';
    const host = await open(await server({ forced }));
    expect(await failure(host.run({ script: raw('id') }))).toMatchObject({
      code: 'login-as-other-user',
      loginUser: 'ubuntu',
    });
  });

  it.each([
    'WARNING: Your password has expired.\nPassword change required but no TTY available.',
    'You are required to change your password immediately (administrator enforced).\nPassword change required but no TTY available.',
    'sudo: Account or password is expired, reset your password and try again',
  ])('case 103: a password that has run out is told from a missing shell: %j', async (words) => {
    const host = await open(
      await server({ rc: `echo '${words.replaceAll('\n', "'; echo '")}' >&2; exit 1` }),
    );
    expect(await failure(host.run({ script: raw('id') }))).toMatchObject({
      code: 'password-expired',
      hint: expect.stringContaining('Log in once by hand'),
    });
  });

  it('case 123: commands go one after the other where the server allows one session at a time', async () => {
    const host = await open(await server({ maxSessions: 1 }));
    const outputs = await Promise.all(
      ['one', 'two', 'three'].map((word) => host.run({ script: raw(`sleep 0.1; echo ${word}`) })),
    );
    expect(outputs.map(({ stdout }) => stdout)).toEqual(['one\n', 'two\n', 'three\n']);
    expect(await host.run({ script: raw('echo next') })).toMatchObject({ stdout: 'next\n' });
  });

  it('case 123: says so where the server allows no session at all', async () => {
    const host = await open(await server({ maxSessions: 0 }));
    const error = await failure(host.run({ script: raw('id') }));
    expect(error.message).toContain('does not let a command be started');
    expect(error.hint).toContain('MaxSessions');
  });

  it('case 9: says so where no shell ran at all', async () => {
    const host = await open(await server({ rc: 'echo This account is currently not available.; exit 1' }));
    const error = await failure(host.run({ script: raw('id') }));
    expect(error.code).toBe('no-shell');
    expect(error.message).toContain('This account is currently not available.');
  });
});
