import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { filesSeen } from '../../src/engine/same-files.js';
import { Cancelled } from '../../src/errors.js';
import type { Host } from '../../src/host/host.js';
import { parseLog } from '../../src/run-log/log.js';
import { type Opening, openRun } from '../../src/run-log/open.js';
import { parseRuns, runsProbe } from '../../src/run-log/seen.js';
import { noteUntold } from '../../src/run-log/undelivered-passwords.js';
import { lines, Secret, sh } from '../../src/sh.js';
import { finding, lookAt, part } from '../doctor/parts.js';
import { type Connection, type Server, serverFolders } from './server.js';

const runner = { tool: '1.0.0', by: 'me@laptop', machine: 'm', pid: 42, command: 'init' };
const UNLOCK = 'broker-setup unlock';
let server: Server;
let connection: Connection;
beforeEach(() => {
  server = serverFolders();
  connection = server.connect();
});

const runs = () => parseRuns({ code: 0, ...server.run(runsProbe) });
const begin = (more: Partial<Opening> = {}, by = connection) =>
  openRun(by, { runner, seen: runs().newest, dead: undefined, unlock: UNLOCK, ...more });
const logOf = (id: string) => parseLog(readFileSync(join(server.root, 'log', `${id}.jsonl`), 'utf8'));
const STEP = { id: 'hostname', title: 'Set the hostname' };
const change = (script = sh`:`) => ({
  id: 'hostname.name',
  summary: 'Name it',
  change: { kind: 'run', script, undo: 'nothing' } as const,
});

describe('a run', () => {
  it('case 179: keeps its log for root alone, also in a folder that was open to others', async () => {
    mkdirSync(join(server.root, 'log'), { mode: 0o755 });
    const run = await begin();
    const mode = (path: string) => statSync(join(server.root, path)).mode & 0o777;
    expect([mode('log'), mode(`log/${run.id}.jsonl`)]).toEqual([0o700, 0o600]);
  });

  it.runIf(process.getuid?.() === 0)(
    'case 301: does not begin where its logs would go elsewhere',
    async () => {
      mkdirSync(join(server.root, 'etc'), { mode: 0o755 });
      symlinkSync('etc', join(server.root, 'log'));
      lchownSync(join(server.root, 'log'), 65_534, 65_534);
      await expect(begin()).rejects.toMatchObject({
        code: 'no-log',
        message: expect.stringContaining('the symbolic link'),
      });
      expect([
        statSync(join(server.root, 'etc')).mode & 0o777,
        readdirSync(join(server.root, 'etc')),
      ]).toEqual([0o755, []]);
    },
  );

  it.runIf(process.getuid?.() === 0)(
    'case 306: compares what somebody else controls with their rights',
    async () => {
      chmodSync(server.root, 0o755);
      const folder = join(server.root, 'theirs');
      mkdirSync(folder);
      chownSync(folder, 65_534, 65_534);
      const secret = join(server.root, 'secret');
      writeFileSync(secret, 'one', { mode: 0o600 });
      writeFileSync(join(folder, 'own'), 'one');
      symlinkSync(secret, join(folder, 'link'));
      const file = (path: string) => ({
        path,
        content: '',
        mode: '0644',
        owner: 'root:root',
        before: undefined,
      });
      const files = ['own', 'link'].map((name) => file(join(folder, name)));
      const found = finding({ id: 'hostname.hosts', level: 'change', change: { kind: 'write', files } });
      const { told } = await filesSeen(connection, [lookAt(part('hostname'), { findings: [found] })]);
      const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
      const one = '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed';
      expect(told.replaceAll(folder, '')).toBe(`${one} /own\n${nothing} /link`);
    },
  );

  it('takes the lock, and keeps its log in the order of what happens', async () => {
    const run = await begin();
    expect(runs().holder).toMatchObject({ ...runner, run: run.id, alive: true });
    const script = sh`cat ${join(server.root, 'log')}/*.jsonl | wc -l; exit 3`;
    const { code, stdout } = await connection.run({ script: run.recorded(STEP, change(), script) });
    expect([code, stdout]).toEqual([3, '3\n']);
    expect(runs().holder?.step).toBe('Set the hostname');
    await connection.run({ script: run.guarded(STEP).log('armed') });
    await run.close();
    expect(logOf(run.id)).toMatchObject([
      { type: 'run', from: '198.51.100.7', login: 'root', ...runner },
      { type: 'change', n: 1, step: 'hostname', title: 'Set the hostname', summary: 'Name it' },
      { type: 'detail', n: 1, script: script.show },
      { type: 'changed', n: 1, code: 3 },
      { type: 'guard', state: 'armed' },
      { type: 'end', outcome: 'done' },
    ]);
    expect(runs()).toEqual({
      busy: false,
      guardArmed: false,
      newest: run.id,
      holder: undefined,
      cutOff: undefined,
      unproved: [],
    });
  });

  it.each([
    [new Error('it broke'), { outcome: 'failed', message: 'it broke' }],
    [new Cancelled(), { outcome: 'cancelled' }],
    ['text', { outcome: 'failed', message: 'text' }],
  ])('says how it ended: %s', async (error, expected) => {
    const run = await begin();
    await run.close(error);
    expect(logOf(run.id).at(-1)).toMatchObject({ type: 'end', ...expected });
  });

  it('lets no second one in while it lives', async () => {
    const run = await begin();
    await connection.run({ script: run.recorded(STEP, change(), sh`:`) });
    const second = begin({}, server.connect('203.0.113.9'));
    await expect(second).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringMatching(
        /^me@laptop \(from 198\.51\.100\.7\) has been at work .* with “init”, now at “Set the hostname”\.$/,
      ),
      hint: expect.stringContaining(UNLOCK),
    });
    expect(readdirSync(join(server.root, 'log'))).toHaveLength(1);
  });

  it.each([
    ['its connection is gone', () => connection.drop(), {}],
    ['its process is known to be gone', () => undefined, { dead: 'it' }],
  ])(
    'is taken over where %s, and then changes nothing more',
    async (_, happens, { dead }: { dead?: string }) => {
      const run = await begin();
      happens();
      const other = server.connect();
      const next = await begin(dead ? { dead: run.id } : {}, other);
      expect(runs().holder).toMatchObject({ run: next.id, alive: true });
      expect(next.id > run.id).toBe(true);
      const { code, stdout, stderr } = await other.run({
        script: run.recorded(STEP, change(), sh`echo changed`),
      });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('has lost its lock');
      await next.close();
    },
  );

  it('of the same second sorts behind the one before, so that the newest is the newest', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      const run = await begin();
      await run.close();
      ids.push(run.id);
    }
    expect(ids.toSorted()).toEqual(ids);
    expect(runs().newest).toBe(ids.at(-1));
  });

  it('does not begin with a plan that is older than the last change', async () => {
    const before = runs().newest;
    await (await begin()).close();
    await expect(begin({ seen: before })).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect(existsSync(join(server.root, 'run/lock'))).toBe(false);
  });

  it('case 126: does not begin where somebody has edited a file of its plan meanwhile, and names it', async () => {
    const path = (name: string) => join(server.root, name);
    writeFileSync(path('hosts'), 'one\n');
    writeFileSync(path('kept'), 'the same\n');
    const write = (name: string) => ({
      path: path(name),
      content: '',
      mode: '',
      owner: '',
      before: undefined,
    });
    const files = ['hosts', 'kept', 'new one', 'never there'].map(write);
    const looks = [
      lookAt(part('hostname'), {
        findings: [finding({ level: 'change', change: { kind: 'write', files } })],
      }),
    ];
    const seen = await filesSeen(connection as unknown as Host, looks);
    await (await begin({ files: seen })).close();
    writeFileSync(path('hosts'), 'two\n');
    writeFileSync(path('new one'), '');
    await expect(begin({ files: seen })).rejects.toMatchObject({
      code: 'changed-meanwhile',
      message: `Since the plan was made, somebody or something on the server has changed ${path('hosts')}, ${path('new one')}.`,
    });
    expect(existsSync(path('run/lock'))).toBe(false);
    rmSync(path('kept'));
    await expect(begin({ files: seen })).rejects.toMatchObject({
      message: expect.stringContaining(path('kept')),
    });
  });

  it('does not begin without its log, and leaves no lock behind', async () => {
    // A folder that takes no file, not even root’s.
    symlinkSync('/proc/self', join(server.root, 'log'));
    await expect(begin()).rejects.toMatchObject({ code: 'no-log', hint: expect.stringContaining('disk') });
    expect(existsSync(join(server.root, 'run/lock'))).toBe(false);
  });

  it('makes no change that it cannot log', async () => {
    const run = await begin();
    rmSync(join(server.root, 'log', `${run.id}.jsonl`));
    symlinkSync('/dev/full', join(server.root, 'log', `${run.id}.jsonl`));
    const { code, stdout } = await connection.run({ script: run.recorded(STEP, change(), sh`echo changed`) });
    expect([code, stdout]).toEqual([1, '']);
  });

  it('goes on with a new log where somebody has deleted the one it had', async () => {
    const run = await begin();
    rmSync(join(server.root, 'log', `${run.id}.jsonl`));
    const { stdout } = await connection.run({ script: run.recorded(STEP, change(), sh`echo changed`) });
    expect(stdout).toBe('changed\n');
    expect(logOf(run.id).map(({ type }) => type)).toEqual(['change', 'detail', 'changed']);
  });

  it('takes its lock again over another connection', async () => {
    const run = await begin();
    connection.drop();
    rmSync(join(server.root, 'run'), { recursive: true });
    const next = server.connect('203.0.113.9');
    await run.regain(next);
    expect(runs().holder).toMatchObject({ run: run.id, from: '203.0.113.9', alive: true });
    await run.close();
    expect(runs().holder).toBeUndefined();
  });
});

describe('when it ends', () => {
  it('keeps fifty, itself among them, whatever else lies there', async () => {
    mkdirSync(join(server.root, 'log'));
    const old = Array.from(
      { length: 55 },
      (_, n) => `2025010${1 + (n % 9)}-1200${String(n).padStart(2, '0')}-0000`,
    ).sort();
    for (const id of old) {
      writeFileSync(join(server.root, 'log', `${id}.jsonl`), '');
      mkdirSync(join(server.root, 'state/runs', id), { recursive: true });
    }
    writeFileSync(join(server.root, 'log/apt.log'), '');
    const run = await begin();
    // An undo still needs the oldest.
    expect(readdirSync(join(server.root, 'state/runs'))).toHaveLength(55);
    await run.close();
    const left = readdirSync(join(server.root, 'log')).filter((name) => name.endsWith('.jsonl'));
    expect(left).toEqual([...old.slice(-49), run.id].map((id) => `${id}.jsonl`));
    expect(readdirSync(join(server.root, 'state/runs')).sort()).toEqual(old.slice(-49));
    expect(existsSync(join(server.root, 'log/apt.log'))).toBe(true);
  });

  const made = (name: string) => ({
    devicePassword: new Secret(`${name} of a device`),
    dashboardPassword: new Secret(`${name} of the dashboard`),
  });
  const notes = () => readdirSync(join(server.root, 'state/untold')).sort();

  it('has told its own passwords, and not those of a run that was cut off', async () => {
    const [first, second] = [made('one'), made('two')];
    server.run(
      lines(
        noteUntold('devicePassword', first.devicePassword),
        noteUntold('dashboardPassword', first.dashboardPassword),
      ),
    );
    await (await begin()).close();
    expect(notes()).toEqual(['dashboardPassword', 'devicePassword']);
    const run = await begin({ makes: second });
    server.run(noteUntold('devicePassword', second.devicePassword));
    await run.close(new Error('before the dashboard'));
    expect(notes()).toEqual(['dashboardPassword']);
  });
});
