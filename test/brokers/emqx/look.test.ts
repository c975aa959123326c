import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { NO_ACCOUNTS } from '../../../src/brokers/emqx/accounts.js';
import { parse } from '../../../src/brokers/emqx/look.js';
import { base64 } from '../../context.js';
import { answer, contextFor, installed } from './node.js';
import { shipped } from './shipped.js';

const seen = (stdout: string) => parse({ code: 0, stdout });

describe('what was seen', () => {
  it('of a server without EMQX', () => {
    expect(seen('')).toEqual({
      installed: false,
      files: new Map(),
      started: undefined,
      changed: 0,
      accounts: NO_ACCOUNTS,
      listening: new Map(),
      open: [],
    });
  });

  it('of one that runs', () => {
    const stdout = `mode=640 emqx:emqx /etc/emqx/emqx.conf
content=${base64('a = 1\n')} /etc/emqx/emqx.conf
installed=yes
used=yes
open=/var/lib/emqx
changed=1795384000
LISTEN 0      1024         0.0.0.0:8883      0.0.0.0:*    users:(("beam.smp",pid=53,fd=33))
LISTEN 0      128          0.0.0.0:22        0.0.0.0:*
started=1795384783
accounts=own,true,false
`;
    expect(seen(stdout)).toEqual({
      installed: true,
      files: new Map([['/etc/emqx/emqx.conf', { content: 'a = 1\n', mode: '0640', owner: 'emqx:emqx' }]]),
      started: 1795384783,
      changed: 1795384000,
      accounts: { dashboard: 'own', device: true, shippedApplication: false },
      listening: new Map([
        [8883, 'beam.smp'],
        [22, ''],
      ]),
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

  it('is not forged by what a file holds', () => {
    const node = installed(new Map([['/etc/emqx/emqx.conf', 'x = 1\nstarted=9\naccounts=own,true,false\n']]));
    expect(parse(answer(node))).toMatchObject({ started: undefined, accounts: NO_ACCOUNTS });
  });
});

it.each(['4.3.5', '5.8.9'])(
  'the question is shell that any sh understands, and holds no secret (%s)',
  (version) => {
    const context = contextFor(version);
    const { run, show } = context.broker.conf.probe(context);
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
