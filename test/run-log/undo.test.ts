import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Change, touched } from '../../src/engine/change.js';
import { keepBefore, noteAfter, reactivation } from '../../src/run-log/keep.js';
import { parseKept, putBack, reactivate, tellKept } from '../../src/run-log/undo.js';
import { lines, type Sh, sh } from '../../src/sh.js';
import { type Server, serverFolders } from './server.js';

const ID = '20261124-143005-1a2b';
let server: Server;
beforeEach(() => {
  server = serverFolders();
});

const at = (name: string) => join(server.root, 'etc', name);
const put = (name: string, content: string, mode = 0o644) => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
  chmodSync(at(name), mode);
};
const read = (name: string) => readFileSync(at(name), 'utf8');
const change = (names: string[], activate?: Sh): Change => ({
  kind: 'run',
  script: sh`:`,
  undo: { files: names.map(at), ...(activate ? { activate } : {}) },
});
let n = 0;
/** A change of the run, as it is made. */
function make(names: string[], does: () => void, activate?: Sh) {
  n += 1;
  const all = change(names, activate);
  const kept = server.run(lines(sh`set -e; umask 077`, keepBefore(ID, n, all)));
  if (kept.status !== 0) return kept;
  does();
  return server.run(noteAfter(ID, all));
}
const told = () => parseKept(server.run(tellKept(ID)).stdout);
const undo = () => server.run(lines(putBack(ID), reactivate(ID)));
/** All that there is, with modes, owners and where links lead. */
const all = () =>
  execFileSync('sh', [
    '-c',
    `cd '${server.root}/etc' && find . -printf '%P %y %m %U:%G %l\\n' | sort && find . -type f -exec sha256sum {} + | sort`,
  ]).toString();

const ODD = [
  'plain',
  'a name with spaces',
  "it's",
  '"quoted"',
  '-n',
  'back\\slash\\tab',
  '$(id)',
  '*',
  'é',
  '.hidden',
];

describe('a run that is undone', () => {
  it('leaves every file as it was, with owner and mode, whatever its name', () => {
    for (const [index, name] of ODD.entries()) put(name, `old ${name}`, [0o600, 0o644, 0o440][index % 3]);
    if (process.getuid?.() === 0) chownSync(at('plain'), 12, 34);
    put('folder/deep/file', 'old');
    put('folder/goes', 'old');
    symlinkSync('plain', at('link'));
    symlinkSync('../nowhere', at('dangling'));
    const before = all();
    const names = [...ODD, 'folder', 'link', 'dangling', 'absent', 'absent folder'];
    make(names, () => {
      for (const name of names) rmSync(at(name), { recursive: true, force: true });
      for (const name of ODD) put(name, 'new', 0o666);
      put('folder', 'a file now');
      put('link', 'a file now');
      put('dangling/folder', 'a folder now');
      put('absent', 'new');
      put('absent folder/in', 'new');
    });
    expect(undo()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(all()).toBe(before);
    expect(told()?.files).toEqual([]);
  });

  it('goes back to before the first of its changes, not the last', () => {
    put('conf', 'first');
    make(['conf'], () => put('conf', 'second'));
    make(['conf'], () => put('conf', 'third'));
    undo();
    expect(read('conf')).toBe('first');
  });

  it('makes folders that somebody has removed since', () => {
    put('deep/er/conf', 'old');
    make(['deep/er/conf'], () => put('deep/er/conf', 'new'));
    rmSync(at('deep'), { recursive: true });
    undo();
    expect(read('deep/er/conf')).toBe('old');
  });

  it('takes nothing away where a file cannot be laid beside it first', () => {
    put('conf', 'old');
    make(['conf'], () => put('conf', 'new'));
    server.stub('cp', 'echo "No space left on device" >&2; exit 1');
    expect(undo()).toMatchObject({ stderr: expect.stringContaining('No space') });
    expect([read('conf'), readdirSync(at(''))]).toEqual(['new', ['conf']]);
  });

  it('is not called undone where what it kept is gone', () => {
    put('conf', 'old');
    make(['conf'], () => put('conf', 'new'));
    rmSync(join(server.root, 'state/runs'), { recursive: true });
    const { status, stderr } = server.run(putBack(ID));
    expect([status, stderr]).toEqual([1, 'What that run has kept is not there any more.\n']);
  });

  it('makes services take their files, the last change first, and names those that did not', () => {
    const seen = join(server.root, 'seen');
    const noting = (word: string, more = sh`:`) => lines(sh`echo ${word} >>${seen}`, more);
    make(['a'], () => put('a', 'new'), noting("it's one"));
    make(['b'], () => put('b', 'new'), noting('two', sh`echo not-active=99; false; echo never >>${seen}`));
    for (let count = 0; count < 8; count += 1) make(['c'], () => put('c', 'new'));
    make(['c'], () => put('c', 'new'), noting('last'));
    const failed = n - 9;
    expect(undo().stdout).toBe(`not-active=${failed}\n`);
    expect(readFileSync(seen, 'utf8')).toBe("last\ntwo\nit's one\n");
  });
});

describe('keeping', () => {
  it('refuses the change, in words, where there is no copy', () => {
    put('conf', 'old');
    server.stub('cp', 'exit 1');
    const { status, stderr } = make(['conf'], () => put('conf', 'new'));
    expect([status, read('conf')]).toEqual([1, 'old']);
    expect(stderr).toContain(
      `broker-setup: A copy of ${at('conf')} could not be kept, so it was not changed.\n`,
    );
  });

  it('copies a link of root’s as well as what it leads to', () => {
    put('secret', 'of root', 0o600);
    symlinkSync('secret', at('planted'));
    make(['planted'], () => {
      rmSync(at('planted'));
      put('secret', 'new');
    });
    const copy = (name: string) => join(server.root, 'state/runs', ID, 'before', at(name));
    expect([readlinkSync(copy('planted')), readFileSync(copy('secret'), 'utf8')]).toEqual([
      'secret',
      'of root',
    ]);
    expect(undo().status).toBe(0);
    expect([readlinkSync(at('planted')), read('secret')]).toEqual(['secret', 'of root']);
  });

  describe.runIf(process.getuid?.() === 0)('in a folder that somebody else controls', () => {
    const NOBODY = 65_534;
    beforeEach(() => {
      put('home/.ssh/config', 'old');
      execFileSync('chmod', ['755', server.root, join(server.root, 'etc')]);
      for (const name of ['home', 'home/.ssh', 'home/.ssh/config']) chownSync(at(name), NOBODY, NOBODY);
    });

    it('brings a file back with the rights of the owner', () => {
      const before = all();
      make(['home/.ssh/config'], () => put('home/.ssh/config', 'new'));
      expect(told()?.files).toMatchObject([{ before: 'old', now: 'new', what: 'restored' }]);
      expect(undo()).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(all()).toBe(before);
    });

    it('case 180: writes nothing behind a link that its owner has made since, and shows nothing from there', () => {
      make(['home/.ssh/config'], () => put('home/.ssh/config', 'new'));
      put('apt/config', 'of root', 0o600);
      rmSync(at('home/.ssh'), { recursive: true });
      symlinkSync('../apt', at('home/.ssh'));
      expect(told()?.files.map(({ now }) => now)).toEqual([undefined]);
      expect(undo().status).not.toBe(0);
      expect([read('apt/config'), readdirSync(at('apt'))]).toEqual(['of root', ['config']]);
    });

    it('case 180: keeps nothing that only root may read', () => {
      put('shadow', 'hash', 0o600);
      rmSync(at('home/.ssh/config'));
      symlinkSync(at('shadow'), at('home/.ssh/config'));
      expect(make(['home/.ssh/config'], () => undefined).stdout).not.toContain('hash');
      expect(JSON.stringify(told() ?? '')).not.toContain('hash');
    });
  });

  it('lets nobody but root see what it keeps', () => {
    put('conf', 'old', 0o644);
    make(['conf'], () => put('conf', 'new'));
    expect(lstatSync(join(server.root, 'state/runs', ID)).mode & 0o077).toBe(0);
  });

  it.each<[string, Change | undefined, string | undefined, string[]]>([
    ['no change', undefined, undefined, []],
    ['a restart', { kind: 'reboot' }, undefined, []],
    ['a script that leaves nothing', { kind: 'run', script: sh`x`, undo: 'nothing' }, undefined, []],
    ['a script that stays', { kind: 'run', script: sh`x`, undo: { stays: 'It stays.' } }, undefined, []],
    ['a script', { kind: 'run', script: sh`x`, undo: { files: ['/f'], activate: sh`back` } }, 'back', ['/f']],
  ])('knows what %s touches, and what makes it count again', (_, one, activate, files) => {
    expect([reactivation(one)?.run, touched(one)]).toEqual([activate, files]);
  });

  it('of written files takes what fits old files best', () => {
    const files = [{ path: '/f', content: '', mode: '0644', owner: 'root:root', before: undefined }];
    const write: Change = { kind: 'write', files, activate: sh`activate` };
    const found = [write, { ...write, fallback: sh`stop` }, { ...write, fallback: sh`stop`, undo: sh`undo` }];
    expect(found.map((one) => reactivation(one)?.run)).toEqual(['activate', 'stop', 'undo']);
    expect(touched(write)).toEqual(['/f']);
  });
});

describe('what is told before', () => {
  const file = (name: string) => told()?.files.find(({ path }) => path === at(name));

  it('is each file that differs, with both contents', () => {
    put('conf', "old it's\n");
    put('same', 'x');
    put('mode', 'x', 0o644);
    put('gone', 'was here');
    put('folder/conf', 'old');
    make(['conf', 'same', 'mode', 'gone', 'new one', 'folder'], () => {
      put('conf', 'new path-9=x\nwhat-1=removed\n');
      put('mode', 'x', 0o664);
      rmSync(at('gone'));
      put('new one', 'new');
      put('folder/conf', 'new');
      put('folder/added', 'new');
    });
    const what = told()?.files.map(({ path, what: how }) => `${how} ${path.slice(at('x').length - 1)}`);
    expect(what?.toSorted()).toEqual([
      ...[
        'removed folder/added',
        'removed new one',
        'restored conf',
        'restored folder/conf',
        'restored mode',
        'returns gone',
      ],
    ]);
    expect(file('conf')).toMatchObject({ before: "old it's\n", now: 'new path-9=x\nwhat-1=removed\n' });
    expect(told()?.files.every(({ changedSince }) => !changedSince)).toBe(true);
    expect(told()?.paths).toHaveLength(6);
  });

  it('shows nothing that others may not read, not even through a link', () => {
    put('secret', 'open sesame', 0o600);
    put('was secret', 'open sesame', 0o600);
    put('root only', 'open sesame', 0o600);
    put('link', 'harmless');
    make(['secret', 'was secret', 'link'], () => {
      put('secret', 'open sesame 2', 0o644);
      put('was secret', 'new', 0o644);
      rmSync(at('link'));
      symlinkSync('root only', at('link'));
    });
    expect(told()?.files.map(({ secret }) => secret)).toEqual([true, true, true]);
    const { stdout } = server.run(tellKept(ID));
    for (const word of stdout.split(/[=\n]/))
      expect(Buffer.from(word, 'base64').toString()).not.toContain('sesame');
  });

  it('does without the content of what is large', () => {
    put('large', 'x'.repeat(70_000));
    make(['large'], () => put('large', 'small'));
    expect(file('large')).toMatchObject({ before: undefined, now: 'small' });
  });

  it('says what was changed again, by its own name alone', () => {
    put('conf', 'old');
    put('conf.d', 'old');
    put('gone since', 'old');
    make(['conf', 'conf.d', 'gone since'], () => {
      for (const name of ['conf', 'conf.d', 'gone since']) put(name, `new ${name}`);
    });
    put('conf.d', 'by somebody else');
    rmSync(at('gone since'));
    expect(file('conf')?.changedSince).toBe(false);
    expect(file('conf.d')?.changedSince).toBe(true);
    expect(file('gone since')).toMatchObject({ changedSince: true, what: 'returns' });
  });

  it('is nothing where the run has kept nothing', () => {
    expect(server.run(tellKept(ID))).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(told()).toBeUndefined();
    expect(existsSync(join(server.root, 'state'))).toBe(false);
  });
});

it.each([
  ['paths=', { paths: [], files: [], entries: [] }],
  ['paths=L2E=\npath-2=L2E=\nwhat-2=removed\n', { paths: ['/a'], files: [], entries: [] }],
  [
    'paths=L2E=\npath-1=L2E=\nwhat-1=explode\nnow-1=!!\n',
    {
      paths: ['/a'],
      entries: [],
      files: [
        { path: '/a', what: 'restored', secret: false, changedSince: false, before: undefined, now: '' },
      ],
    },
  ],
])('makes the best of %j', (stdout, expected) => {
  expect(parseKept(stdout)).toEqual(expected);
});
