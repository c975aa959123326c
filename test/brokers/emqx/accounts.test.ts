import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AccountCode,
  type Accounts,
  accountFindings,
  NO_ACCOUNTS,
  parseAccounts,
  tellAccounts,
} from '../../../src/brokers/emqx/accounts.js';
import { erl } from '../../../src/brokers/emqx/erlang.js';
import type { MadePassword } from '../../../src/engine/step.js';
import { contextFor } from './node.js';
import { type Stubs, stubs } from './stubs.js';

const context = contextFor('4.4.19');
const code: AccountCode = {
  hasDevice: (name) => erl`has(${name})`,
  addDevice: (name, password) => erl`add(${name}, ${password})`,
  hasEverywhere: (name) => erl`everywhere(${name})`,
  copyDevice: (name) => erl`copy(${name})`,
  hasShippedApplication: erl`shipped()`,
  running: erl`more()`,
};

describe('what the node tells', () => {
  it.each([
    ['none,false,false,false', NO_ACCOUNTS],
    [
      'shipped,false,true,false',
      { dashboard: 'shipped', device: false, shippedApplication: true, everywhere: false },
    ],
    ['own,true,false,true', { dashboard: 'own', device: true, shippedApplication: false, everywhere: true }],
    [
      'own,true,false,false',
      { dashboard: 'own', device: true, shippedApplication: false, everywhere: false },
    ],
    ['{error,x},true,false,true', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (told, expected) => {
    expect(parseAccounts(told)).toEqual(expected);
  });
});

describe('a password that was never told', () => {
  const lost = (...names: MadePassword[]) => ({
    ...context,
    untold: new Map(names.map((name) => [name, 'untold' as const])),
  });
  const OWN = { dashboard: 'own', device: true, shippedApplication: false, everywhere: true } as const;

  it.each<[MadePassword[], Partial<Accounts>, string[]]>([
    [[], {}, []],
    [['devicePassword'], {}, ['device-1']],
    [['dashboardPassword'], {}, ['admin of the dashboard']],
    [['dashboardPassword', 'devicePassword'], {}, ['admin of the dashboard', 'device-1']],
    // It is made for all protocols anyway; and for an account that is gone it is the same work.
    [['devicePassword'], { everywhere: false }, ['device-1']],
    [['devicePassword'], { device: false }, ['device-1']],
    [['dashboardPassword'], { dashboard: 'none' }, ['admin of the dashboard']],
  ])('%j, %j', (names, accounts, expected) => {
    const found = accountFindings({ ...OWN, ...accounts }, lost(...names), code);
    expect(found.map(({ id }) => id)).toEqual(expected.map(() => 'conf-edits.untold'));
    expect(found.map(({ summary }) => /account (.+) another password/.exec(summary)?.[1])).toEqual(expected);
  });

  it('is noted before another is set, and neither is shown', () => {
    const changes = accountFindings(OWN, lost('devicePassword', 'dashboardPassword'), code).map(
      ({ change }) => (change?.kind === 'run' ? change.script : { run: '', show: '' }),
    );
    const [dashboard, device] = changes.map(({ run }) => run);
    expect(dashboard).toMatch(/untold\/dashboardPassword[\s\S]*open dashboard/);
    expect(device).toMatch(/untold\/devicePassword[\s\S]*add\(<<"device-1">>, <<"open sesame">>\)/);
    expect(changes.map(({ show }) => show).join()).not.toMatch(/open (sesame|dashboard)/);
  });
});

describe('what is to be done', () => {
  const found = (accounts: Partial<Accounts>, chosen = context) =>
    accountFindings(
      { dashboard: 'own', device: true, shippedApplication: false, everywhere: true, ...accounts },
      chosen,
      code,
    );

  it.each([
    [{}, []],
    [{ dashboard: 'none' as const }, ['conf-edits.dashboard-password']],
    [{ dashboard: 'shipped' as const }, ['conf-edits.dashboard-password']],
    [{ shippedApplication: true }, ['conf-edits.default-application']],
    [{ device: false }, ['conf-edits.device']],
    [{ everywhere: false }, ['conf-edits.gateway-account']],
    // Making it makes it everywhere.
    [{ device: false, everywhere: false }, ['conf-edits.device']],
  ])('%j', (accounts, expected) => {
    expect(found(accounts).map(({ id }) => id)).toEqual(expected);
  });

  it.each([
    [['mqtt' as const, 'coap' as const, 'lwm2m' as const], 'over coap and lwm2m as well'],
    [['coap' as const], 'over coap as well'],
  ])('an account that is there is copied for %j, with the password that it has', (protocols, named) => {
    const [finding, ...more] = found({ everywhere: false }, contextFor('5.8.9', { protocols }));
    expect([finding?.level, more]).toEqual(['change', []]);
    expect(finding?.summary).toContain(named);
    const script = finding?.change?.kind === 'run' ? finding.change.script.run : '';
    expect(script).toContain('copy(<<"device-1">>).');
    expect(script).not.toMatch(/add\(|open sesame/);
  });

  it('holds the passwords and shows none', () => {
    const scripts = found({ dashboard: 'shipped', device: false }).map(({ change }) =>
      change?.kind === 'run' ? change.script : undefined,
    );
    expect(scripts.map((script) => script?.run).join()).toMatch(
      /<<"open dashboard">>[\s\S]*<<"open sesame">>/,
    );
    expect(scripts.map((script) => script?.show).join()).not.toMatch(/open dashboard|open sesame/);
  });
});

describe('through a shell', () => {
  let server: Stubs;
  beforeEach(() => {
    server = stubs('chown');
    mkdirSync(join(server.root, 'run'));
  });
  afterEach(() => server.remove());
  const run = (script: string) => server.run(script, '/run/broker-setup');
  const program = () => readFileSync(join(server.root, 'program'), 'utf8');

  /** What EMQX prints, after whatever else its start script has to say. */
  const emqx = (answer: string) => {
    const { root } = server;
    server.stub(
      'su',
      `cat ${root}/run/*/program >${root}/program; echo 'a line of its own' >&2; echo '${answer}'`,
    );
  };

  it('the node is asked for all of them at once', () => {
    emqx('{ok,[shipped,false,true,false]}');
    const { status, stdout } = run(tellAccounts(code, 'device-1').run);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'accounts=shipped,false,true,false\n' });
    expect(program()).toContain('check(<<"admin">>, <<"public">>)');
    expect(program()).toMatch(
      /, has\(<<"device-1">>\), shipped\(\), everywhere\(<<"device-1">>\), more\(\)\]\.\n$/,
    );
  });

  it.each([
    ['{error,{5,erl_eval,undef}}', '{error,{5,erl_eval,undef}}'],
    ['Node is not running!', 'Node is not running!'],
    ['', 'a line of its own'],
  ])('no answer where it says %j, but its last words', (answer, words) => {
    emqx(answer);
    expect(run(tellAccounts(code, 'device-1').run).stdout).toBe(`unanswered=${words}\n`);
  });

  it('an answer that is broken into lines is read as one', () => {
    emqx(
      "{ok,[own,true,false,true,none,\\'key a=1\\',\n      \\'listener ssl:default={true,false,{{0,0,0,0},8883}}\\']}".replaceAll(
        "\\'",
        `'"'"'`,
      ),
    );
    expect(run(tellAccounts(code, 'device-1').run).stdout).toBe(
      "accounts=own,true,false,true,none,'key a=1','listener ssl:default={true,false,{{0,0,0,0},8883}}'\n",
    );
  });

  const script = () => {
    const [finding] = accountFindings({ ...NO_ACCOUNTS, dashboard: 'own' }, context, code);
    if (finding?.change?.kind !== 'run') throw new Error('no change');
    return finding.change.script.run;
  };

  it('an account is made where EMQX says ok', () => {
    emqx('{ok,ok}');
    expect(run(script()).status).toBe(0);
    expect(program()).toBe('add(<<"device-1">>, <<"open sesame">>).\n');
  });

  it.each(['{ok,{error,already_exist}}', '{error,x}', ''])('and not where it says %j', (answer) => {
    emqx(answer);
    const { status, stderr } = run(script());
    expect(status).toBe(1);
    expect(stderr).toContain('broker-setup: EMQX did not accept the account');
    expect(stderr).toContain(`a line of its own\n${answer}`);
    expect(stderr).not.toContain('sesame');
  });

  it('and not where EMQX cannot be asked', () => {
    server.stub('su', 'echo "no such command" >&2; exit 127');
    const { status, stderr } = run(script());
    expect(status).toBe(1);
    expect(stderr).toContain('no such command');
  });
});
