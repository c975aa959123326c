import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CATALOGUE } from '../../src/catalogue/index.js';
import { complete } from '../../src/settings/complete.js';
import { readConfig } from '../../src/settings/config-file.js';
import { requireSettings } from '../../src/settings/load.js';
import { saveConfig, toYamlLike } from '../../src/settings/save.js';
import { toYaml } from '../../src/settings/to-yaml.js';
import { settingsWith } from './any-settings.js';

const docker = { id: 'ufw.docker', reason: 'The gallery runs in Docker on purpose.', until: '2027-03-01' };
const port = { id: 'conf-edits.port-8883', reason: 'No device uses it.' };

const problemsOf = (...accept: unknown[]) => {
  const { accept: _, ...others } = settingsWith();
  const completed = complete({ ...others, accept });
  return completed.settings ? [] : completed.problems;
};

describe('accept', () => {
  it('takes entries with and without a last day', () => {
    expect(settingsWith({ accept: [docker, port] }).accept).toEqual([docker, port]);
    expect(settingsWith({ accept: [{ ...port, until: null }] }).accept).toEqual([port]);
    expect(settingsWith({ accept: null }).accept).toEqual([]);
  });

  const ids = Object.keys(CATALOGUE).map((id) => id.replaceAll('*', '8883'));
  it.each([...ids, 'a.b.c'])('takes the id %s', (id) => {
    expect(problemsOf({ id, reason: 'x' })).toEqual([]);
  });

  it.each(['2027-02-28', '2028-02-29', '2027-12-31'])('takes the day %s', (until) => {
    expect(problemsOf({ ...docker, until })).toEqual([]);
  });

  const where = 'accept, entry 1 (ufw.docker)';
  it.each([
    ['ufw.docker', 'accept, entry 1 is "ufw.docker", but must be a block of settings: id, reason, until.'],
    [null, 'accept, entry 1 is null, but must be a block of settings: id, reason, until.'],
    [[docker], 'accept, entry 1 is a list, but must be a block of settings: id, reason, until.'],
    [{ reason: 'x' }, 'accept, entry 1: id is missing: write "id: ufw.docker" into it.'],
    [
      { id: 'ufw.docker', reason: null },
      `${where}: reason is missing: write "reason: The gallery runs in Docker on purpose." into it.`,
    ],
    [
      { ...docker, id: 'docker' },
      'accept, entry 1: id is "docker", but must be the name of a finding as doctor shows it, such as update.reboot.',
    ],
    [{ ...docker, id: '-x.y' }, 'accept, entry 1: id is "-x.y", but must be the name of a finding'],
    [{ ...docker, id: 1.5 }, 'accept, entry 1: id is 1.5, but must be text: put it in quotes, "1.5".'],
    [{ ...docker, reason: '' }, `${where}: reason is "", but must not be empty.`],
    [{ ...docker, reason: '  ' }, `${where}: reason is "  ", but must not be empty.`],
    [{ ...docker, reason: 'a\nb' }, `${where}: reason is "a\\u000ab", but must be one line, without control`],
    [
      { ...docker, reason: 'a\u202eb' },
      `${where}: reason is "a\\u202eb", but must be one line, without control`,
    ],
    [{ ...docker, reason: 'x'.repeat(201) }, 'but must be one line of at most 200 characters.'],
    [{ ...docker, reason: 5 }, `${where}: reason is 5, but must be text: put it in quotes, "5".`],
    [{ ...docker, reason: ['x'] }, `${where}: reason is a list, but must be text.`],
    [
      { ...docker, until: '2027-02-30' },
      `${where}: until is "2027-02-30", but must be a date that exists: this month has no such day.`,
    ],
    [{ ...docker, until: '2027-02-29' }, 'but must be a date that exists: this month has no such day.'],
    [
      { ...docker, until: '1.3.2027' },
      `${where}: until is "1.3.2027", but must be a date of the form YYYY-MM-DD, such as 2027-03-01.`,
    ],
    [{ ...docker, until: '2027-13-01' }, 'but must be a date of the form YYYY-MM-DD'],
    [{ ...docker, until: '2027-03-01T00:00:00Z' }, 'but must be a date of the form YYYY-MM-DD'],
    [
      { ...docker, until: 2027 },
      `${where}: until is 2027, but must be text, and must be a date of the form YYYY-MM-DD`,
    ],
    [{ ...docker, utnil: null }, `${where}: "utnil" is no setting; did you mean until?`],
    [JSON.parse('{"id":"a.b","reason":"x","__proto__":{}}'), 'entry 1 (a.b): "__proto__" is no setting'],
  ])('refuses %j', (entry, expected) => {
    expect(problemsOf(entry)).toEqual([expect.stringContaining(expected)]);
  });

  it.each([['ufw.docker'], [{ id: 'a.b', reason: 'x' }], [true]])('is a list, not %j', (accept) => {
    const completed = complete({ ...settingsWith(), accept });
    expect(completed).toEqual({
      missing: [],
      problems: [
        expect.stringMatching(
          /^accept is .*, but must be a list of blocks, each with id, reason and, if you like, until\.$/,
        ),
      ],
    });
  });

  it('names doubles and all else that is wrong in one go', () => {
    expect(
      problemsOf(docker, port, { ...docker, reason: 7 }, { id: port.id, until: 'x', because: 'x' }),
    ).toEqual([
      expect.stringContaining('accept, entry 3 (ufw.docker): reason is 7'),
      'accept, entry 3 (ufw.docker): entry 1 names the same already; leave one of them out.',
      'accept, entry 4 (conf-edits.port-8883): "because" is no setting.',
      expect.stringContaining('accept, entry 4 (conf-edits.port-8883): reason is missing'),
      expect.stringContaining('accept, entry 4 (conf-edits.port-8883): until is "x"'),
      'accept, entry 4 (conf-edits.port-8883): entry 2 names the same already; leave one of them out.',
    ]);
  });
});

describe('accept in broker.yaml', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'settings-'));
    file = join(directory, 'broker.yaml');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is an example, commented out and right, while it is not used', () => {
    const text = toYaml(settingsWith());
    const example = /^# accept:\n(?:# {3}.*\n)+/m.exec(text)?.[0] ?? '';
    expect(parse(example.replace(/^# /gm, ''))).toEqual({ accept: [docker] });
    expect(parse(text)).not.toHaveProperty('accept');
  });

  it('is written as people write it', () => {
    expect(toYaml(settingsWith({ accept: [docker, port] }))).toContain(
      [
        '# if you like, the last day on which that counts.',
        'accept:',
        '  - id: ufw.docker',
        '    reason: The gallery runs in Docker on purpose.',
        '    until: 2027-03-01',
        '  - id: conf-edits.port-8883',
        '    reason: No device uses it.',
        '',
        '',
      ].join('\n'),
    );
  });

  const head =
    'server: 203.0.113.7\ndomain: mqtt.example.org\nbroker: { kind: mosquitto }\ncertificate: { agree_terms: true }\n';
  const mine = [
    'accept:',
    '  # the gallery',
    '  - reason: "The gallery runs in Docker on purpose."   # ask Ada',
    '    id: ufw.docker',
    '    until: 2027-03-01',
    '  # unused',
    '  - { id: conf-edits.port-8883, reason: No device uses it., until: }',
    '',
  ].join('\n');

  it('stays as it was typed, comments and all, where it says the same', async () => {
    await writeFile(file, head + mine);
    const settings = requireSettings(await readConfig(file));
    expect(settings.accept).toEqual([docker, port]);
    expect(await saveConfig(file, settings, undefined)).toBe(false);
    expect(await saveConfig(file, { ...settings, reboot: 'yes' }, undefined)).toBe(true);
    const after = await readFile(file, 'utf8');
    expect(after).toContain(
      '  # the gallery\n  - reason: "The gallery runs in Docker on purpose." # ask Ada\n',
    );
    expect(after).toContain(
      '  # unused\n  - { id: conf-edits.port-8883, reason: No device uses it., until: }\n',
    );
  });

  it('keeps the comments of the entries that stay', async () => {
    const more = { id: 'tls.8883', reason: 'Behind a proxy.' };
    const settings = settingsWith({ accept: [more, port] });
    const after = await toYamlLike(head + mine, settings, file);
    expect(after).toContain('  # unused\n  - { id: conf-edits.port-8883');
    expect(after).toContain('  - id: tls.8883\n    reason: Behind a proxy.\n');
    expect(requireSettings(parse(after))).toEqual(settings);
  });

  it.each(['', 'accept:\n', 'accept: []\n'])('is added in block style to %j', async (before) => {
    const after = await toYamlLike(head + before, settingsWith({ accept: [port] }), file);
    expect(after).toContain('accept:\n  - id: conf-edits.port-8883\n    reason: No device uses it.\n');
  });

  it('can be emptied', async () => {
    expect(parse(await toYamlLike(head + mine, settingsWith(), file))).toMatchObject({ accept: [] });
  });
});
