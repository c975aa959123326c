import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_ACCOUNTS } from '../../../src/brokers/emqx/accounts.js';
import { EMQX } from '../../../src/brokers/emqx/facts.js';
import { parse } from '../../../src/brokers/emqx/look.js';
import { brokerFor } from '../../../src/brokers/index.js';
import type { SeenFile } from '../../../src/engine/facts/files.js';
import { probed, withFile, withListeners, withUnit } from '../../facts.js';
import { answer, contextFor, installed } from './node.js';
import { shipped } from './shipped.js';
import { type Stubs, stubs } from './stubs.js';

const unit = { UnitFileState: 'disabled' };
const seen = (stdout: string, files: ReadonlyMap<string, SeenFile> = new Map(), state = unit) =>
  parse(
    probed(
      [...files].reduce(
        (text, [path, file]) => withFile(text, path, file),
        withUnit(stdout, EMQX.unit, state),
      ),
    ),
  );

describe('what was seen', () => {
  it('of a server without EMQX', () => {
    expect(seen('')).toEqual({
      nodes: [],
      installed: false,
      files: new Map(),
      started: undefined,
      age: 0,
      changed: 0,
      accounts: NO_ACCOUNTS,
      listening: new Map(),
      running: undefined,
      unanswered: undefined,
      shippedCookies: [],
      restarts: { restart: '', restartSeconds: undefined, outdated: false },
      lwm2mObjects: false,
      bothFamilies: false,
      replaced: [],
      root: { runs: false, place: undefined },
      enabled: false,
      open: [],
    });
  });

  it('of one that runs', () => {
    const own = `installed=yes
used=yes
lwm2m-objects=there
families=both
shipped-cookies=emqx50elixir emqxsecretcookie
open=/var/lib/emqx
changed=1795384000
age=420
started=1795384783
nodes=emqx@127.0.0.1
accounts=own,true,false,true
`;
    const stdout = withListeners(
      own,
      `tcp LISTEN 0      1024         0.0.0.0:8883      0.0.0.0:*    users:(("beam.smp",pid=53,fd=33))
tcp LISTEN 0      128          0.0.0.0:22        0.0.0.0:*`,
    );
    const file = { content: 'a = 1\n', mode: '0640', owner: 'emqx:emqx' };
    expect(seen(stdout, new Map([['/etc/emqx/emqx.conf', file]]), { UnitFileState: 'enabled' })).toEqual({
      nodes: ['emqx@127.0.0.1'],
      installed: true,
      files: new Map([['/etc/emqx/emqx.conf', { content: 'a = 1\n', mode: '0640', owner: 'emqx:emqx' }]]),
      started: 1795384783,
      age: 420,
      changed: 1795384000,
      accounts: { dashboard: 'own', device: true, shippedApplication: false, everywhere: true },
      listening: new Map([
        [8883, 'beam.smp'],
        [22, ''],
      ]),
      running: undefined,
      unanswered: undefined,
      shippedCookies: ['emqx50elixir', 'emqxsecretcookie'],
      restarts: { restart: '', restartSeconds: undefined, outdated: false },
      lwm2mObjects: true,
      bothFamilies: true,
      replaced: [],
      root: { runs: false, place: undefined },
      enabled: true,
      open: ['/var/lib/emqx'],
    });
  });

  it.each([
    ['was never started: it has none', 'installed=yes\n', NO_ACCOUNTS],
    ['does not run, but did: not known', 'installed=yes\nused=yes\n', undefined],
    ['runs, but does not answer: not known', 'installed=yes\nstarted=5\n', undefined],
  ])('accounts of one that %s', (_, stdout, expected) => {
    expect(seen(stdout).accounts).toEqual(expected);
  });

  it.each([
    ['enabled', '', true],
    ['disabled', '', false],
    ['', '', false],
    // Of an init script, as before 4.3.12: then the folders of the run levels tell.
    ['generated', 'rc=started\n', true],
    ['generated', '', false],
    ['disabled', 'rc=started\n', false],
  ])('%j %j: started with the server: %s', (UnitFileState, stdout, expected) => {
    expect(seen(stdout, new Map(), { UnitFileState }).enabled).toBe(expected);
  });

  it('is not forged by what a file holds', () => {
    const node = installed(
      new Map([
        ['/etc/emqx/emqx.conf', 'x = 1\nstarted=9\naccounts=own,true,false,true\nUnitFileState=enabled\n'],
      ]),
    );
    expect(parse(answer(node))).toMatchObject({ started: undefined, accounts: NO_ACCOUNTS, enabled: false });
  });
});

describe('through a shell', () => {
  let server: Stubs;
  beforeEach(() => {
    server = stubs('systemctl', 'ss', 'chown');
    server.stub('pgrep', 'exit 1');
    server.stub('su', "echo '{ok,[own,true,false,true]}'");
    mkdirSync(join(server.root, 'run'));
    for (const [folder, mode] of [
      ['var/lib/emqx', 0o750],
      ['var/log/emqx', 0o755],
      ['etc/emqx', 0o755],
      ['usr/bin', 0o755],
    ] as const) {
      mkdirSync(join(server.root, folder), { recursive: true });
      chmodSync(join(server.root, folder), mode);
    }
  });
  afterEach(() => server.remove());

  const lay = (path: string, content = '') => {
    mkdirSync(join(server.root, path, '..'), { recursive: true });
    writeFileSync(join(server.root, path), content);
  };
  const look = (state = unit) => {
    const context = contextFor('5.8.9');
    // As every probe: what fails is not told, and the rest is.
    const script = `set +eu\n${brokerFor(context.settings).conf.probe(context).run}`;
    const paths = [
      '/var/lib/emqx',
      '/var/log/emqx',
      '/etc/emqx',
      '/etc/rc3.d',
      '/usr/bin/emqx',
      '/usr/lib/emqx',
    ];
    return seen(server.run(script, ...paths, '/run/broker-setup').stdout, new Map(), state);
  };

  it('a server without EMQX', () => {
    expect(look()).toMatchObject({
      installed: false,
      started: undefined,
      accounts: NO_ACCOUNTS,
      lwm2mObjects: false,
      enabled: false,
    });
  });

  it.each<[string, string[], object]>([
    ['was never started: the package makes an empty folder', ['var/lib/emqx/mnesia/'], NO_ACCOUNTS],
    ['has no such folder yet', ['var/lib/emqx/loaded_plugins'], NO_ACCOUNTS],
  ])('one that %s', (_, there, accounts) => {
    for (const path of there)
      if (path.endsWith('/')) mkdirSync(join(server.root, path), { recursive: true });
      else lay(path);
    expect(look().accounts).toEqual(accounts);
  });

  it('one that ran, but does not now: its accounts are not known, and it is not asked', () => {
    lay('var/lib/emqx/mnesia/emqx@127.0.0.1/schema.DAT');
    expect(look().accounts).toBeUndefined();
    expect(server.calls().filter((call) => call.startsWith('su '))).toEqual([]);
  });

  it('one that runs, since when, and what accounts it has', () => {
    server.stub('pgrep', 'echo 53');
    server.stub('ps', 'echo "   120"');
    const now = Math.floor(Date.now() / 1000);
    const { started, age, accounts } = look();
    expect(age).toBe(120);
    expect(Math.abs((started ?? 0) - (now - 120))).toBeLessThan(5);
    expect(accounts).toEqual({ dashboard: 'own', device: true, shippedApplication: false, everywhere: true });
    expect(server.calls()).toContain('pgrep -o -u emqx -x beam.smp');
  });

  it('what the package brought, which folders are open, and whether the server starts it', () => {
    for (const path of ['usr/bin/emqx', 'etc/emqx/lwm2m_xml/3303.xml', 'etc/rc3.d/S01emqx']) lay(path);
    expect(look({ UnitFileState: 'generated' })).toMatchObject({
      installed: true,
      lwm2mObjects: true,
      bothFamilies: true,
      enabled: true,
      open: [join(server.root, 'var/log/emqx')],
    });
  });

  it.each([
    [
      '4.3.5: in the schema of its configuration',
      {
        'releases/emqx_vars': 'RUNNER_USER="emqx"\n',
        'releases/4.3.5/emqx.schema':
          '{mapping, "node.name", "vm_args.-name", [\n  {default, "emqx@127.0.0.1"}\n]}.\n{mapping, "node.cookie", "vm_args.-setcookie", [\n  {default, "one-of-4.3"},\n  {override_env, "NODE_COOKIE"}\n]}.\n{mapping, "node.data_dir", "emqx.data_dir", [\n  {default, "other"}\n]}.\n',
      },
      ['one-of-4.3'],
    ],
    [
      '5.8.9: in emqx_vars',
      {
        'releases/emqx_vars':
          "## Configure EMQX_NODE_COOKIE instead\nEMQX_DEFAULT_ERLANG_COOKIE='one-of-5'\n",
      },
      ['one-of-5'],
    ],
    [
      '6.2.2: a second one in its start script',
      {
        'releases/emqx_vars': "EMQX_DEFAULT_ERLANG_COOKIE='one-of-6'\n",
        'bin/emqx':
          'export EMQX_NODE__COOKIE="$EMQX_NODE_COOKIE"\nCOOKIE="$EMQX_NODE__COOKIE"\nEMQX_SAMPLE_ERLANG_COOKIE="a-sample"\n',
      },
      ['one-of-6', 'a-sample'],
    ],
    ['a package that does not say', {}, []],
  ])('case 270: the cookies of the package itself: %s', (_, files, expected) => {
    lay('usr/bin/emqx');
    for (const [path, content] of Object.entries(files)) lay(`usr/lib/emqx/${path}`, content);
    expect(look().shippedCookies).toEqual(expected);
  });
});

it.each(['4.3.5', '5.8.9'])(
  'the question is shell that any sh understands, and holds no secret (%s)',
  (version) => {
    const context = contextFor(version);
    const { run, show } = brokerFor(context.settings).conf.probe(context);
    expect(spawnSync('sh', ['-n'], { input: run, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(show).toBe(run);
    for (const path of shipped(version).keys()) {
      const told = !/emqx_auth_mnesia/.test(path);
      expect(run.includes(path)).toBe(told);
    }
  },
);
