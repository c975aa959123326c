import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlled } from '../../src/engine/controlled.js';
import { placing } from '../../src/engine/placing.js';
import { batch } from '../../src/engine/probe.js';
import { lines, type Sh, sh } from '../../src/sh.js';

/** An account and a group with its members that every Debian has. */
const MAIL = 8;
const NOBODY = 65_534;
let folder = '';
const at = (name: string) => join(folder, name);
const run = (...script: Sh[]) => spawnSync('sh', ['-c', lines(...script).run], { encoding: 'utf8' });
const owner = (path: string) =>
  run(controlled, sh`controls ${at(path)} && echo "$owner $real+$rest"`)
    .stdout.trim()
    .replaceAll(folder, '');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'controlled-'));
  chmodSync(folder, 0o755);
  mkdirSync(at('etc'));
  writeFileSync(at('shadow'), 'hash', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const as = process.getuid?.() === 0 ? describe : describe.skip;

as('who controls a path', () => {
  it('is root in its own folders, through its own links, and for what is not there yet', () => {
    symlinkSync('etc', at('link'));
    writeFileSync(at('etc/file'), '');
    chownSync(at('etc/file'), NOBODY, NOBODY);
    expect([owner('link/file'), owner('etc/new/file'), owner('etc')]).toEqual([
      'root /etc/file+',
      'root /etc/new/file+',
      'root /etc+',
    ]);
  });

  it('follows links of root’s that go up, and refuses names that could forge an answer', () => {
    mkdirSync(at('etc/deep'));
    symlinkSync('../../shadow', at('etc/deep/up'));
    expect(owner('etc/deep/up')).toBe('root /shadow+');
    expect(owner('etc/a\n/etc\tdrwxr-xr-x 0 0 root')).toBe('');
  });

  it('case 300: is whoever a symbolic link belongs to, though the folder is root’s by now', () => {
    symlinkSync('../shadow', at('etc/passwd'));
    lchownSync(at('etc/passwd'), NOBODY, NOBODY);
    expect(owner('etc/passwd')).toBe('nobody /etc+/passwd');
  });

  it('case 300: is whoever may write a folder of root’s', () => {
    writeFileSync(at('etc/file'), '');
    symlinkSync('../shadow', at('etc/link'));
    mkdirSync(at('etc/deep'));
    chownSync(at('etc'), 0, MAIL);
    chmodSync(at('etc'), 0o775);
    expect([owner('etc'), owner('etc/file'), owner('etc/link'), owner('etc/new')]).toEqual([
      'mail /etc+',
      'mail /etc+/file',
      'mail /etc+/link',
      'mail /etc+/new',
    ]);
    // As /var/log of Ubuntu has it.
    expect(owner('etc/deep')).toBe('root /etc/deep+');
    chmodSync(at('etc'), 0o777);
    expect(owner('etc/file')).toBe('nobody /etc+/file');
  });

  it('is root where the group that may write has nobody in it, and for what is root’s in a sticky folder', () => {
    writeFileSync(at('etc/file'), '');
    chownSync(at('etc'), 0, 54_321);
    chmodSync(at('etc'), 0o2775);
    expect(owner('etc/file')).toBe('root /etc/file+');
    chmodSync(at('etc'), 0o1777);
    expect([owner('etc/file'), owner('etc/new')]).toEqual(['root /etc/file+', 'nobody /etc+/new']);
    chownSync(at('etc/file'), MAIL, MAIL);
    expect(owner('etc/file')).toBe('mail /etc/file+');
  });

  it('case 300: a file that somebody else could replace is not written, with what to do', () => {
    chownSync(at('etc'), 0, MAIL);
    chmodSync(at('etc'), 0o775);
    const { status, stderr } = run(placing, sh`place ${at('etc/file')} 0644 root:root ''`);
    expect([status, existsSync(at('etc/file'))]).toEqual([1, false]);
    expect(stderr).toContain(`mail could replace it: mail may write the folder ${at('etc')}`);
    expect(stderr).toContain(`sudo chmod go-w ${at('etc')}`);
  });
});

as('work with the rights of somebody else', () => {
  const theirs = () => {
    mkdirSync(at('theirs'));
    chownSync(at('theirs'), NOBODY, NOBODY);
  };
  const copy = (name: string) => run(controlled, sh`copy_of nobody ${at(name)} ${at('copy')}`).status;

  it('case 304: copies regular files alone, and gives no copy more rights than their owner has', () => {
    theirs();
    execFileSync('mkfifo', ['-m', '0666', at('theirs/pipe')]);
    symlinkSync('/dev/zero', at('theirs/zero'));
    symlinkSync('/usr/bin/su', at('theirs/su'));
    const began = Date.now();
    expect([copy('theirs/pipe'), copy('theirs/zero'), existsSync(at('copy'))]).toEqual([1, 1, false]);
    expect(Date.now() - began).toBeLessThan(8_000);
    expect(copy('theirs/su')).toBe(0);
    const { mode, uid } = statSync(at('copy'));
    expect([mode & 0o7777, uid]).toEqual([0o755, NOBODY]);
  });

  it('case 304: ends what was stopped', () => {
    const stopped = run(controlled, sh`as nobody sh -c 'kill -STOP $$'`);
    expect(stopped.status).not.toBe(0);
  }, 30_000);

  it('passes on input, output and exit code', () => {
    const { stdout, status } = run(controlled, sh`set -e; echo in | as nobody sh -c 'cat; id -un; exit 3'`);
    expect([stdout, status]).toEqual(['in\nnobody\n', 3]);
  });

  it('case 305: cannot open again what root has printed', () => {
    const program = at('again');
    writeFileSync(program, '#!/bin/sh\ncat /proc/$$/fd/1 && echo seen\nls -l /proc/$$/fd/1\n', {
      mode: 0o755,
    });
    const direct = sh`echo secret; setpriv --reuid=65534 --regid=65534 --clear-groups ${program}`;
    expect(run(batch(new Map([['one', direct]]), 'mark', 20)).stdout).not.toContain('seen');
    const file = at('out');
    run(sh`exec >${file}`, controlled, sh`as nobody sh -c 'readlink /proc/$$/fd/1'`);
    expect(readFileSync(file, 'utf8')).toMatch(/^pipe:/);
  });
});
