import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { fingerprint } from '../../src/steps/fingerprint.js';
import { hostname } from '../../src/steps/hostname.js';
import { user } from '../../src/steps/user.js';
import { liveProgress, plainProgress } from '../../src/ui/progress.js';

it('in plain lines, each step has one, and a failed one says so', () => {
  const lines: string[] = [];
  const progress = plainProgress(
    [hostname, user],
    (line) => lines.push(stripVTControlCharacters(line)),
    false,
  );
  progress.emit({ type: 'step-start', step: 'hostname', title: hostname.title });
  progress.stopping();
  progress.emit({ type: 'step-end', step: 'hostname', state: 'failed', seconds: 2 });
  expect(lines).toEqual([expect.stringMatching(new RegExp(`${hostname.title} \\(failed, 2\\.0 s\\)$`))]);
});

/** The last frame of the live list, as a terminal would be left with it. */
async function lastFrame(state: 'stopped' | 'failed'): Promise<string> {
  // listr2 draws its list only where this process has a terminal.
  const before = process.stdout.isTTY;
  process.stdout.isTTY = true;
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const progress = await liveProgress([hostname, user], stream as never);
  progress.emit({ type: 'step-start', step: 'hostname', title: hostname.title });
  await new Promise((resolve) => setTimeout(resolve, 50));
  progress.stopping();
  progress.emit({ type: 'step-end', step: 'hostname', state, seconds: 2 });
  await progress.finish();
  process.stdout.isTTY = before;
  return stripVTControlCharacters(chunks.join(''));
}

it('case 261: a step that was stopped on request is not shown as failed', async () => {
  const shown = await lastFrame('stopped');
  expect(shown).toContain(`- ${hostname.title} (stopped, 2.0 s)`);
  expect(shown).not.toMatch(/✖|failed/);
  expect(await lastFrame('failed')).toMatch(new RegExp(`✖.*${hostname.title} \\(failed, 2\\.0 s\\)`));
});

it('case 261: in plain lines, too', () => {
  const lines: string[] = [];
  const progress = plainProgress([hostname], (line) => lines.push(stripVTControlCharacters(line)), false);
  progress.emit({ type: 'step-end', step: 'hostname', state: 'stopped', seconds: 2 });
  expect(lines).toEqual([`- ${hostname.title} (stopped, 2.0 s)`]);
});

it('of a step that only compares it does not say that something was in place', () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(stripVTControlCharacters(line));
  const progress = plainProgress([hostname, fingerprint], write, false);
  for (const step of ['hostname', 'fingerprint'])
    progress.emit({ type: 'step-end', step, state: 'in-place', seconds: 0.3 });
  expect(lines).toEqual([
    expect.stringContaining(`${hostname.title} (in place, 0.3 s)`),
    expect.stringContaining('Compare the fingerprints (compared, 0.3 s)'),
  ]);
});
