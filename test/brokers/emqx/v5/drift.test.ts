import { describe, expect, it } from 'vitest';
import { FILES } from '../../../../src/brokers/emqx/v5/settings.js';
import { begun, complete, contextFor, findings, ids, installed, type Node, withFile } from '../node.js';
import { shipped } from '../shipped.js';
import { added, owned, type Spoil, said, without } from '../spoil.js';
import { effective } from './effective.js';
import { leaves } from './hocon.js';

const VERSION = '5.8.9';
const ACL = '/etc/emqx/acl.conf';
const COOKIE = 'node.cookie = "a cookie"\n';
const context = contextFor(VERSION);
const done = complete(installed(shipped(VERSION)), context);

describe('what drifts is found by its name', () => {
  it.each<[string, Spoil, string[]]>([
    ['old TLS', said(FILES.conf, '["tlsv1.3", "tlsv1.2"]', '["tlsv1"]'), ['encrypted']],
    ['a second handshake', said(FILES.conf, 'renegotiation = false', 'renegotiation = true'), ['encrypted']],
    ['the plain port for all', said(FILES.conf, '"127.0.0.1:1883"', '"0.0.0.0:1883"'), ['plain']],
    [
      'nobody is asked who it is',
      said(FILES.base, /^authentication = \[[^\]]*\]\n/m, 'authentication = []\n'),
      ['authentication'],
    ],
    ['no rule means yes', said(FILES.base, 'no_match = deny', 'no_match = allow'), ['authorization']],
    [
      'the plain dashboard',
      said(FILES.conf, 'listeners.http.bind = 0\n', 'listeners.http.bind = 18083\n'),
      ['dashboard'],
    ],
    ['the cookie that ships', said(FILES.conf, /^include .*\n/m, ''), ['cookie']],
    ['the cookie that ships, in our file', said(FILES.cookie, 'a cookie', 'emqxsecretcookie'), ['cookie']],
    ['an empty file for the cookie', said(FILES.cookie, COOKIE, ''), ['cookie']],
    ['no file for the cookie', without(FILES.cookie), ['cookie']],
    [
      'an inner port for all',
      said(FILES.conf, 'rpc.listen_address = "127.0.0.1"', 'rpc.listen_address = "0.0.0.0"'),
      ['inner-ports'],
    ],
    ['the other inner port', said(FILES.vm, '{127,0,0,1}', '{0,0,0,0}'), ['inner-ports']],
    ['a cookie that need not be there', said(FILES.conf, /required\((.*)\)/, '$1'), ['cookie']],
    ['metrics for all', said(FILES.conf, 'basic_auth = true', 'basic_auth = false'), ['metrics']],
    [
      'the description of the API for all',
      said(FILES.conf, 'swagger_support = false', 'swagger_support = true'),
      ['dashboard'],
    ],
    ['who came in too early stays', without(FILES.unit), ['start']],
    ['who came in too early stays, by another file', said(FILES.unit, 'kick_session', 'list'), ['start']],
    ['the file for the unit is EMQX’s', owned(FILES.unit, { owner: 'emqx:emqx' }), []],
    ['telemetry', said(FILES.conf, 'telemetry.enable = false', 'telemetry.enable = true'), ['telemetry']],
    [
      'retained messages in memory',
      said(FILES.conf, 'storage_type = disc', 'storage_type = ram'),
      ['retained'],
    ],
    ['a rule for all at the end', added(ACL, '{allow, all}.'), ['rules']],
    [
      'a setting below ours, which counts more',
      added(FILES.conf, 'listeners.tcp.default.bind = "0.0.0.0:1883"'),
      [],
    ],
    [
      'a setting inside of ours',
      said(FILES.conf, '## END', 'listeners.tcp.default.bind = "0.0.0.0:1883"\n## END'),
      [],
    ],
    ['case 59: anyone may read the cookie', owned(FILES.cookie, { mode: '0644' }), []],
    ['a file is root’s', owned(FILES.base, { owner: 'root:root' }), []],
  ])('%s', (_, spoil, expected) => {
    const node = spoil(done);
    expect(ids(node, context)).toEqual([...expected, 'config']);
    const after = { ...begun(node, context), accounts: done.accounts };
    expect(ids(after, context)).toEqual([]);
    expect(leaves(effective(after)).sort()).toEqual(leaves(effective(done)).sort());
  });

  it('the whole block, taken out by hand', () => {
    const node = withFile(done, FILES.conf, () => shipped(VERSION).get(FILES.conf) ?? '');
    expect(ids(node, context)).toEqual([
      'encrypted',
      'plain',
      'dashboard',
      'cookie',
      'inner-ports',
      'metrics',
      'telemetry',
      'retained',
      'config',
    ]);
    expect(begun(node, context).files.get(FILES.cookie)?.content).toBe(COOKIE);
  });

  it.each<[string, Partial<Node>, string[]]>([
    ['it does not run', { started: undefined, accounts: undefined }, ['restart']],
    ['its files are newer than it', { changed: 2100 }, ['restart']],
    ['its data and logs are open to all', { open: ['/var/lib/emqx', '/var/log/emqx'] }, ['data']],
    [
      'the dashboard takes what it ships with',
      { accounts: 'shipped,true,false,true' },
      ['dashboard-password'],
    ],
    ['the account of the device is gone', { accounts: 'own,false,false,true' }, ['device']],
    ['it is not started with the server', { enabled: false }, ['service']],
    [
      'another program has a port',
      { listening: new Map(done.listening).set(18084, 'nginx') },
      ['port-18084'],
    ],
  ])('%s', (_, other, expected) => {
    expect(ids({ ...done, ...other }, context)).toEqual(expected);
  });

  it('emqx.conf is gone', () => {
    expect(findings(without(FILES.conf)(done), context).map(({ id, level }) => `${id} ${level}`)).toEqual([
      'conf-edits.missing stop',
    ]);
  });
});
