import { spawnSync } from 'node:child_process';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { watch } from '../../../src/doctor/checks/watch.js';
import { toShell } from '../../../src/engine/apply.js';
import type { Finding } from '../../../src/engine/step.js';
import { preview } from '../../../src/ui/preview.js';
import { watchConf } from '../../../src/watch/conf.js';
import { WATCH } from '../../../src/watch/paths.js';
import { watchScript } from '../../../src/watch/script.js';
import { watchService, watchTimer } from '../../../src/watch/units.js';
import { answering, base64 } from '../../context.js';
import { probed, type Recorded, withFile } from '../../facts.js';
import { contextWith, recorded, seen, spoiled, withContent } from '../../recorded.js';

const HOOK = 'https://chat.example.org/hooks/a-secret';
const TOPIC = 'https://ntfy.example.org/a-topic';
const nobody = contextWith();
const context = contextWith({ settings: { watch: { webhook: HOOK, ntfy: TOPIC } } });
const mail = contextWith({ settings: { watch: { mail: 'you@example.org' } } });

const untouched = recorded('watch', 'bookworm-untouched');
/** Installed on a real server; the files as the templates make them today, and a run on the day of the tests. */
const complete = installed(recorded('watch', 'bookworm-complete'));

function installed(output: Recorded): Recorded {
  const { broker, settings } = context;
  const files: [string, string][] = [
    [WATCH.script, watchScript(broker, settings)],
    [WATCH.conf, watchConf(settings).reveal()],
    [WATCH.serviceFile, watchService(broker, settings)],
    [WATCH.timerFile, watchTimer()],
  ];
  const filled = files.reduce((before, [path, content]) => withContent(before, path, content), output);
  return ran(filled, '2026-11-23T07:30:00Z ok');
}

function ran({ recording }: Recorded, last: string | undefined): Recorded {
  return probed(withFile(recording, WATCH.last, last === undefined ? undefined : { content: `${last}\n` }));
}
const without = ({ recording }: Recorded, name: string): Recorded =>
  probed(answering(recording, name, undefined));
const found = (output: Recorded, wanted: Parameters<typeof watch>[0], other = context): Finding | undefined =>
  watch(wanted).see(output, other).findings[0];

describe('as set', () => {
  const step = watch('as-set');
  it.each([
    ['nobody is named and nothing is there', untouched, nobody, []],
    ['somebody is named and nothing is there', untouched, context, ['watch.settings change']],
    ['all is in place', complete, context, []],
    ['nobody is named any more', complete, nobody, ['watch.nobody stop']],
    [
      'another is named',
      complete,
      contextWith({ settings: { watch: { webhook: `${HOOK}2` } } }),
      ['watch.settings change'],
    ],
    ['curl is gone', without(complete, 'curl'), context, ['watch.settings change']],
    [
      'everybody could read the addresses',
      spoiled(complete, `file 0600 root:root ${WATCH.conf}`, `file 0644 root:root ${WATCH.conf}`),
      context,
      ['watch.settings change'],
    ],
    [
      'the script is not what it was',
      spoiled(complete, `file 0755 root:root ${WATCH.script}`, `file 0755 you:you ${WATCH.script}`),
      context,
      ['watch.settings change'],
    ],
    [
      'the timer is off',
      spoiled(complete, 'ActiveState=active', 'ActiveState=inactive'),
      context,
      ['watch.timer change'],
    ],
    [
      'the timer is off after a restart',
      spoiled(complete, 'UnitFileState=enabled', 'UnitFileState=disabled'),
      context,
      ['watch.timer change'],
    ],
    [
      'a message was not delivered',
      ran(complete, '2026-11-23T07:30:00Z FAILED: The message to ntfy was not delivered: no.'),
      context,
      ['watch.last-run stop'],
    ],
    ['it was ended', spoiled(complete, 'Result=success', 'Result=timeout'), context, ['watch.last-run stop']],
    ['it never ended', ran(complete, undefined), context, ['watch.last-run stop']],
    ['it ran days ago', ran(complete, '2026-11-21T11:00:00Z ok'), context, ['watch.last-run stop']],
    ['there is no program for mail', without(untouched, 'sendmail'), mail, ['watch.mail stop']],
    [
      'there is one',
      probed(answering(untouched.recording, 'sendmail', 'present')),
      mail,
      ['watch.settings change'],
    ],
  ])('%s', (_, output, settings, expected) => {
    expect(seen(step, output, settings)).toEqual(expected);
  });

  it('cannot be checked where the server did not answer to the end', () => {
    expect(() => step.see(without(complete, 'looked'), context)).toThrow('did not tell');
  });

  it('says what was not delivered', () => {
    const output = ran(complete, '2026-11-23T07:30:00Z FAILED: The message to ntfy was not delivered: no.');
    expect(found(output, 'as-set')?.summary).toBe(
      'The daily watch does not get through: The message to ntfy was not delivered: no.',
    );
  });
});

describe('present', () => {
  it.each([
    ['nobody is named', untouched, nobody, ['watch.nobody stop']],
    ['nothing is there', untouched, context, ['watch.settings change']],
    ['all is in place', complete, context, []],
    [
      'a message was not delivered',
      ran(complete, '2026-11-23T07:30:00Z FAILED: no.'),
      context,
      ['watch.last-run change'],
    ],
  ])('%s', (_, output, settings, expected) => {
    expect(seen(watch('present'), output, settings)).toEqual(expected);
  });

  it('says what to write where nobody is named, and how to be rid of it', () => {
    expect(found(untouched, 'present', nobody)?.hint).toContain('watch: { ntfy: https://ntfy.sh/');
    expect(found(untouched, 'present', nobody)?.hint).not.toContain('--remove-watch');
    expect(found(complete, 'present', nobody)?.hint).toContain('--remove-watch');
  });

  it('writes what differs, or all of it where only curl is missing', () => {
    const paths = (output: Recorded) => {
      const change = found(output, 'present')?.change;
      return change?.kind === 'write' ? change.files.map(({ path }) => path) : [];
    };
    expect(paths(untouched)).toEqual([WATCH.script, WATCH.serviceFile, WATCH.timerFile, WATCH.conf]);
    expect(
      paths(
        spoiled(complete, `@@ file 0600 root:root ${WATCH.conf}`, `@@ file 0644 root:root ${WATCH.conf}`),
      ),
    ).toEqual([WATCH.conf]);
    expect(paths(without(complete, 'curl'))).toHaveLength(4);
  });
});

describe('absent', () => {
  it('removes what is there, and finds nothing where nothing is', () => {
    expect(seen(watch('absent'), untouched, context)).toEqual([]);
    expect(seen(watch('absent'), complete, context)).toEqual(['watch.settings change']);
    expect(seen(watch('absent'), complete, nobody)).toEqual(['watch.settings change']);
  });
});

describe('the addresses', () => {
  const other = contextWith({ settings: { watch: { webhook: `${HOOK}2`, mail: 'you@example.org' } } });
  const step = watch('present');
  const output = probed(answering(complete.recording, 'sendmail', 'present'));
  const { findings } = step.see(output, other);

  it('are never shown, neither the new ones nor the old', () => {
    const look = { step, findings, facts: [], inventory: {}, unknown: undefined };
    const shown = [
      preview([look], { diffs: true, commands: true }),
      JSON.stringify(findings),
      inspect(findings, { depth: 9 }),
    ];
    const change = findings[0]?.change;
    if (change?.kind === 'write')
      shown.push(toShell(change).show, change.activate?.run ?? '', change.fallback?.run ?? '');
    expect(shown).toHaveLength(6);
    for (const text of shown) expect(text).not.toMatch(/a-secret|a-topic/);
    expect(shown[0]).toContain('-ntfy=<secret>');
    expect(shown[0]).toContain('+mail=you@example.org');
  });

  it('reach the server', () => {
    const change = findings[0]?.change;
    expect(change?.kind === 'write' ? toShell(change).run : '').toContain(
      base64(watchConf(other.settings).reveal()),
    );
  });
});

it.each(['present', 'absent'] as const)('%s is shell that a shell can read', (wanted) => {
  const output = wanted === 'present' ? untouched : complete;
  const change = found(output, wanted)?.change;
  if (change?.kind !== 'write' && change?.kind !== 'run') throw new Error('no change');
  const scripts = [
    toShell(change).run,
    ...(change.kind === 'write' ? [change.activate?.run, change.fallback?.run] : []),
  ];
  for (const input of scripts) expect(spawnSync('sh', ['-n'], { input: input ?? '' }).status).toBe(0);
});

it('case 262: a watch that is not installed is not called in place', () => {
  expect(watch('as-set').see(untouched, nobody).absent).toBe('not installed');
  expect(watch('as-set').see(complete, context).absent).toBeUndefined();
  // With a finding that says more, the finding counts.
  expect(watch('as-set').see(untouched, context).absent).toBeUndefined();
});
