import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { describe as describeChange } from '../../src/run-log/describe.js';
import { changesOf, outcomeOf, parseHistory, tellRun, tellRuns } from '../../src/run-log/history.js';
import { append, appendChanged } from '../../src/run-log/log.js';
import { lines, Secret, sh } from '../../src/sh.js';
import { base64 } from '../context.js';
import { type Server, serverFolders } from './server.js';

const [OLD, NEW] = ['20261124-143005-1a2b', '20261125-000000-0000'];
const STEP = { id: 'ufw', title: 'Firewall' };
let server: Server;
beforeEach(() => {
  server = serverFolders();
  mkdirSync(join(server.root, 'log'));
  const change = { kind: 'run', script: sh`:`, undo: { stays: 'It stays.' } } as const;
  const [entry, detail] = describeChange(1, STEP, { summary: 'Close\n"it"', change }, sh`ufw enable`);
  const ended = [sh`code=0`, appendChanged(OLD, 1)];
  server.run(
    lines(append(OLD, entry), append(OLD, detail), ...ended, append(OLD, { type: 'end', outcome: 'done' })),
  );
  server.run(append(NEW, entry));
  writeFileSync(join(server.root, 'log/apt.log'), 'noise\n');
});

it('tells all runs, the newest first, without details', () => {
  const runs = parseHistory(server.run(tellRuns).stdout);
  expect(runs.map((run) => [run.id, outcomeOf(run)])).toEqual([
    [NEW, 'cut-off'],
    [OLD, 'done'],
  ]);
  expect(runs[1]?.entries.map(({ type }) => type)).toEqual(['change', 'changed', 'end']);
});

it('tells one with all details, and its changes with how they ended', () => {
  const [run] = parseHistory(server.run(tellRun(OLD)).stdout);
  expect(run?.entries.find(({ type }) => type === 'detail')).toMatchObject({ n: 1, script: 'ufw enable' });
  expect(run && changesOf(run)).toMatchObject([
    { step: 'ufw', id: 'ufw', summary: 'Close\n"it"', stays: 'It stays.', code: 0 },
  ]);
  const [other] = parseHistory(server.run(tellRun(NEW)).stdout);
  expect(other && changesOf(other)).toMatchObject([{ code: undefined }]);
});

it('has nothing of a run that is not there', () => {
  expect(server.run(tellRun('20200101-000000-0000'))).toEqual({ status: 0, stdout: '', stderr: '' });
});

it('passes over what is no run', () => {
  const log = base64('{"at":"x","type":"told"}');
  expect(parseHistory(`run-../etc=${log}\n${OLD}=${log}\nrun-=\nnoise\nrun-${OLD}=%%%\n`)).toEqual([
    { id: OLD, entries: [] },
  ]);
});

it('describes written files by their diffs, and what is secret in them by nothing', () => {
  const file = { mode: '0600', owner: 'root:root', before: 'old\n' };
  const files = [
    { ...file, path: '/etc/open', content: 'new\n' },
    { ...file, path: '/etc/secret', content: new Secret('open sesame') },
    { ...file, path: '/etc/partly', content: new Secret('a=1\nkey=sesame\n', 'a=1\nkey=<secret>\n') },
  ];
  const change = { kind: 'write', files, activate: sh`reload` } as const;
  const [entry, detail] = describeChange(
    3,
    STEP,
    { id: 'ufw.rules', summary: 'Write', change },
    sh`echo ${new Secret('sesame')}`,
  );
  expect(entry).toEqual({
    type: 'change',
    n: 3,
    step: 'ufw',
    title: 'Firewall',
    id: 'ufw.rules',
    summary: 'Write',
  });
  expect(detail).toEqual({
    type: 'detail',
    n: 3,
    files: [
      { path: '/etc/open', diff: '@@ -1,1 +1,1 @@\n-old\n+new' },
      { path: '/etc/secret', diff: '(not shown: it is secret)' },
      { path: '/etc/partly', diff: '@@ -1,1 +1,2 @@\n-old\n+a=1\n+key=<secret>' },
    ],
  });
  const script = describeChange(4, STEP, { summary: 'Run' }, sh`echo ${new Secret('sesame')}`);
  expect(JSON.stringify([detail, script])).not.toContain('sesame');
});
