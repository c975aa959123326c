import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { assign, fromCommandLine, fromServer, settingFlags } from '../../src/settings/assign.js';
import { nearest } from '../../src/settings/nearest.js';

describe('settingFlags', () => {
  it('are few and derived from the schema', () => {
    expect(settingFlags.map(({ flags, key }) => [flags, key])).toEqual([
      ['--domain <domain>', 'domain'],
      ['--user <user>', 'user'],
      ['--exposure <encrypted|guide>', 'exposure'],
      ['--hardening <standard|strict>', 'hardening'],
      ['--broker <emqx|mosquitto>', 'broker'],
      ['--broker-version <broker-version>', 'brokerVersion'],
      ['--agree-licence', 'agreeLicence'],
      ['--broker-package <broker-package>', 'brokerPackage'],
      ['--email <email>', 'email'],
      ['--agree-terms', 'agreeTerms'],
    ]);
    for (const { description } of settingFlags) expect(description).not.toBe('');
  });
});

describe('fromCommandLine', () => {
  const draft = (line: Parameters<typeof fromCommandLine>[0], file: unknown = {}) =>
    assign(file, fromCommandLine(line));

  const problemsOf = (pair: string) => {
    try {
      fromCommandLine({ set: [pair] });
    } catch (error) {
      return (error as UsageError).problems;
    }
    return [];
  };

  it('puts server, flags and --set over the file, --set last', () => {
    expect(
      draft(
        {
          server: 'lab',
          options: { agreeTerms: true, user: 'ada', yes: true },
          set: ['user.name=bob', 'login.port=2222'],
        },
        { server: 'old', reboot: 'no', user: { sudo: 'with-password' } },
      ),
    ).toEqual({
      server: 'lab',
      reboot: 'no',
      user: { sudo: 'with-password', name: 'bob' },
      certificate: { agree_terms: true },
      login: { port: 2222 },
    });
  });

  it.each([
    ['login.port=22', { login: { port: 22 } }],
    ['login.port=many', { login: { port: 'many' } }],
    ['hostname=12', { hostname: '12' }],
    ['version=1', { version: 1 }],
    ['certificate.agree_terms=yes', { certificate: { agree_terms: true } }],
    ['certificate.agree_terms=false', { certificate: { agree_terms: false } }],
    ['certificate.agree_terms=toString', { certificate: { agree_terms: 'toString' } }],
    ['certificate.directory=https://ca.test/?a=b', { certificate: { directory: 'https://ca.test/?a=b' } }],
    ['watch.ntfy=https://ntfy.sh/my-topic', { watch: { ntfy: 'https://ntfy.sh/my-topic' } }],
  ])('--set %s has the type of the setting', (pair, expected) => {
    expect(draft({ set: [pair] })).toEqual(expected);
  });

  it('an empty --set takes a setting of the file back', () => {
    expect(draft({ set: ['certificate.email='] }, { certificate: { email: 'a@b.org' } })).toEqual({
      certificate: {},
    });
  });

  it('names everything wrong at once, with the nearest right name', () => {
    const set = ['x', 'user.nam=3', 'agree-terms=true', '__proto__.polluted=1', 'password=hunter2'];
    let error: unknown;
    try {
      fromCommandLine({ set });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    const { problems } = error as UsageError;
    expect(problems).toHaveLength(5);
    expect(problems[0]).toContain('must have the form PATH=VALUE');
    expect(problems[1]).toContain('did you mean user.name?');
    expect(problems[2]).toContain('did you mean certificate.agree_terms?');
    expect(problems[4]).toContain('secrets are asked for');
    expect(problems.join()).not.toContain('hunter2');
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    ['accept=ufw.docker', 'accept is a list of blocks, which no flag can hold: write it into broker.yaml.'],
    ['accept=', 'accept is a list of blocks, which no flag can hold: write it into broker.yaml.'],
    ['accept.0.reason=x', 'accept is a list of blocks, which no flag can hold: write it into broker.yaml.'],
    ['watch=x', 'watch is a block of settings: set one of watch.webhook, watch.ntfy, watch.mail.'],
    ['acept=x', '"acept" is no setting; did you mean accept?'],
  ])('--set %s says what to do instead', (pair, expected) => {
    expect(problemsOf(pair)).toEqual([`--set: ${expected}`]);
  });

  it.each([
    'watch=https://ntfy.sh/hush',
    'watch.ntyf=https://ntfy.sh/hush',
    'watch.ntfy:https://ntfy.sh/hush',
    '=https://ntfy.sh/hush',
    'https://ntfy.sh/hush?a=b',
  ])('--set %s does not repeat what may be a secret', (pair) => {
    expect(problemsOf(pair)).toEqual([expect.not.stringContaining('hush')]);
  });

  it('leaves a file that is no block of settings for complete() to name', () => {
    expect(assign([1], [{ keys: ['server'], value: 'x' }])).toEqual([1]);
    expect(assign({ user: 'ada' }, [{ keys: ['user', 'name'], value: 'x' }])).toEqual({ user: 'ada' });
  });

  it('does not change the draft it was given', () => {
    const given = { user: { name: 'ada' } };
    assign(given, [{ keys: ['user', 'name'], value: 'bob' }]);
    expect(given).toEqual({ user: { name: 'ada' } });
  });
});

describe('fromServer', () => {
  it('takes user@server as ssh does', () => {
    expect(fromServer('debian@203.0.113.7')).toEqual([
      { keys: ['server'], value: '203.0.113.7' },
      { keys: ['login', 'user'], value: 'debian' },
    ]);
    expect(fromServer('lab')).toEqual([{ keys: ['server'], value: 'lab' }]);
  });
});

describe('nearest', () => {
  const names = ['server', 'user.name', 'certificate.email', 'key.file'];
  it.each([
    ['sevrer', 'server'],
    ['email', 'certificate.email'],
    ['emial', 'certificate.email'],
    ['User.Name', 'user.name'],
    ['key-file', 'key.file'],
    ['nothing.like.it', undefined],
    ['', undefined],
  ])('%s: %s', (typed, expected) => {
    expect(nearest(typed, names)).toBe(expected);
  });
});

it('a server behind --set is said to belong before it', () => {
  const problemsOf = (line: Parameters<typeof fromCommandLine>[0]): string[] => {
    try {
      fromCommandLine(line);
      return [];
    } catch (error) {
      return (error as UsageError).problems;
    }
  };
  expect(problemsOf({ set: ['domain=a b', 'srv'] })).toEqual([
    expect.stringMatching(
      /^--set "srv" must have the form PATH=VALUE.* If it is the server, put it before --set\.$/,
    ),
  ]);
  expect(problemsOf({ server: 'srv', set: ['x'] }).join()).not.toContain('before --set');
});
