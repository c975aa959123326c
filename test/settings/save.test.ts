import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonSchema } from '../../scripts/json-schema.js';
import { complete } from '../../src/settings/complete.js';
import { readConfig } from '../../src/settings/config-file.js';
import { requireSettings } from '../../src/settings/load.js';
import { checkWritable, saveAnswers, saveConfig, toYamlLike } from '../../src/settings/save.js';
import { toYaml } from '../../src/settings/to-yaml.js';
import { LEAVES } from '../../src/settings/tree.js';
import { anySettings, settingsWith } from './any-settings.js';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'settings-'));
  file = join(directory, 'broker.yaml');
});
afterEach(() => rm(directory, { recursive: true }));

describe('toYaml', () => {
  it('explains every setting, in at most 78 columns', () => {
    const text = toYaml(settingsWith());
    const plain = text.replace(/\n *(?:# +)*/g, ' ').replace(/\s+/g, ' ');
    for (const { description, fields } of LEAVES)
      for (const one of [description, ...fields.map((field) => field.description)])
        expect(plain).toContain(one);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(78);
  });

  it('says nothing of a dashboard where the broker has none', () => {
    const of = (broker: object) => parse(toYaml(settingsWith({ broker }))) as { dashboard?: string };
    expect(of({ kind: 'mosquitto' }).dashboard).toBeUndefined();
    expect(of({ kind: 'emqx', version: '4.4.19' }).dashboard).toBe('public');
  });

  it('is what people can edit: unused settings are commented out where they belong', () => {
    const text = toYaml(settingsWith());
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./broker.schema.json');
    expect(text).toMatch(
      /\nkey:\n {2}# The SSH key[\s\S]*\n {2}file: ~\/\.ssh\/broker-setup_mqtt\n[\s\S]*\n {2}# alias: mqtt\n/,
    );
    expect(text).toContain('\n# login:\n#   # The user that your provider');
    const uncommented = text.replace('# login:', 'login:').replace(/^# {3}user: root$/m, '  user: root');
    expect(complete(parse(uncommented)).settings?.login).toEqual({ user: 'root' });
  });

  it('comes back as the same settings, and fits the JSON Schema', async () => {
    const validate = new Ajv({
      strict: true,
      allErrors: true,
      formats: { date: v.ISO_DATE_REGEX },
    }).compile(jsonSchema() as AnySchema);
    await fc.assert(
      fc.asyncProperty(anySettings, async (settings) => {
        await writeFile(file, toYaml(settings));
        const read = await readConfig(file);
        expect(validate(read), JSON.stringify(validate.errors)).toBe(true);
        expect(requireSettings(read)).toEqual(settings);
      }),
      { numRuns: 200 },
    );
  });
});

describe('toYamlLike', () => {
  const mine = [
    '# my broker',
    'reboot: ask   # hm',
    'server: 203.0.113.7',
    '',
    '# the lab asked for it',
    'domain: "mqtt.example.org"',
    'broker: { kind: mosquitto }',
    'certificate: { agree_terms: true }',
    '',
  ].join('\n');

  it('leaves a file alone that says the same already', async () => {
    expect(await toYamlLike(mine, settingsWith(), file)).toBe(mine);
  });

  it('changes what differs and nothing else', async () => {
    const after = await toYamlLike(mine, settingsWith({ server: 'lab', domain: 'iot.example.org' }), file);
    expect(after).toBe(
      mine
        .replace('server: 203.0.113.7', 'server: lab')
        .replace('"mqtt.example.org"', '"iot.example.org"')
        .replace('ask   # hm', 'ask # hm'),
    );
  });

  it('adds with an explanation, removes, fills an empty block, keeps line ends', async () => {
    const before = `${mine}login:\nkey:\n  alias: old\n`.replaceAll('\n', '\r\n');
    const after = await toYamlLike(before, settingsWith({ login: { port: 2222 }, exposure: 'guide' }), file);
    expect(after).toContain('login:\r\n  # Port of the SSH server.');
    expect(after).toContain('  port: 2222\r\n');
    expect(after).toMatch(/# Ports open to the world\.[\s\S]*\r\nexposure: guide/);
    expect(after).not.toContain('alias');
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('ends with the wanted settings, whatever was there', async () => {
    await fc.assert(
      fc.asyncProperty(anySettings, anySettings, async (was, wanted) => {
        const after = await toYamlLike(toYaml(was), wanted, file);
        expect(requireSettings(parse(after))).toEqual(wanted);
        expect(await toYamlLike(after, wanted, file)).toBe(after);
      }),
      { numRuns: 100 },
    );
  });
});

describe('saveConfig', () => {
  it('writes a new file for its owner alone, with the schema beside it', async () => {
    const schema = join(directory, 'packaged.json');
    await writeFile(schema, '{}');
    expect(await saveConfig(file, settingsWith(), schema)).toBe(true);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(directory)).sort()).toEqual(['broker.schema.json', 'broker.yaml', 'packaged.json']);
    expect(await saveConfig(file, settingsWith(), schema)).toBe(false);
  });

  it('changes the file behind a link, not the link', async () => {
    const real = join(directory, 'real.yaml');
    await writeFile(real, toYaml(settingsWith()));
    await symlink(real, file);
    expect(await saveConfig(file, settingsWith({ reboot: 'yes' }), undefined)).toBe(true);
    expect(await readFile(real, 'utf8')).toContain('reboot: yes');
    expect(await readFile(file, 'utf8')).toContain('reboot: yes');
  });

  it('case 253: answers so far are kept, each in its place, and the rest is filled in', async () => {
    const settings = settingsWith({ device: { name: 'device-1' } });
    await saveAnswers(file, { server: 'lab' }, undefined);
    await saveAnswers(file, { server: 'lab', user: { name: 'researcher' } }, undefined);
    const part = await readFile(file, 'utf8');
    expect(parse(part)).toEqual({ server: 'lab', user: { name: 'researcher' } });
    expect(part).toMatch(/^# domain: mqtt\.example\.org$/m);
    expect(await saveConfig(file, settings, undefined)).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(toYaml(settings));
  });

  it('case 253: answers in a file that was edited are written although they are the default', async () => {
    await writeFile(file, '# mine\nserver: lab\n');
    await saveAnswers(file, { server: 'lab', user: { name: 'researcher' } }, undefined);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/^# mine\nserver: lab\n/);
    expect(parse(text)).toEqual({ server: 'lab', user: { name: 'researcher' } });
  });

  it('case 254: a folder that cannot be written to is found beforehand, in words', async () => {
    const lost = join(directory, 'no', 'broker.yaml');
    await expect(checkWritable(lost)).rejects.toMatchObject({
      code: 'config-unwritable',
      message: `The settings cannot be written to ${lost}: there is no folder ${join(directory, 'no')}.`,
    });
    await checkWritable(file);
    expect(await readdir(directory)).toEqual([]);
  });

  it('says where it could not write, and leaves nothing behind', async () => {
    const error: unknown = await saveConfig(join(directory, 'no', 'broker.yaml'), settingsWith()).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'config-unwritable' });
    expect(await readdir(directory)).toEqual([]);
  });
});
