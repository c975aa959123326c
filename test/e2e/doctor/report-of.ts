import { Ajv, type AnySchema } from 'ajv';
import { expect } from 'vitest';
import { reportSchema } from '../../../scripts/json-schema.js';
import type { Report } from '../../../src/doctor/report.js';
import type { Output } from '../ground.js';

const validate = new Ajv({ strict: false, allErrors: true }).compile(reportSchema() as AnySchema);

/** What `doctor --json` printed; it must satisfy the JSON Schema. */
export function reportOf({ stdout, stderr }: Output): Report {
  expect(stdout, stderr).toContain('"findings"');
  const report = JSON.parse(stdout) as Report;
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  return report;
}

/** Ids of what is not as it should be, each once. */
export const idsOf = ({ findings }: Report): string[] => ids(findings.filter(({ state }) => state !== 'ok'));

/** Ids of lines in one state. */
export const idsIn = ({ findings }: Report, wanted: Report['findings'][number]['state']): string[] =>
  ids(findings.filter(({ state, accepted }) => state === wanted && accepted === undefined));

const ids = (findings: Report['findings']): string[] => [...new Set(findings.map(({ id }) => id))].sort();
