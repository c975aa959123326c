import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildReport } from '../../src/doctor/build.js';
import { checks } from '../../src/doctor/checks/index.js';
import { watch } from '../../src/doctor/checks/watch.js';
import { type Look, look } from '../../src/engine/look.js';
import type { Context, Step } from '../../src/engine/step.js';
import type { Host } from '../../src/host/host.js';
import { steps } from '../../src/steps/index.js';
import { doctorReport } from '../../src/ui/doctor-report.js';
import { preview } from '../../src/ui/preview.js';
import { planJson } from '../../src/ui/result-json.js';
import { base64 } from '../context.js';
import { contextWith } from '../recorded.js';
import { HOSTILE, RAW } from './hostile.js';
import { FULL } from './report-html/full-report.js';

const PARTS: readonly Step[] = [...steps, ...checks, watch('as-set')];
const EMQX = { kind: 'emqx', version: '5.8.9' } as const;
const CONTEXTS: readonly Context[] = [
  contextWith(),
  contextWith({ settings: { broker: EMQX, protocols: ['mqtt', 'coap'] } }),
  contextWith({ settings: { broker: { ...EMQX, version: '4.4.19' }, exposure: 'guide' } }),
];

/** What real servers have answered. */
function recordings({ id }: Step): string[] {
  const folder = `test/fixtures/${id}`;
  const names = readdirSync('test/fixtures').includes(id) ? readdirSync(folder) : [];
  return ['', ...names.map((name) => readFileSync(`${folder}/${name}`, 'utf8'))];
}

/** A server that answers each part with this. */
function server(answers: ReadonlyMap<string, string>): Host {
  const run = async ({ script }: { script: { run: string } }) => {
    const mark = /[0-9a-f]{16}/.exec(script.run)?.[0] ?? '';
    const frames = [...answers].map(([id, text]) => `\n${mark} begin ${id}\n${text}\n${mark} end ${id} 0\n`);
    const forged = `\n${mark.replace(/./g, '0')} begin hostname\nnow=evil\n${HOSTILE}`;
    return { code: 0, stdout: `${forged}${frames.join('')}`, stderr: HOSTILE };
  };
  return { name: 'h', address: '192.0.2.1', user: 'root', run, close: async () => {} };
}

/** All that is shown of a look. */
function shown(looks: readonly Look[], context: Context): string {
  const mending = { command: 'doctor --fix', fix: true };
  const report = buildReport({ context, looks, proofs: [], mending, inside: true });
  return [
    preview(looks, { diffs: true, commands: true }),
    doctorReport(report),
    planJson(context.settings, looks),
  ].join('\n');
}

const nasty = fc.oneof(
  fc.constantFrom(
    HOSTILE,
    base64(HOSTILE),
    base64('a\n'.repeat(3000)),
    '',
    '-1',
    '1e999',
    'NaN',
    '99999999999',
  ),
  fc.constantFrom('x'.repeat(100_000), ','.repeat(20_000), ' 8883'.repeat(5000), '%h%u', '::1%', '../../x'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** An answer that was tampered with: values replaced, lines added, cut, turned into other bytes. */
const tampered = (text: string): fc.Arbitrary<string> => {
  const lines = text.split('\n');
  const at = fc.nat({ max: lines.length });
  const change = fc.tuple(at, nasty, fc.constantFrom('value', 'word', 'line', 'drop', 'prefix'));
  return fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) =>
    changes
      .reduce((now, [index, value, how]) => {
        const line = now[index] ?? '';
        const made = {
          value: line.replace(/=.*/, () => `=${value}`),
          word: line.replace(/\S+$/, () => value),
          line: `${line}\n${value}`,
          drop: '',
          prefix: `${value}${line}`,
        }[how];
        return now.with(Math.min(index, now.length - 1), made);
      }, lines)
      .join('\n'),
  );
};

describe('whatever a server answers', { timeout: 60_000 }, () => {
  it.each(PARTS.map((part) => [part.id, part] as const))('%s shows nothing raw of it', async (id, part) => {
    const answer = fc
      .constantFrom(...recordings(part))
      .chain((text) => fc.oneof(tampered(text), fc.constant(text)));
    await fc.assert(
      fc.asyncProperty(answer, fc.constantFrom(...CONTEXTS), async (text, context) => {
        const begun = performance.now();
        const looks = await look(server(new Map([[id, text]])), [part], context);
        expect(shown(looks, context)).not.toMatch(RAW);
        expect(performance.now() - begun).toBeLessThan(15_000);
      }),
      { numRuns: 30 },
    );
  });
});

it('a report shows nothing raw, whatever stands in it', () => {
  const poisoned = <T>(value: T): T => {
    if (Array.isArray(value)) return value.map(poisoned) as T;
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, own]: [string, unknown]) => [
      key,
      typeof own === 'string' && !['id', 'group', 'title', 'state', 'root', 'at', 'since'].includes(key)
        ? `${own} ${HOSTILE}`
        : poisoned(own),
    ]);
    return Object.fromEntries(entries) as T;
  };
  expect(doctorReport(poisoned(FULL))).not.toMatch(RAW);
});
