import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { detached } from '../../src/engine/detached.js';
import { lines, sh } from '../../src/sh.js';

const folder = mkdtempSync(join(tmpdir(), 'detached-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('passes on all output and the exit code, and keeps the output', () => {
  const log = join(folder, 'deep', 'work.log');
  const work = sh`echo first; echo "it's" >&2; sleep 0.2; echo last; exit 7; echo never`;
  const { status, stdout } = spawnSync('sh', ['-eu'], {
    input: lines(detached(work, log), sh`exit "$code"`).run,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 7, stdout: "first\nit's\nlast\n" });
  expect(readFileSync(log, 'utf8')).toBe(stdout);
});

it('stops at the first command that fails', () => {
  const { status, stdout } = spawnSync('sh', ['-eu'], {
    input: lines(detached(sh`false; echo never`, join(folder, 'log')), sh`exit "$code"`).run,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
