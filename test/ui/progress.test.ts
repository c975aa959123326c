import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { hostname } from '../../src/steps/hostname.js';
import { user } from '../../src/steps/user.js';
import { plainProgress } from '../../src/ui/progress.js';

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
