import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { block } from '../../../../src/brokers/emqx/block.js';
import { FILES } from '../../../../src/brokers/emqx/v5/settings.js';
import { brokerFor } from '../../../../src/brokers/index.js';
import { answer, begun, complete, contextFor, findings, ids, installed, type Node } from '../node.js';
import { shipped } from '../shipped.js';
import { answering } from './live.js';

const VERSION = '5.8.9';
const context = { ...contextFor(VERSION), now: new Date('2026-11-24T12:00:00Z') };
const done = complete(installed(shipped(VERSION)), context);
const newer = { ...contextFor('6.2.2'), now: context.now };
const hardened = complete(installed(shipped('6.2.2')), newer);

const seen = (node: Node, of = context) => findings(node, of).map(({ id, level }) => `${id} ${level}`);
const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const DAY = 86_400;

describe('case 64: the licence of EMQX', () => {
  it.each<[string, string, number, string[]]>([
    ['for a community, for years', "'community:11:2044-03-02'", 90, []],
    ['that an edition without one has', 'none', 90, []],
    ['for a trial that ends next year', "'trial:0:2027-11-24'", 90, []],
    ['for a trial that ends in a month', "'trial:0:2026-12-24'", 90, ['conf-edits.licence warn']],
    ['for a trial that ended yesterday', "'trial:0:2026-11-23'", 90, ['conf-edits.licence stop']],
    ['for a trial, on its last day', "'trial:0:2026-11-24'", 90, ['conf-edits.licence warn']],
    ['that was bought and has ended', "'official:1:2026-11-23'", 90, []],
    ['for evaluation', "'trial:10:2027-11-24'", 1, ['conf-edits.licence warn']],
    ['for evaluation, after a month', "'trial:10:2027-11-24'", 30, ['conf-edits.licence stop']],
  ])('%s', (_, licence, days, expected) => {
    expect(seen({ ...answering(done, {}, licence), age: days * DAY })).toEqual(expected);
  });

  it('for evaluation: says how many days are left, and how to go on', () => {
    const [finding] = findings({ ...answering(done, {}, "'trial:10:2027-11-24'"), age: 20 * DAY }, context);
    expect(finding?.summary).toContain('in 10 days it lets no new device in');
    expect(finding?.hint).toContain('sudo systemctl restart emqx');
  });

  it('is told by doctor', () => {
    const { facts } = brokerFor(context.settings).conf.see(
      answer(answering(done, {}, "'community:11:2044-03-02'")),
      context,
    );
    expect(facts).toContainEqual({
      id: 'conf-edits.licence',
      label: 'Licence of EMQX',
      value: 'community, until 2044-03-02',
    });
  });
});

describe('case 209: who may be refused whatever the password', () => {
  const refusesFirst = (node: Node) =>
    brokerFor(context.settings).conf.see(answer(node), context).inventory.refusesFirst;

  it('is nobody where accounts are looked up in the built-in database alone', () => {
    expect(refusesFirst(answering(done))).toEqual([]);
  });

  it('is anybody where another source is asked, for all or for a listener', () => {
    const other = { 'authenticator ssl:default': '{password_based:http,true}' };
    expect(refusesFirst(answering(done, other))).toEqual([
      'it looks accounts up in password_based:http as well (ssl:default)',
    ]);
    expect(refusesFirst(answering(done, { 'authenticator ssl:default': '{jwt,false}' }))).toEqual([]);
  });

  it('is not known where the node does not report it', () => {
    for (const node of [
      done,
      answering(done, { 'chains ': undefined, 'authenticator mqtt:global': undefined }),
    ])
      expect(refusesFirst(node)).toEqual([expect.stringContaining('does not report')]);
  });
});

describe('a node that runs as its files say', () => {
  it.each(['5.0.26', '5.1.0', '5.8.9', '6.2.2'])('%s: nothing is found', (version) => {
    const chosen = contextFor(version, { protocols: ['mqtt'] });
    const node = complete(installed(shipped(version)), chosen);
    const live = answering(node, { 'key security_profile': 'hardened' });
    expect(ids(live, chosen)).toEqual(ids(node, chosen));
  });
});

describe('case 273: what was changed in the dashboard until the next start', () => {
  it.each([
    [
      'key telemetry.enable',
      'true',
      'Send no usage data to the vendor: the running EMQX has telemetry.enable = true',
    ],
    [
      'key retainer.backend.storage_type',
      'ram',
      'Keep retained messages on disc: the running EMQX has retainer.backend.storage_type = ram',
    ],
    ['key prometheus.enable_basic_auth', 'false', 'prometheus.enable_basic_auth = false'],
    ['key dashboard.listeners.http.bind', '18083', 'dashboard.listeners.http.bind = 18083'],
    ['key dashboard.swagger_support', 'true', 'dashboard.swagger_support = true'],
    [
      'key listeners.ssl.default.ssl_options.versions',
      '[tlsv1,tlsv1.2]',
      'listeners.ssl.default.ssl_options.versions = [tlsv1,tlsv1.2]',
    ],
    [
      'key listeners.ssl.default.ssl_options.ciphers',
      'sha256:0123456789abcdef',
      'listeners.ssl.default.ssl_options.ciphers another value',
    ],
    ['key listeners.tcp.default.bind', '{{0,0,0,0},1883}', 'listeners.tcp.default.bind = 0.0.0.0:1883'],
    ['key rpc.listen_address', '0.0.0.0', 'rpc.listen_address = 0.0.0.0'],
  ])('%s = %s is found, and a new start ends it', (fact, value, words) => {
    const [first, restart, ...more] = findings(answering(done, { [fact]: value }), context);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ id: 'conf-edits.overruled', level: 'change' });
    expect(first?.summary).toContain(words);
    expect(restart).toMatchObject({ id: 'conf-edits.restart', level: 'change', change: { kind: 'run' } });
  });

  it('several things of one setting are one finding', () => {
    const node = answering(done, {
      'key listeners.ssl.default.enable_authn': 'false',
      'key listeners.wss.default.enable_authn': 'false',
    });
    expect(seen(node)).toEqual(['conf-edits.overruled change', 'conf-edits.restart change']);
  });

  it('what a variable of its environment holds is for a person, who is told which', () => {
    const [finding, ...more] = findings(
      answering(done, { 'key telemetry.enable': 'true', 'environment EMQX_TELEMETRY__ENABLE': 'set' }),
      context,
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'conf-edits.overruled', level: 'stop' });
    expect(finding?.hint).toContain(
      'The variable EMQX_TELEMETRY__ENABLE in its environment wins over all files',
    );
  });

  it('is not judged while EMQX still runs with other files', () => {
    const before = { ...answering(done, { 'key telemetry.enable': 'true' }), changed: 9000 };
    expect(seen(before)).toEqual(['conf-edits.restart change']);
  });

  it('just after a start another one is not tried: it would end nothing', () => {
    const node = { ...answering(done, { 'key telemetry.enable': 'true' }), age: 59 };
    const [finding, ...more] = findings(node, context);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'conf-edits.overruled', level: 'warn' });
  });

  it('limits are the owner’s to change', () => {
    const node = answering(done, { 'key listeners.ssl.default.max_connections': '50' });
    expect(seen(node)).toEqual([]);
  });
});

describe('case 272: listeners that ask no client for an account', () => {
  it('enable_authn is in emqx.conf, which wins over what the dashboard keeps in cluster.hocon', () => {
    const ours = block(done.files.get(FILES.conf)?.content ?? '') ?? '';
    expect(ours.match(/^ *enable_authn = true$/gm)).toHaveLength(4);
  });

  it.each(['ssl', 'wss', 'tcp', 'ws'])('%s: one finding names the cause', (type) => {
    const node = answering(done, {
      [`key listeners.${type}.default.enable_authn`]: 'false',
      [`listener ${type}:default`]: '{true,false,{{0,0,0,0},1}}',
    });
    const [finding, ...more] = findings(node, context);
    expect(more.map(({ id }) => id)).toEqual(['conf-edits.restart']);
    expect(finding?.summary).toContain(`listeners.${type}.default.enable_authn = false`);
  });

  it('a stricter one is not touched', () => {
    expect(
      seen(answering(done, { 'key listeners.ssl.default.enable_authn': 'quick_deny_anonymous' })),
    ).toEqual([]);
  });

  it.each([
    ['listener tcp:mine', '{true,false,{{0,0,0,0},2883}}', 'enable_authn = false for the listener tcp:mine'],
    ['gateway stomp', 'true', 'no authentication that is enabled for the gateway stomp'],
  ])('%s %s, which is not of this set-up, is for a person', (fact, value, words) => {
    const node = answering(done, {
      [fact]: value,
      ...(fact === 'gateway stomp' ? { 'listener stomp:tcp:default': '{true,true,{{0,0,0,0},61613}}' } : {}),
    });
    const [finding, ...more] = findings(node, context);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'conf-edits.overruled', level: 'stop' });
    expect(finding?.summary).toContain(words);
  });

  it.each(['{true,false,{{127,0,0,1},2883}}', '{false,false,{{0,0,0,0},2883}}'])(
    'one for the server itself, or off, is not found: %s',
    (value) => expect(seen(answering(done, { 'listener tcp:mine': value }))).toEqual([]),
  );

  it('a listener with an authentication of its own, of which nothing is on', () => {
    const node = answering(done, { 'authenticator ssl:default': '{password_based:http,false}' });
    expect(findings(node, context)[0]).toMatchObject({ level: 'stop', id: 'conf-edits.overruled' });
  });
});

describe('case 274: authentication and rules that the dashboard keeps', () => {
  it.each([
    [
      'no client is asked for an account',
      { 'authenticator mqtt:global': undefined },
      'authentication',
      'no authentication that is enabled',
    ],
    [
      'accounts are switched off',
      { 'authenticator mqtt:global': '{password_based:built_in_database,false}' },
      'authentication',
      'no authentication that is enabled',
    ],
    [
      'what no rule names is allowed',
      { 'key authorization.no_match': 'allow' },
      'authorization',
      'authorization.no_match = allow',
    ],
    [
      'other rules',
      { 'source ': '{file,true,/var/lib/emqx/authz/acl.conf}' },
      'authorization',
      '/var/lib/emqx/authz/acl.conf',
    ],
    [
      'rules that are off',
      { 'source ': '{file,false,/etc/emqx/acl.conf}' },
      'authorization',
      '/etc/emqx/acl.conf, disabled',
    ],
    ['no rules', { 'source ': undefined, 'sources ': '0' }, 'authorization', '(none)'],
  ])('%s: the setting moves into emqx.conf, which wins, and stays there', (_, facts, id, words) => {
    const spoiled = answering(done, facts);
    expect(ids(spoiled, context)).toEqual([id, 'overruled', 'config']);
    expect(findings(spoiled, context)[1]?.summary).toContain(words);
    const after = { ...begun(spoiled, context), accounts: done.accounts };
    expect(block(after.files.get(FILES.conf)?.content ?? '')).toMatch(new RegExp(`^${id} [={]`, 'm'));
    expect(block(after.files.get(FILES.base)?.content ?? '')).not.toMatch(new RegExp(`^${id} [={]`, 'm'));
    expect(ids(answering(after), context)).toEqual([]);
    // What the dashboard changes now lasts until the next start.
    expect(ids(answering(after, facts), context)).toEqual(['overruled', 'restart']);
  });

  it('a source of the owner’s beside the rules is left alone', () => {
    const node = answering(done, { 'sources ': '2', 'source  ': '{built_in_database,true,none}' });
    expect(seen(node)).toEqual([]);
  });

  it('rules that are gone beside another source are for a person: writing the list would end that one', () => {
    const node = answering(done, { 'source ': '{built_in_database,true,none}' });
    const [finding, ...more] = findings(node, context);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'conf-edits.overruled', level: 'stop' });
    expect(finding?.hint).toContain('built_in_database');
  });

  it('accounts in another database only', () => {
    const node = answering(done, { 'authenticator mqtt:global': '{password_based:postgresql,true}' });
    expect(seen(node)).toEqual(['conf-edits.overruled stop']);
  });
});

describe('case 270: the cookie that the running node has', () => {
  it('the one of the package is found, and a new start ends it', () => {
    const [finding, restart] = findings(answering(done, { 'cookie ': digest('emqx50elixir') }), context);
    expect(finding?.summary).toContain('the running EMQX has the cookie that its package ships with');
    expect(restart?.id).toBe('conf-edits.restart');
  });

  it('another one than the files name is found', () => {
    expect(ids(answering(done, { 'cookie ': digest('x') }), context)).toEqual(['overruled', 'restart']);
  });

  it.each([
    ['mine', []],
    ['emqx50elixir', ['conf-edits.overruled stop']],
  ])('%s of the environment', (cookie, expected) => {
    const node = answering(done, { 'cookie ': digest(cookie), 'environment EMQX_NODE__COOKIE': 'set' });
    expect(seen(node)).toEqual(expected);
  });

  it('is in no finding and no answer', () => {
    const node = answering(done, { 'cookie ': digest('x') });
    expect(node.accounts).not.toContain('a cookie');
    expect(JSON.stringify(findings(node, context))).not.toContain('a cookie');
  });

  it('a package that does not say what it ships with: nothing is called in place', () => {
    const node = { ...done, shippedCookies: '' };
    expect(() => findings(node, context)).toThrow('names the cookie that EMQX ships with');
  });
});

describe('what is not answered is not called in place', () => {
  it('a key, chains or sources that the node does not report', () => {
    const node = answering(done, {
      'key telemetry.enable': 'unknown',
      'chains ': undefined,
      'sources ': undefined,
    });
    const [finding, ...more] = findings(node, context);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'conf-edits.unanswered', level: 'warn' });
    expect(finding?.summary).toMatch(/: telemetry\.enable, authentication, authorization\.sources\.$/);
  });

  it('a node that does not answer at all: its own words are the error', () => {
    const node = { ...done, accounts: undefined, unanswered: 'Node emqx@127.0.0.1 not responding to pings.' };
    expect(() => findings(node, context)).toThrow('not responding to pings.');
  });
});

describe('case 275: the security profile of 6.2 and newer', () => {
  it('is hardened, from a file for the unit', () => {
    expect(hardened.files.get(FILES.unit)?.content).toContain('Environment=EMQX_SECURITY_PROFILE=hardened');
    expect(seen(answering(hardened, { 'key security_profile': 'hardened' }), newer)).toEqual([]);
  });

  it('that another file of the unit sets is named', () => {
    const [finding, ...more] = findings(answering(hardened, { 'key security_profile': 'legacy' }), newer);
    expect(more).toEqual([]);
    expect(finding?.hint).toContain('systemctl cat emqx.service');
  });
});

it.each(['file:///etc/emqx/secret'])(
  'case 270: a cookie that stands elsewhere is not compared: %s',
  (cookie) => {
    const files = shipped(VERSION);
    const own = (files.get(FILES.conf) ?? '').replace(/node \{[^}]*\}/, `node.cookie = "${cookie}"`);
    const node = complete(installed(files.set(FILES.conf, own)), context);
    expect(seen(answering(node, { 'cookie ': digest('from there') }))).toEqual([]);
  },
);
