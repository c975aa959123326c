import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const { bytes, prefix, installed } = inject('packed');
const KILOBYTE = 1000;

describe('the package as a user gets it', () => {
  test('is one package: it brings no dependencies', async () => {
    const lock = JSON.parse(await readFile(join(prefix, 'node_modules', '.package-lock.json'), 'utf8'));
    expect(Object.keys(lock.packages)).toEqual(['node_modules/broker-setup']);
  });

  test('runs nothing when it is installed', async () => {
    const { scripts = {} } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    // `prepare` runs in a clone only, never where the package comes from a registry.
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  });

  test('is at most 750 kB packed', () => {
    expect(bytes).toBeLessThanOrEqual(750 * KILOBYTE);
  });

  test('holds the program, its licences and the schemas, and nothing else', async () => {
    const files = (await readdir(installed, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
    const expected =
      /^(package\.json|README\.md|LICENSE|(broker|doctor)\.schema\.json|bin\/broker-setup\.js|dist\/(THIRD-PARTY-LICENSES|.+\.js))$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'broker.schema.json',
        'doctor.schema.json',
        'dist/THIRD-PARTY-LICENSES',
        'dist/cli.js',
      ]),
    );
  });

  test('carries the licence texts of what is bundled', async () => {
    const licences = await readFile(join(installed, 'dist', 'THIRD-PARTY-LICENSES'), 'utf8');
    const names = [...licences.matchAll(/^Name: (.+)$/gm)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(['commander', 'ssh2', 'mqtt', 'listr2', '@inquirer/core']));
  });

  test('says its version', async () => {
    const { stdout } = await execa(join(prefix, 'node_modules', '.bin', 'broker-setup'), ['--version']);
    expect(stdout).toBe(manifest.version);
  });
});
