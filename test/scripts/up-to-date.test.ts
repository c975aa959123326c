import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { failureCasesPage } from '../../scripts/failure-cases-page.js';
import { findingsPage } from '../../scripts/findings-page.js';
import { withTables } from '../../scripts/hardening-page.js';
import { withLayers } from '../../scripts/layers-page.js';
import { withTable } from '../../scripts/settings-table.js';

it('the table of settings in the README is what the schema says (npm run settings-table)', async () => {
  const readme = await readFile('README.md', 'utf8');
  expect(withTable(readme)).toBe(readme);
});

it('docs/findings.md is what the catalogue says (npm run findings-page)', async () => {
  expect(findingsPage()).toBe(await readFile('docs/findings.md', 'utf8'));
});

it('docs/failure-cases.md is what the cases and the titles of tests say (npm run failure-cases-page)', async () => {
  expect(await readFile('docs/failure-cases.md', 'utf8')).toBe(await failureCasesPage());
});

it('docs/hardening.md is what src/steps/hardening says (npm run hardening-page)', async () => {
  const page = await readFile('docs/hardening.md', 'utf8');
  expect(withTables(page)).toBe(page);
});

it('docs/architecture.md is what scripts/layers.json and the imports say (npm run layers-page)', async () => {
  const page = await readFile('docs/architecture.md', 'utf8');
  expect(await withLayers(page)).toBe(page);
});
