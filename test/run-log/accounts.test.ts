import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountFile } from '../../src/engine/account-files.js';
import type { Change } from '../../src/engine/change.js';
import { keepBefore, noteAfter } from '../../src/run-log/keep.js';
import { accountFilesOf, hasEffect, parseKept, putBack, tellKept } from '../../src/run-log/undo.js';
import { lines, sh } from '../../src/sh.js';
import { type Server, serverFolders } from './server.js';

const ID = '20261130-113000-1a2b';
const UNDO = '20261130-114000-1a2b';
let server: Server;
let path: string;
beforeEach(() => {
  server = serverFolders();
  mkdirSync(join(server.root, 'etc'));
  path = join(server.root, 'etc/passwd');
});

const put = (content: string) => writeFileSync(path, content, { mode: 0o600 });
const read = () => readFileSync(path, 'utf8');
function make(id: string, accounts: readonly AccountFile[], does: () => void) {
  const change: Change = { kind: 'run', script: sh`:`, undo: { accounts } };
  server.run(lines(sh`set -e; umask 077`, keepBefore(id, 1, change)));
  does();
  server.run(noteAfter(id, change));
}
const kept = (id: string) => parseKept(server.run(tellKept(id)).stdout);
const undo = (id: string) => server.run(putBack(id));

const run = process.getuid?.() === 0 ? describe : describe.skip;

run('accounts that a run has made', () => {
  const of = () => [{ path, of: 'accounts' }] as const;

  it('case 241: are removed by name; one that was revoked since does not come back, newer ones stay', () => {
    put('device-1:old\nmy device:x\n');
    make(ID, of(), () => put('device-1:old\nmy device:x\ndevice-2:y\n'));
    put('my device:x\ndevice-2:y\ndevice-3:z\n');
    const plan = kept(ID);
    expect(plan?.entries).toEqual([
      { file: path, of: 'accounts', name: 'device-2', what: 'removed', changedSince: false },
    ]);
    expect([plan?.paths, plan && accountFilesOf(plan)]).toEqual([[], [{ path, of: 'accounts' }]]);
    expect(undo(ID)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect([read(), lstatSync(path).mode & 0o777]).toEqual(['my device:x\ndevice-3:z\n', 0o600]);
  });

  it('case 241: are listed with a password that was changed since, are nothing where they are gone, and are removed behind a link of root’s', () => {
    put('');
    make(ID, of(), () => put('device-1:first\n'));
    put('device-1:second\n');
    expect(kept(ID)?.entries).toMatchObject([{ name: 'device-1', changedSince: true }]);
    put('device-9:x\n');
    const none = kept(ID);
    expect([none?.entries, none && hasEffect(none)]).toEqual([[], false]);
    rmSync(path);
    writeFileSync(`${path}.elsewhere`, 'device-1:first\ndevice-2:x\n');
    symlinkSync(`${path}.elsewhere`, path);
    expect(kept(ID)?.entries).toMatchObject([{ name: 'device-1', what: 'removed' }]);
    expect([undo(ID).status, readlinkSync(path), readFileSync(`${path}.elsewhere`, 'utf8')]).toEqual([
      0,
      `${path}.elsewhere`,
      'device-2:x\n',
    ]);
  });

  it('case 303: a large file is kept as a whole, and one that is no plain file is left', () => {
    const many = Array.from({ length: 12_000 }, (_, n) => `device-${n}:$7$101$${'x'.repeat(105)}\n`).join('');
    put(many);
    make(ID, of(), () => put(`${many}last:y\n`));
    expect(kept(ID)?.entries).toMatchObject([{ name: 'last', what: 'removed' }]);
    expect([undo(ID).status, read() === many]).toEqual([0, true]);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(kept(ID)?.entries).toMatchObject([{ name: 'last', what: 'left' }]);
    expect(undo(ID).status).toBe(0);
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  it('case 241: no undo of an undo makes an old password valid again, and no copy of one is kept', () => {
    put('');
    make(ID, of(), () => put('device-1:hash\n'));
    make(UNDO, of(), () => undo(ID));
    expect(kept(UNDO)?.entries).toMatchObject([{ name: 'device-1', what: 'stays' }]);
    undo(UNDO);
    expect(read()).toBe('');
    expect(server.run(sh`grep -rF hash /var/lib/broker-setup`).stdout).toBe('');
  });

  it('case 241: a copy of the whole file that an earlier version has kept is not restored', () => {
    const file = join(server.root, 'etc/mosquitto/passwd');
    const before = join(server.root, 'state/runs', ID, 'before', '/etc/mosquitto');
    mkdirSync(before, { recursive: true });
    writeFileSync(join(before, 'passwd'), 'device-1:old\n');
    writeFileSync(join(server.root, 'state/runs', ID, 'files'), '/etc/mosquitto/passwd\n');
    const plan = kept(ID);
    expect([plan?.paths, plan && hasEffect(plan)]).toEqual([[], false]);
    expect(plan?.files).toMatchObject([{ path: '/etc/mosquitto/passwd', what: 'left' }]);
    undo(ID);
    expect([existsSync(file), existsSync('/etc/mosquitto/passwd')]).toEqual([false, false]);
  });
});

run('keys that a run has added', () => {
  const of = () => [{ path, of: 'keys' }] as const;
  const OURS = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOurs ada@laptop';
  const OLD = 'from="10.0.0.1" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOld mallory';

  it('case 242: are removed alone; a key that was revoked since does not come back; undone again, ours does', () => {
    put(`${OLD}\n`);
    make(ID, of(), () => put(`${OLD}\n${OURS}\n`));
    put(`# theirs\n${OURS}\n`);
    expect(kept(ID)?.entries).toMatchObject([{ name: 'ada@laptop', of: 'keys', what: 'removed' }]);
    make(UNDO, of(), () => undo(ID));
    expect(read()).toBe('# theirs\n');
    expect(kept(UNDO)?.entries).toMatchObject([{ name: 'ada@laptop', what: 'returns' }]);
    undo(UNDO);
    expect(read()).toBe(`# theirs\n${OURS}\n`);
  });
});
