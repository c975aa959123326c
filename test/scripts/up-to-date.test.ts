import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { findingsPage } from '../../scripts/findings-page.js';
import { withTable } from '../../scripts/settings-table.js';

it('the table of settings in the README is what the schema says (npm run settings-table)', async () => {
  const readme = await readFile('README.md', 'utf8');
  expect(withTable(readme)).toBe(readme);
});

it('docs/findings.md is what the catalogue says (npm run findings-page)', async () => {
  expect(findingsPage()).toBe(await readFile('docs/findings.md', 'utf8'));
});
