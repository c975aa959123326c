import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apply, toShell } from '../../src/engine/apply.js';
import type { FileChange } from '../../src/engine/change.js';
import type { Finding } from '../../src/engine/step.js';
import { SetupError } from '../../src/errors.js';
import type { Host } from '../../src/host/host.js';
import { Secret, type Sh, sh } from '../../src/sh.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apply-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const group = execFileSync('id', ['-gn']).toString().trim();
const file = (name: string, content: string | Secret): FileChange => ({
  path: join(folder, name),
  content,
  mode: '0640',
  owner: `${userInfo().username}:${group}`,
  before: undefined,
});
const write = (files: FileChange[], activate = sh`true`, more: { fallback?: Sh } = {}) =>
  spawnSync('sh', ['-c', toShell({ kind: 'write', files, activate, ...more }).run], { encoding: 'utf8' });

describe('a change of files', () => {
  it('lays them down with content, mode and owner, and leaves nothing else behind', () => {
    expect(write([file('a.conf', 'é\n'), file('sub/b', 'x')]).status).toBe(0);
    expect(readFileSync(join(folder, 'a.conf'), 'utf8')).toBe('é\n');
    expect((statSync(join(folder, 'a.conf')).mode & 0o777).toString(8)).toBe('640');
    expect(readdirSync(folder).sort()).toEqual(['a.conf', 'sub']);
    expect(readdirSync(join(folder, 'sub'))).toEqual(['b']);
  });

  it('puts every file back and activates again where activation fails', () => {
    writeFileSync(join(folder, 'a.conf'), 'old', { mode: 0o600 });
    const log = join(folder, 'log');
    const activate = sh`cat ${join(folder, 'a.conf')} >>${log}; ! grep -q new ${join(folder, 'a.conf')}`;
    expect(write([file('a.conf', 'new'), file('b.conf', 'new')], activate).status).toBe(1);
    expect(readFileSync(join(folder, 'a.conf'), 'utf8')).toBe('old');
    expect((statSync(join(folder, 'a.conf')).mode & 0o777).toString(8)).toBe('600');
    expect(readFileSync(log, 'utf8')).toBe('newold');
    expect(readdirSync(folder).sort()).toEqual(['a.conf', 'log']);
  });

  describe('with something else to do where activation fails', () => {
    const log = () => join(folder, 'log');
    const said = () => readFileSync(log(), 'utf8');
    const activate = () =>
      sh`printf 'activate ' >>${log()}; cat ${join(folder, 'a.conf')} >>${log()}; echo 'its words' >&2; exit 3`;
    const stop = () => sh`printf ' stop ' >>${log()}; cat ${join(folder, 'a.conf')} >>${log()}`;

    it('puts every file back, and then does that instead of activating again', () => {
      writeFileSync(join(folder, 'a.conf'), 'old', { mode: 0o600 });
      const { status, stderr } = write([file('a.conf', 'new'), file('b.conf', 'new')], activate(), {
        fallback: stop(),
      });
      expect([status, stderr]).toEqual([1, 'its words\n']);
      expect(said()).toBe('activate new stop old');
      expect((statSync(join(folder, 'a.conf')).mode & 0o777).toString(8)).toBe('600');
      expect(readdirSync(folder).sort()).toEqual(['a.conf', 'log']);
    });

    it.each([
      ['fails', (end: Sh) => sh`${end}; false`],
      ['exits', (end: Sh) => sh`${end}; exit 0`],
      ['talks', (end: Sh) => sh`${end}; echo noise; echo noise >&2`],
    ])('says what activation said, also where that %s', (_, other) => {
      writeFileSync(join(folder, 'a.conf'), 'old');
      const fallback = other(stop());
      const { status, stdout, stderr } = write([file('a.conf', 'new')], activate(), { fallback });
      expect([stdout, stderr, said()]).toEqual(['', 'its words\n', 'activate new stop old']);
      expect(status).not.toBe(0);
    });

    it('leaves that alone where activation succeeds', () => {
      expect(write([file('a.conf', 'new')], sh`true`, { fallback: stop() }).status).toBe(0);
      expect(readdirSync(folder)).toEqual(['a.conf']);
    });
  });

  it('stops activation at its first failing command', () => {
    expect(
      write(
        [file('a', 'x')],
        sh`false
touch ${join(folder, 'went-on')}`,
      ).status,
    ).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('never shows a secret content', () => {
    const { run, show } = toShell({ kind: 'write', files: [file('a', new Secret('hunter2'))] });
    expect(run).toContain(Buffer.from('hunter2').toString('base64'));
    expect(show).not.toContain(Buffer.from('hunter2').toString('base64'));
    expect(show).not.toContain('hunter2');
  });
});

describe('a script that fails', () => {
  const finding: Finding = {
    id: 'hostname.name',
    level: 'change',
    summary: 'Do it',
    change: { kind: 'run', script: sh`true`, undo: 'nothing' },
  };
  const hands = { generateKey: async () => {}, addHostEntry: async () => {} };
  const host = (code: number, stdout: string, stderr = ''): Host => ({
    name: 'h',
    address: '192.0.2.1',
    user: 'root',
    run: async () => ({ code, stdout, stderr }),
    close: async () => {},
  });

  it('says what the script wrote for the person, then the details', async () => {
    const said = 'noise\nbroker-setup: The mirror is down.\nbroker-setup: Wait, then run again.\n';
    const error = await apply(host(1, said, 'E: 404'), hands, finding, {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SetupError);
    expect(error).toMatchObject({
      code: 'change-failed',
      message: 'The mirror is down.\n    E: 404',
      hint: 'Wait, then run again.',
    });
  });

  it.each([
    'tee: /var/log/broker-setup/apt.log: No space left on device',
    'tar: /var/lib/broker-setup/guard/copy.tar: Wrote only 2048 of 10240 bytes',
    "E: You don't have enough free space in /var/cache/apt/archives/.",
  ])('case 157: names a full disk as the cause, whatever the script has guessed: %s', async (words) => {
    const said = 'broker-setup: It failed.\nbroker-setup: If the mirror is down, wait.\n';
    await expect(apply(host(1, said, words), hands, finding, {})).rejects.toMatchObject({
      hint: expect.stringContaining('The disk of the server is full. See what fills it'),
    });
  });

  it('case 157: too many watches of files are no full disk', async () => {
    const words = 'Failed to add /run/systemd/ask-password to directory watch: No space left on device';
    const said = 'broker-setup: It failed.\nbroker-setup: Look there.\n';
    await expect(apply(host(1, said, words), hands, finding, {})).rejects.toMatchObject({
      hint: 'Look there.',
    });
  });

  it('names the change where the script said nothing', async () => {
    await expect(apply(host(7, ''), hands, finding, {})).rejects.toThrow(
      '“Do it” failed on the server (exit code 7)',
    );
  });
});

describe('a script with a look behind it', () => {
  const behind = { script: sh`echo 'mark-1 begin'; echo seen`, mark: 'mark-1' };
  const applied = async (script: Sh) => {
    const shown: string[] = [];
    const host: Host = {
      name: 'h',
      address: '192.0.2.1',
      user: 'root',
      run: async ({ script: { run }, onLine }) => {
        const { status, stdout, stderr } = spawnSync('sh', ['-c', run], { encoding: 'utf8' });
        for (const line of `${stdout}${stderr}`.split('\n').filter(Boolean)) onLine?.(line);
        return { code: status ?? -1, stdout, stderr };
      },
      close: async () => {},
    };
    const hands = { generateKey: async () => {}, addHostEntry: async () => {} };
    const finding: Finding = {
      id: 'hostname.name',
      level: 'change',
      summary: 'Do it',
      change: { kind: 'run', script, undo: 'nothing' },
    };
    const onLine = (line: string) => shown.push(line);
    const printed = await apply(host, hands, finding, { behind, onLine }).catch((error: unknown) => error);
    return { shown, printed };
  };

  it('takes it in the same round trip, and shows nothing of it', async () => {
    expect(await applied(sh`trap 'echo done' EXIT; exit 0`)).toEqual({
      shown: ['done'],
      printed: 'done\nmark-1 begin\nseen\n',
    });
  });

  it('takes none where the change has failed', async () => {
    const { shown, printed } = await applied(sh`echo half; false`);
    expect(shown).toEqual(['half']);
    expect(printed).toMatchObject({ code: 'change-failed' });
  });
});
