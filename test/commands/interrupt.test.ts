import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { onInterrupt } from '../../src/commands/interrupt.js';

/** A process that is being run, and gets the signal so many times. */
async function signalled(times: number, again: 'leave' | 'wait') {
  const program = `
    import { onInterrupt } from '${new URL('../../src/commands/interrupt.ts', import.meta.url).href}';
    const { signal } = onInterrupt((text) => console.log(text.trim()), '${again}');
    setTimeout(() => process.exit(signal.aborted ? 7 : 8), 3000);
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
    child.kill('SIGINT');
    await expect.poll(() => said, { timeout: 5000 }).not.toBe(before);
  }
  return { code: await closed, said };
}

describe('Ctrl-C', { timeout: 40_000 }, () => {
  it('twice leaves at once with 130, and says what goes on without it', async () => {
    const { code, said } = await signalled(2, 'leave');
    expect(code).toBe(130);
    expect(said).toMatch(/Stopping after the change under way\. .*\n[\s\S]*Left\. /);
    expect(said.replace(/\n/g, ' ')).toContain('taken back within two minutes unless it was proved.');
  });

  it('twice does not leave what nobody else would clean up', async () => {
    const { code, said } = await signalled(2, 'wait');
    expect([code, said]).toEqual([7, 'ready\nStopping and cleaning up ...\nStill cleaning up ...\n']);
  });

  it('is the process’s own again afterwards', () => {
    const before = process.listenerCount('SIGINT');
    const interrupt = onInterrupt(() => undefined);
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    interrupt.stop();
    expect([process.listenerCount('SIGINT'), interrupt.signal.aborted]).toEqual([before, false]);
  });
});
