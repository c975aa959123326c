import { describe, expect, it } from 'vitest';
import { EMQX } from '../../../../src/brokers/emqx/facts.js';
import { FILES } from '../../../../src/brokers/emqx/v4/settings.js';
import { begun, complete, contextFor, findings, ids, installed, type Node } from '../node.js';
import { shipped } from '../shipped.js';
import { added, owned, type Spoil, said, without } from '../spoil.js';

const PLUGINS = '/var/lib/emqx/loaded_plugins';
const ACL = '/etc/emqx/acl.conf';
const context = contextFor('4.4.19');
const done = complete(installed(shipped('4.4.19')), context);

describe('what drifts is found by its name', () => {
  it.each<[string, Spoil, string[]]>([
    [
      'anonymous clients',
      said(FILES.conf, 'allow_anonymous = false', 'allow_anonymous = true'),
      ['authentication'],
    ],
    ['the same, said once more below', added(FILES.conf, 'allow_anonymous = true'), ['authentication']],
    [
      'a zone that asks nobody',
      added(FILES.conf, 'zone.mine.bypass_auth_plugins = true'),
      ['authentication'],
    ],
    [
      'the accounts are not asked',
      said(PLUGINS, 'emqx_auth_mnesia, true', 'emqx_auth_mnesia, false'),
      ['authentication'],
    ],
    ['no rule means yes', said(FILES.conf, 'acl_nomatch = deny', 'acl_nomatch = allow'), ['authorization']],
    [
      'a zone without rules',
      said(FILES.conf, 'external.enable_acl = on', 'external.enable_acl = off'),
      ['authorization'],
    ],
    ['the cookie that ships', said(FILES.conf, 'cookie = a cookie', 'cookie = emqxsecretcookie'), ['cookie']],
    ['no cookie at all', said(FILES.conf, /^node\.cookie.*\n/m, ''), ['cookie']],
    ['the plain port for all', said(FILES.conf, '127.0.0.1:1883', '0.0.0.0:1883'), ['plain']],
    [
      'the plain WebSocket',
      said(FILES.conf, '## listener.ws.external = ', 'listener.ws.external = '),
      ['plain'],
    ],
    ['the inner listener', added(FILES.conf, 'listener.tcp.internal = 127.0.0.1:11883'), ['plain']],
    [
      'old TLS',
      said(FILES.conf, /^(listener\.ssl\.external\.tls_versions = ).*/m, '$1tlsv1.2,tlsv1.1'),
      ['encrypted'],
    ],
    [
      'the key that ships',
      said(FILES.conf, '/etc/broker-setup/certificate/privkey.pem', '/etc/emqx/certs/key.pem'),
      ['encrypted'],
    ],
    [
      'the plain dashboard',
      said(FILES.dashboard, '## dashboard.listener.http = ', 'dashboard.listener.http = '),
      ['dashboard'],
    ],
    [
      'the password that ships',
      said(FILES.dashboard, '## dashboard.default_user.p', 'dashboard.default_user.p'),
      ['dashboard'],
    ],
    ['the dashboard is off', said(PLUGINS, '{emqx_dashboard, true}.\n', ''), ['dashboard']],
    ['the management API', added(FILES.management, 'management.listener.http = 8081'), ['management']],
    [
      'inner ports for all',
      said(FILES.conf, 'dist_use_interface = 127.0.0.1', 'dist_use_interface = 0.0.0.0'),
      ['inner-ports'],
    ],
    [
      'telemetry is started again',
      said(PLUGINS, '{emqx_telemetry, false}.', 'emqx_telemetry.'),
      ['telemetry'],
    ],
    ['retained messages in memory', said(FILES.retainer, '= disc', '= ram'), ['retained']],
    ['CoAP is started', added(PLUGINS, 'emqx_coap.'), ['coap']],
    ['LwM2M is started', added(PLUGINS, '{emqx_lwm2m,true}.'), ['lwm2m']],
    ['a rule for all at the end', added(ACL, '{allow, all}.'), ['rules']],
    ['a rule for all before ours', said(ACL, '%% {allow, all}.', '{allow, all}.'), ['rules']],
    ['no refusal at the end', said(ACL, '{deny, all}.\n', ''), ['rules']],
    ['case 59: anyone may read the cookie', owned(FILES.conf, { mode: '0644' }), []],
    ['a file is root’s', owned(FILES.dashboard, { owner: 'root:root' }), []],
  ])('%s', (_, spoil, expected) => {
    const node = spoil(done);
    expect(ids(node, context)).toEqual([...expected, 'config']);
    expect(ids({ ...begun(node, context), accounts: done.accounts }, context)).toEqual([]);
  });

  it.each<[string, Partial<Node>, string[]]>([
    ['it does not run', { started: undefined }, ['restart']],
    ['its files are newer than it', { changed: 2100 }, ['restart']],
    ['one of its ports is closed', { listening: new Map([[8883, 'beam.smp']]) }, ['restart']],
    ['its data and logs are open to all', { open: ['/var/lib/emqx', '/var/log/emqx'] }, ['data']],
    [
      'the dashboard takes what it ships with',
      { accounts: 'shipped,true,false,true' },
      ['dashboard-password'],
    ],
    ['the account of the device is gone', { accounts: 'own,false,false,true' }, ['device']],
    ['the API takes what it ships with', { accounts: 'own,true,true,true' }, ['default-application']],
    ['it is not started with the server', { enabled: false }, ['service']],
    ['another program has a port', { listening: new Map(done.listening).set(8883, 'nginx') }, ['port-8883']],
  ])('%s', (_, other, expected) => {
    const node = { ...done, ...other };
    if (other.started === undefined && 'started' in other) node.accounts = undefined;
    expect(ids(node, context)).toEqual(expected);
  });

  it.each<[string, Spoil]>([
    ['is gone', said(EMQX.vm, '-gen_rpc tcp_server_port false\n', '')],
    ['says something else', said(EMQX.vm, 'tcp_server_port false', 'tcp_server_port 5370')],
  ])('an inner port of a version that closes it by an argument, which %s', (_, spoil) => {
    const old = contextFor('4.3.5');
    const node = spoil(complete(installed(shipped('4.3.5')), old));
    expect(ids(node, old)).toEqual(['inner-ports', 'config']);
    expect(ids({ ...begun(node, old), accounts: done.accounts }, old)).toEqual([]);
  });

  it('stops at a line that EMQX would not start with, and changes nothing', () => {
    const found = findings(added(FILES.dashboard, 'dashboard.listener.http')(done), context);
    expect(found.map(({ id, level }) => `${id} ${level}`)).toEqual(['conf-edits.broken-line stop']);
    expect(found[0]?.summary).toMatch(
      /^Line \d+ of \/etc\/emqx\/plugins\/emqx_dashboard\.conf .*: dashboard\.listener\.http$/,
    );
  });

  it('stops where emqx.conf is gone, and says how to get it back', () => {
    const [finding, ...more] = findings(without(FILES.conf)(done), context);
    expect([finding?.id, finding?.level, more.length]).toEqual(['conf-edits.missing', 'stop', 0]);
    expect(finding?.hint).toContain('--reinstall');
  });

  it('does not call it in place where the accounts are not known', () => {
    expect(() => ids({ ...done, accounts: undefined }, context)).toThrow('does not answer');
  });
});
