import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { validate } from '../../../../src/brokers/emqx/v4/validate.js';
import { lines, sh } from '../../../../src/sh.js';
import { type Stubs, stubs } from '../stubs.js';

const LIB = '/usr/lib/emqx';

let server: Stubs;
beforeEach(() => {
  server = stubs();
  const lib = join(server.root, LIB);
  for (const folder of ['bin', 'releases', 'erts-1/bin']) mkdirSync(join(lib, folder), { recursive: true });
  writeFileSync(join(lib, 'bin/cuttlefish'), '');
  writeFileSync(join(lib, 'releases/emqx_vars'), `RUNNER_ROOT_DIR=${lib}\nERTS_VSN=1\nREL_VSN=4.4.19\n`);
  escript('exit 0');
});
afterEach(() => server.remove());

/** Stands in for the one that EMQX brings. */
function escript(script: string): void {
  const file = join(server.root, LIB, 'erts-1/bin/escript');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const run = () => server.run(lines(sh`validate() {`, validate, sh`}\nvalidate`).run, LIB);
const left = () => readdirSync(server.root).filter((name) => name.startsWith('tmp.'));

it('lets EMQX read emqx.conf with its own schema, and leaves nothing behind', () => {
  escript('printf "%s\\n" "$@"; [ -d "$7" ]');
  const { status, stdout } = run();
  expect(status).toBe(0);
  expect(stdout.split('\n').slice(0, 6)).toEqual([
    join(server.root, LIB, 'bin/cuttlefish'),
    '-i',
    join(server.root, LIB, 'releases/4.4.19/emqx.schema'),
    '-c',
    '/etc/emqx/emqx.conf',
    '-d',
  ]);
  expect(left()).toEqual([]);
});

it('fails where that does, with its words', () => {
  escript('echo "unknown variable: nonsense"; exit 1');
  expect(run()).toMatchObject({ status: 1, stdout: 'unknown variable: nonsense\n' });
  expect(left()).toEqual([]);
});

it('finds nothing wrong where there is nothing to ask', () => {
  escript('exit 1');
  writeFileSync(join(server.root, LIB, 'releases/emqx_vars'), 'RUNNER_ROOT_DIR=/nowhere\n');
  expect(run().status).toBe(0);
});
