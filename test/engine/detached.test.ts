import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeUnderWay, detached, logged, waitForChange } from '../../src/engine/detached.js';
import { lines, Secret, type Sh, sh } from '../../src/sh.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'detached-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The real script, with its folder moved away from /run. */
const moved = ({ run }: Sh) => run.replaceAll('/run/broker-setup', join(folder, 'run'));
const nothing = sh`:`;
const work = (script: Sh, after = nothing) => moved(detached({ work: script, before: nothing, after }));
const run = (script: string) => spawnSync('sh', ['-c', script], { encoding: 'utf8' });

describe('detached work', () => {
  it('passes on what is said on both streams, and the exit code', () => {
    const { status, stdout, stderr } = run(
      work(sh`echo first; echo "it's" >&2; sleep 0.2; echo last; exit 7`),
    );
    expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: 'first\nlast\n', stderr: "it's\n" });
  });

  it('is done whole though nobody waits for it any more, and can be followed by somebody else', async () => {
    const done = join(folder, 'done');
    const shell = spawn('sh', ['-c', work(sh`echo begun; sleep 1; echo end; : >${done}`)], {
      detached: true,
    });
    await new Promise((resolve) => shell.stdout.once('data', resolve));
    // The whole process group, as when a connection breaks.
    process.kill(-(shell.pid ?? 0), 'SIGKILL');
    await sleep(100);
    expect(existsSync(done)).toBe(false);
    expect(run(moved(sh`${changeUnderWay}`)).status).toBe(0);
    expect(run(work(sh`echo second`)).stderr).toContain('still under way');
    expect(run(moved(waitForChange)).stdout).toBe('begun\nend\n');
    expect(existsSync(done)).toBe(true);
    expect(run(moved(sh`${changeUnderWay}`)).status).toBe(1);
  });

  it('leaves no secret behind, neither in a file nor where commands are shown', () => {
    const script = detached({ work: sh`echo ${new Secret('hunter2')}`, before: nothing, after: nothing });
    expect(script.show).not.toContain('hunter2');
    expect(run(`${moved(script)}`).stdout).toBe('hunter2\n');
    expect(run(`grep -rl hunter2 ${folder}/run --exclude=out`).stdout).toBe('');
  });

  it('does not begin the work where what comes before exits', () => {
    const script = detached({ work: sh`echo begun`, before: sh`echo no >&2; exit 1`, after: nothing });
    const { status, stdout, stderr } = run(moved(script));
    expect([status, stdout, stderr]).toEqual([1, '', 'no\n']);
  });

  it('says so where it was ended before it was done', async () => {
    const shell = spawn('sh', ['-c', work(sh`echo begun; sleep 5`)]);
    const said: string[] = [];
    shell.stderr.on('data', (chunk) => said.push(String(chunk)));
    await new Promise((resolve) => shell.stdout.once('data', resolve));
    process.kill(-Number(readFileSync(join(folder, 'run/change/pid'), 'utf8')), 'SIGKILL');
    await new Promise((resolve) => shell.once('close', resolve));
    expect(said.join('')).toContain('ended before it was done');
  });

  it('does what comes behind with the exit code, whatever the work was', () => {
    run(work(sh`exit 3`, sh`echo "$code" >${join(folder, 'after')}`));
    expect(readFileSync(join(folder, 'after'), 'utf8')).toBe('3\n');
  });
});

describe('logged work', () => {
  const log = () => join(folder, 'deep', 'work.log');
  const shell = (script: Sh) =>
    spawnSync('sh', ['-eu'], { input: lines(logged(script, log()), sh`exit "$code"`).run, encoding: 'utf8' });

  it('passes on all output and the exit code, and keeps the output', () => {
    const { status, stdout } = shell(
      sh`echo first; echo "it's" >&2; sleep 0.2; echo last; exit 7; echo never`,
    );
    expect({ status, stdout }).toEqual({ status: 7, stdout: "first\nit's\nlast\n" });
    expect(readFileSync(log(), 'utf8')).toBe(stdout);
  });

  it('stops at the first command that fails', () => {
    expect(shell(sh`false; echo never`)).toMatchObject({ status: 1, stdout: '' });
  });
});
