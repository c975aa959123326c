import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validate } from '../../../../src/brokers/emqx/v4/validate.js';
import { lines, sh } from '../../../../src/sh.js';
import { type Stubs, stubs } from '../stubs.js';

const LIB = '/usr/lib/emqx';
const ETC = '/etc/emqx';
const PLUGINS = ['dashboard', 'management', 'retainer', 'telemetry', 'coap', 'lwm2m'];

let server: Stubs;
const at = (path: string) => join(server.root, path);
const lay = (path: string, content = '') => {
  mkdirSync(at(join(path, '..')), { recursive: true });
  writeFileSync(at(path), content);
};

beforeEach(() => {
  server = stubs();
  lay(`${LIB}/bin/cuttlefish`);
  lay(`${LIB}/releases/emqx_vars`, 'ERTS_VSN=1\nREL_VSN=4.4.19\n');
  lay(`${LIB}/releases/4.4.19/emqx.schema`);
  lay(`${ETC}/emqx.conf`);
  for (const name of PLUGINS) {
    lay(`${ETC}/plugins/emqx_${name}.conf`);
    lay(`${LIB}/lib/emqx_${name}-4.4.19/priv/emqx_${name}.schema`);
  }
  escript('');
});
afterEach(() => server.remove());

/** Stands in for the one that EMQX brings; keeps which file was read with which schema. */
function escript(script: string, lib = LIB): void {
  lay(
    `${lib}/erts-1/bin/escript`,
    `#!/bin/sh
echo "$3 $5" >>'${server.root}/read'
[ "$1 $2 $4 $6 $8" = '${at(lib)}/bin/cuttlefish -i -c -d generate' ] && [ -d "$7" ] || exit 9
${script}
`,
  );
  chmodSync(at(`${lib}/erts-1/bin/escript`), 0o755);
}

const run = () => server.run(lines(sh`validate() {`, validate, sh`}\nvalidate`).run, LIB, ETC);
/** What was read, without the folder of the test. */
const read = () => {
  const log = at('read');
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8').replaceAll(server.root, '').split('\n').slice(0, -1);
};
const left = () => readdirSync(server.root).filter((name) => name.startsWith('tmp.'));

const OF_EMQX = `${LIB}/releases/4.4.19/emqx.schema ${ETC}/emqx.conf`;
const ofPlugin = (name: string) =>
  `${LIB}/lib/emqx_${name}-4.4.19/priv/emqx_${name}.schema ${ETC}/plugins/emqx_${name}.conf`;

it('lets EMQX read emqx.conf and the file of each plugin, each with its own schema, and leaves nothing behind', () => {
  expect(run()).toMatchObject({ status: 0, stdout: '' });
  expect(read()).toEqual([OF_EMQX, ...PLUGINS.map(ofPlugin)]);
  expect(left()).toEqual([]);
});

it('believes EMQX where it says itself which folder is its own, as 4.3.5 does', () => {
  const other = '/opt/emqx';
  lay(`${LIB}/releases/emqx_vars`, `RUNNER_ROOT_DIR=${at(other)}\nERTS_VSN=1\nREL_VSN=4.3.5\n`);
  lay(`${other}/bin/cuttlefish`);
  escript('', other);
  expect(run().status).toBe(0);
  expect(read()).toEqual([`${other}/releases/4.3.5/emqx.schema ${ETC}/emqx.conf`]);
});

describe('fails where EMQX does, with its words', () => {
  it('for emqx.conf, and reads no further', () => {
    escript('echo "unknown variable: nonsense"; exit 1');
    expect(run()).toMatchObject({ status: 1, stdout: 'unknown variable: nonsense\n' });
    expect(read()).toEqual([OF_EMQX]);
    expect(left()).toEqual([]);
  });

  it('for a plugin, which it would leave out silently, and names the file', () => {
    escript('case $5 in *retainer*) echo "unknown variable: nonsense"; exit 1 ;; esac');
    const { status, stdout } = run();
    expect(status).toBe(1);
    expect(stdout.replace(server.root, '')).toBe(
      `unknown variable: nonsense\nerror in ${ETC}/plugins/emqx_retainer.conf\n`,
    );
    expect(left()).toEqual([]);
  });
});

describe('passes over', () => {
  it.each([
    ['a file of a plugin without a schema', `${LIB}/lib/emqx_coap-4.4.19`],
    ['a plugin without a file', `${ETC}/plugins/emqx_coap.conf`],
  ])('%s, and reads the others', (_, gone) => {
    rmSync(at(gone), { recursive: true });
    expect(run().status).toBe(0);
    expect(read()).toEqual([OF_EMQX, ...PLUGINS.filter((name) => name !== 'coap').map(ofPlugin)]);
  });

  it.each([
    ['all where EMQX does not say how it is built', `${LIB}/releases/emqx_vars`],
    ['all where it brings no cuttlefish', `${LIB}/bin/cuttlefish`],
  ])('%s', (_, gone) => {
    escript('exit 1');
    rmSync(at(gone));
    expect(run().status).toBe(0);
    expect(read()).toEqual([]);
    expect(left()).toEqual([]);
  });
});
