import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { doctor, refuseUnwritable } from '../../src/commands/doctor.js';
import { EXIT, UsageError } from '../../src/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['there is no folder', join(folder, 'none', 'report.html'), `there is no folder ${join(folder, 'none')}`],
  ['it is a folder itself', folder, 'it is a folder'],
])('refuses a file for the report before the check-up: %s', async (_, file, why) => {
  const error = await doctor('203.0.113.7', { report: file, outsideOnly: true }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({
    message: `The report cannot be written to ${file}: ${why}.`,
    exitCode: EXIT.usage,
  });
});

it('a file that can be written is refused neither where it is new nor where it is there', async () => {
  await refuseUnwritable(join(folder, 'new.html'));
  writeFileSync(join(folder, 'old.html'), 'old');
  await refuseUnwritable(join(folder, 'old.html'));
});
