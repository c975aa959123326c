import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { onInterrupt } from '../../src/session/interrupt.js';

const source = (path: string) => new URL(`../../src/${path}`, import.meta.url).href;

interface How {
  times?: number;
  again?: 'leave' | 'wait';
  name?: NodeJS.Signals;
  /** What the process waits for, which knows nothing of signals: a change, or anything else. */
  waitsFor?: 'change' | 'answer';
}

/** A process that is being run, and gets the signal so many times. */
async function signalled({ times = 1, again = 'leave', name = 'SIGINT', waitsFor = 'change' }: How) {
  const program = `
    import { onInterrupt } from '${source('session/interrupt.ts')}';
    import { atWork } from '${source('engine/at-work.ts')}';
    const { signal } = onInterrupt((text) => console.log(text.trim()), '${again}');
    const wait = () => new Promise((resolve) => setTimeout(resolve, 4000));
    // What was done is told after a change, which may take a moment.
    const end = () => setTimeout(() => process.exit(signal.aborted ? 7 : 8), 1000);
    ${waitsFor === 'change' ? 'atWork(wait)' : 'wait()'}.then(end);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
  const closed = new Promise((resolve) => child.once('close', resolve));
  let said = '';
  const heard = (chunk: unknown) => {
    said += String(chunk);
  };
  child.stdout.on('data', heard);
  child.stderr.on('data', heard);
  await expect.poll(() => said, { timeout: 20_000 }).toContain('ready');
  for (let count = 0; count < times; count += 1) {
    const before = said;
    child.kill(name);
    await expect.poll(() => said, { timeout: 5000 }).not.toBe(before);
  }
  return { code: await closed, said };
}

describe('Ctrl-C', { timeout: 40_000 }, () => {
  it('twice leaves at once with 130, and says what goes on without it', async () => {
    const { code, said } = await signalled({ times: 2 });
    expect(code).toBe(130);
    expect(said).toMatch(/Stopping after the change under way\. .*\n[\s\S]*Left\. /);
    expect(said.replace(/\n/g, ' ')).toContain('taken back within two minutes unless it was proved.');
  });

  it('twice does not leave what nobody else would clean up', async () => {
    const { code, said } = await signalled({ times: 2, again: 'wait' });
    expect([code, said]).toEqual([7, 'ready\nStopping and cleaning up ...\nStill cleaning up ...\n']);
  });

  it('once waits for the end of a change', async () => {
    expect(await signalled({})).toMatchObject({
      code: 7,
      said: expect.stringContaining('Press Ctrl-C again'),
    });
  });

  it.each<[string, How]>([
    ['Ctrl-C, where nothing is being changed', { waitsFor: 'answer' }],
    ['SIGTERM, which nobody sends twice', { name: 'SIGTERM' }],
    ['SIGHUP, as the terminal is gone', { name: 'SIGHUP' }],
  ])('case 174: a wait that knows nothing of signals ends after %s', async (_, how) => {
    const { code, said } = await signalled(how);
    expect(code).toBe(130);
    expect(said).toContain('Left. ');
  });

  it('is the process’s own again afterwards', () => {
    const before = process.listenerCount('SIGINT');
    const interrupt = onInterrupt(() => undefined);
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    interrupt.stop();
    expect([process.listenerCount('SIGINT'), interrupt.signal.aborted]).toEqual([before, false]);
  });
});
