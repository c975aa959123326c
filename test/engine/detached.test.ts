import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeUnderWay, detached, holdChanges, logged, waitForChange } from '../../src/engine/detached.js';
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

  it.each([
    ['fails', sh`false`],
    ['finds the disk full', sh`echo x >/dev/full`],
  ])('does not begin the work where what comes before %s', (_, before) => {
    const script = detached({ work: sh`echo begun`, before, after: nothing });
    expect(run(moved(script))).toMatchObject({ status: 1, stdout: '' });
  });

  it('runs no half of a script for which there was no room', () => {
    const script = work(sh`echo begun`);
    mkdirSync(join(folder, 'run/change'), { recursive: true });
    symlinkSync('/dev/full', join(folder, 'run/change/work'));
    expect(run(script)).toMatchObject({ status: 1, stdout: '' });
  });

  it('is over when it has ended, though a program that it started lives on', () => {
    const left = join(folder, 'left');
    const { status } = run(work(sh`sleep 30 & echo $! >${left}`));
    const pid = Number(readFileSync(left, 'utf8'));
    try {
      const open = readdirSync(`/proc/${pid}/fd`);
      expect([status, run(moved(sh`${changeUnderWay}`)).status, open.includes('9')]).toEqual([0, 1, false]);
    } finally {
      process.kill(pid);
    }
  });

  it('can be waited for where it is not told who does it', async () => {
    mkdirSync(join(folder, 'run/change'), { recursive: true });
    const holder = spawn('sh', [
      '-c',
      moved(sh`exec 9>>/run/broker-setup/change/alive; flock 9; echo held; sleep 0.5`),
    ]);
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const started = performance.now();
    expect(run(moved(waitForChange)).status).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(200);
  });

  it('does not begin while somebody holds all changes, and does not hold for ever', async () => {
    const holder = spawn('sh', [
      '-c',
      moved(sh`${holdChanges(5)}
echo held; sleep 2`),
    ]);
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(run(work(sh`echo begun`)).stdout).toBe('');
    const { stdout } = run(
      moved(sh`${holdChanges(1)}
echo on`),
    );
    expect(stdout).toBe('on\n');
    holder.kill();
  });

  it('is held by nobody where the folder cannot be written to, and that ends no script', () => {
    symlinkSync('/proc/self', join(folder, 'run'));
    expect(
      run(
        moved(sh`${holdChanges(1)}
echo on`),
      ).stdout,
    ).toBe('on\n');
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
