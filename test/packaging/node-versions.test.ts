import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, type TestContext, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { EXIT } from '../../src/errors.js';
import { CONNECTING, filesLoaded, librariesIn } from './loaded.js';

const installed = await realpath(inject('packed').installed);
const dist = join(installed, 'dist');
const program = join(installed, 'bin', 'broker-setup.js');
const platform = process.platform === 'win32' ? 'win' : process.platform;
const oldest = manifest.engines.node.replace('>=', '');

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'broker-setup-node-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Path of a node of that version, from the package of binaries for this platform; skips the test where it cannot be had. */
async function node(version: string, context: TestContext): Promise<string> {
  const prefix = join(scratch, version);
  const name = `node-${platform}-${process.arch}`;
  const args = ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', prefix, `${name}@${version}`];
  const { failed, stderr } = await execa('npm', args, { reject: false });
  context.skip(failed, `npm cannot install ${name}@${version}: ${stderr.split('\n').at(-1)}`);
  return join(prefix, 'node_modules', name, 'bin', platform === 'win' ? 'node.exe' : 'node');
}

describe('Node versions', () => {
  for (const version of [`${oldest}.0`, '22', '24']) {
    test.concurrent(`it runs on Node ${version}`, async (context) => {
      const binary = await node(version, context);
      expect((await execa(binary, [program, '--version'])).stdout).toBe(manifest.version);
      expect((await execa(binary, [program, '--help'])).stdout).toContain('broker-setup');

      const missing = await execa(binary, [program, 'init'], {
        reject: false,
        stdin: 'ignore',
        cwd: scratch,
      });
      expect({ code: missing.exitCode, stderr: missing.stderr }).toMatchObject({ code: EXIT.usage });
      expect(missing.stderr).not.toMatch(/^\s+at /m);
      expect(await librariesIn(await filesLoaded(binary, [program, ...CONNECTING], dist))).toContain('ssh2');
    });
  }

  for (const version of ['12', '20.16']) {
    test.concurrent(`it says that Node ${version} is too old`, async (context) => {
      const binary = await node(version, context);
      const { exitCode, stderr } = await execa(binary, [program, '--help'], { reject: false });
      expect(stderr).toContain(`needs Node.js ${oldest} or newer`);
      expect(stderr).not.toContain('SyntaxError');
      expect(exitCode).toBe(EXIT.failed);
    });
  }
});
