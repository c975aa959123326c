import { Ajv, type AnySchema } from 'ajv';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../scripts/json-schema.js';
import { settingsTable, withTable } from '../../scripts/settings-table.js';
import { LEAVES } from '../../src/settings/tree.js';

const validate = new Ajv({ strict: true, allErrors: true, formats: { date: v.ISO_DATE_REGEX } }).compile(
  jsonSchema() as AnySchema,
);
const least = { server: '203.0.113.7', domain: 'mqtt.example.org', certificate: { agree_terms: true } };

describe('the JSON Schema', () => {
  it('asks for what a person has to give, and for no more', () => {
    expect(validate(least), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({})).toBe(false);
    expect(validate.errors?.map((error) => error.params.missingProperty)).toEqual([
      'server',
      'domain',
      'certificate',
    ]);
  });

  it.each([
    [{ ...least, domain: 'MQTT' }],
    [{ ...least, emial: 'x' }],
    [{ ...least, user: { name: 'Root!' } }],
    [{ ...least, login: { port: 0 } }],
    [{ ...least, reboot: true }],
    [{ ...least, certificate: { agree_terms: false } }],
    [{ ...least, broker: { kind: 'rabbit' } }],
    [{ ...least, accept: ['ufw.docker'] }],
    [{ ...least, accept: [{ id: 'ufw.docker' }] }],
    [{ ...least, accept: [{ id: 'ufw.docker', resaon: 'x', reason: 'x' }] }],
    [{ ...least, accept: [{ id: 'ufw.docker', reason: 'x', until: '1.3.2027' }] }],
    [{ ...least, watch: { ntfy: 'ntfy.sh/my-topic' } }],
  ])('refuses %j', (draft) => {
    expect(validate(draft)).toBe(false);
  });

  it('tells default and explanation of each setting', () => {
    const text = JSON.stringify(jsonSchema());
    for (const { description, fallback, fields } of LEAVES) {
      for (const one of [description, ...fields.map((field) => field.description)])
        expect(text).toContain(JSON.stringify(one));
      if (fallback !== undefined) expect(text).toContain(`"default":${JSON.stringify(fallback)}`);
    }
  });
});

describe('the table of settings', () => {
  it('has a row for each setting, with its flag', () => {
    const rows = settingsTable().split('\n').slice(2);
    expect(rows).toHaveLength(LEAVES.length);
    expect(rows[0]).toBe('| `version` | `1` | `1` | Version of this file format. |');
    expect(rows.find((row) => row.includes('`domain`'))).toContain(
      '`domain`<br>`--domain` | text, e.g. `mqtt.example.org` | **must be given** |',
    );
  });

  it('tells what each entry of a list of blocks holds', () => {
    const row = settingsTable()
      .split('\n')
      .find((line) => line.includes('`accept`'));
    expect(row).toContain('| list of blocks: `id`, `reason`, `until` | none | Findings of');
    expect(row).toContain('<br>`reason`: Why it may stay, in one line.<br>');
  });

  it('stands between its marks, however often it is put there', () => {
    const once = withTable('a\n<!-- settings -->old<!-- settings -->\nb');
    expect(once.startsWith('a\n<!-- settings -->\n| Setting |')).toBe(true);
    expect(withTable(once)).toBe(once);
    expect(() => withTable('no marks')).toThrow('twice');
  });
});
