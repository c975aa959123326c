import { writeFile } from 'node:fs/promises';
import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { FailureSchema, ReportSchema } from '../src/doctor/report.js';
import { isNeeded } from '../src/settings/defaults.js';
import { SettingsSchema } from '../src/settings/schema.js';
import { SCHEMA_FILE } from '../src/settings/to-yaml.js';
import { type Group, isGroup, type Leaf, leavesOf, ROOT } from '../src/settings/tree.js';

/**
 * What editors complete broker.yaml with. Checks written as functions cannot be told in it and are left out:
 * it is a help while typing, complete() stays the judge.
 */
export function jsonSchema(): JsonSchema {
  const schema = toJsonSchema(SettingsSchema, {
    typeMode: 'input',
    ignoreActions: ['check', 'title', 'metadata'],
  });
  finish(schema, ROOT);
  return { ...schema, title: 'broker.yaml of broker-setup' };
}

/** Valibot knows no defaults that depend on other settings, so what is required is told from the tree. */
function finish(schema: JsonSchema, group: Group): void {
  tidy(schema);
  for (const alternative of (schema.oneOf ?? [schema]) as JsonSchema[]) {
    alternative.required = group.children.filter(needed).map((child) => nameOf(child));
    for (const child of group.children) {
      const inner = alternative.properties?.[nameOf(child)];
      if (typeof inner !== 'object') continue;
      if (isGroup(child)) finish(inner, child);
      else tidy(inner);
    }
  }
}

function tidy(schema: JsonSchema): void {
  if (schema.examples?.length === 0) delete schema.examples;
}

const nameOf = (node: Leaf | Group) => node.keys.at(-1) as string;
const needed = (node: Leaf | Group) => (isGroup(node) ? leavesOf(node).some(isNeeded) : isNeeded(node));

/** What `doctor --json` prints: a report, or why there is none. */
export function reportSchema(): JsonSchema {
  return toJsonSchema(v.union([ReportSchema, FailureSchema]), { typeMode: 'output' });
}

if (process.argv.includes('--write')) {
  const write = (file: string, schema: JsonSchema) =>
    writeFile(file, `${JSON.stringify(schema, undefined, 2)}\n`);
  await write(SCHEMA_FILE, jsonSchema());
  await write('doctor.schema.json', reportSchema());
}
