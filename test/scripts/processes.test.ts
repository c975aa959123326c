import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { groupIn, runCommand, stop } from '../../scripts/processes.js';

describe('a command', () => {
  it('is run with its environment; its output is returned whole', async () => {
    const command = ['sh', '-c', 'echo "out $A"; echo err >&2; exit 3'] as const;
    expect(await runCommand({ command, env: { A: 'of a' } })).toEqual({
      exitCode: 3,
      output: 'out of a\nerr',
    });
  });

  it('that is not there has failed, and the output names it', async () => {
    const { exitCode, output } = await runCommand({ command: ['no-such-program'] });
    expect(exitCode).not.toBe(0);
    expect(output).toContain('no-such-program');
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('the process group is found behind the name of a program, whatever that is', () => {
  expect(groupIn('4711 (a) b (c) S 1 4242 4242 0 -1')).toBe(4242);
});

it.skipIf(process.platform === 'win32')('stop ends commands and what they have started', async () => {
  const started = performance.now();
  const run = runCommand({ command: ['sh', '-c', 'sleep 300 & echo $!; wait'] });
  await sleep(200);
  await stop();
  const { exitCode, output } = await run;
  expect(exitCode).not.toBe(0);
  expect(performance.now() - started).toBeLessThan(30_000);
  const sleeper = Number.parseInt(output ?? '', 10);
  expect(sleeper).toBeGreaterThan(0);
  // It is there until its parent has seen that it has ended.
  await expect.poll(() => alive(sleeper), { timeout: 10_000 }).toBe(false);
});
