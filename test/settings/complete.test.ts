import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete, validate } from '../../src/settings/complete.js';
import { put, valueAt } from '../../src/settings/defaults.js';
import { LEAVES, leaf } from '../../src/settings/tree.js';

const home = '/home/ada';
const least = {
  server: '203.0.113.7',
  domain: 'mqtt.example.org',
  broker: { kind: 'mosquitto' },
  certificate: { agree_terms: true },
};
const draftWith = (path: string, value: unknown) => {
  const draft: Record<string, unknown> = structuredClone(least);
  put(draft, path.split('.'), value);
  return draft;
};
const problemsOf = (draft: unknown) => {
  const completed = complete(draft, { home });
  return completed.settings ? [] : completed.problems;
};

describe('broker', () => {
  const broker = (settings: object) => complete({ ...least, broker: settings }, { home });

  it('has its version named, never guessed', () => {
    expect(broker({ kind: 'emqx' })).toEqual({ missing: ['broker.version'], problems: [] });
    expect(broker({ kind: 'emqx', version: '5.8.9' }).settings?.broker).toEqual({
      kind: 'emqx',
      version: '5.8.9',
    });
    expect(problemsOf({ ...least, broker: { kind: 'emqx', version: '3.1.0' } })).toEqual([
      'broker.version is "3.1.0", but must be three numbers, from 4.3.0 to 6.x, such as 6.3.1 (in quotes).',
    ]);
  });

  it('needs its licence accepted from 5.9.0 on', () => {
    expect(broker({ kind: 'emqx', version: '6.3.1' })).toEqual({
      missing: ['broker.agree_licence'],
      problems: [],
    });
    expect(
      problemsOf({ ...least, broker: { kind: 'emqx', version: '5.9.0', agree_licence: false } }),
    ).toEqual([expect.stringContaining('broker.agree_licence is false, but must be true for EMQX 5.9.0')]);
    expect(broker({ kind: 'emqx', version: '6.3.1', agree_licence: true }).settings).toBeDefined();
  });

  it('takes a package from an address only with its SHA-256', () => {
    const from = 'https://example.org/emqx.deb';
    expect(broker({ kind: 'emqx', version: '5.8.9', package: from })).toEqual({
      missing: ['broker.sha256'],
      problems: [],
    });
    expect(
      problemsOf({
        ...least,
        broker: { kind: 'emqx', version: '5.8.9', package: 'http://example.org/a.deb' },
      }),
    ).toEqual(['broker.package is "http://example.org/a.deb", but must be a path, or an https:// address.']);
  });

  it('case 152: takes no CoAP for an EMQX that lets its devices hang', () => {
    const coap = (version: string) =>
      problemsOf({ ...least, broker: { kind: 'emqx', version }, protocols: ['mqtt', 'coap'] }).join();
    expect(coap('5.8.9')).toContain('must be without coap with EMQX 5.8.9');
    expect(coap('4.4.19')).toBe('');
  });

  it('takes nothing of EMQX for Mosquitto', () => {
    expect(problemsOf({ ...least, broker: { kind: 'mosquitto', version: '2.0.11' } }).join()).toContain(
      'broker.version',
    );
    expect(problemsOf({ ...least, protocols: ['mqtt', 'coap'] }).join()).toContain(
      'Mosquitto speaks neither',
    );
    expect(problemsOf({ ...least, protocols: ['mqtt', 'mqtt'] }).join()).toContain(
      'must be a list of: mqtt, coap, lwm2m',
    );
    expect(problemsOf({ ...least, protocols: 'mqtt' }).join()).toContain(
      'must be a list of: mqtt, coap, lwm2m',
    );
  });
});

describe('complete', () => {
  it('fills in every default', () => {
    expect(complete(least, { home })).toEqual({
      settings: {
        version: 1,
        server: '203.0.113.7',
        login: {},
        domain: 'mqtt.example.org',
        hostname: 'mqtt',
        user: { name: 'researcher', sudo: 'without-password' },
        key: { file: '/home/ada/.ssh/broker-setup_mqtt', type: 'ed25519' },
        exposure: 'encrypted',
        hardening: 'standard',
        broker: { kind: 'mosquitto' },
        dashboard: 'public',
        protocols: ['mqtt'],
        device: { name: 'device-1' },
        certificate: {
          agree_terms: true,
          key_type: 'ecdsa',
          directory: 'https://acme-v02.api.letsencrypt.org/directory',
        },
        reboot: 'ask',
        accept: [],
        watch: {},
      },
    });
  });

  it('takes the key name from a hostname that was given', () => {
    const { settings } = complete({ ...least, hostname: 'lab' }, { home });
    expect(settings?.key.file).toBe('/home/ada/.ssh/broker-setup_lab');
  });

  it('expands ~ in every path and leaves what was handed in as it is', () => {
    const draft = { ...least, key: { file: '~/.ssh/id_rsa' }, login: { key: '~/first' } };
    const { settings } = complete(draft, { home });
    expect([settings?.key.file, settings?.login.key]).toEqual(['/home/ada/.ssh/id_rsa', '/home/ada/first']);
    expect(draft.key.file).toBe('~/.ssh/id_rsa');
  });

  it('names all missing settings at once, and no problem besides', () => {
    expect(complete({})).toEqual({
      missing: ['server', 'domain', 'broker.version', 'certificate.agree_terms'],
      problems: [],
    });
    expect(complete(undefined)).toEqual(complete({}));
  });

  it('takes an empty YAML value for a missing one', () => {
    const draft = { ...least, login: null, domain: null, hostname: null };
    expect(complete(draft)).toEqual({ missing: ['domain'], problems: [] });
  });

  it('allows the first login to be the limited user already', () => {
    expect(complete({ ...least, login: { user: 'researcher' } }).settings?.login.user).toBe('researcher');
  });

  it.each([
    ['user.name', 'Root!', 'user.name is "Root!", but must be a user name'],
    ['user.name', 'root', 'user.name is "root", but must not be an account that the system uses itself.'],
    ['user.sudo', 'maybe', 'user.sudo is "maybe", but must be one of: without-password, with-password.'],
    ['hostname', 12, 'hostname is 12, but must be text: put it in quotes, "12".'],
    ['domain', 12, 'domain is 12, but must be text, and must be a full domain name in lower case'],
    ['hostname', 'localhost', 'hostname is "localhost", but must not be the name'],
    ['reboot', true, 'reboot is true, but must be one of: ask, yes, no.'],
    ['login.port', 0, 'login.port is 0, but must be a number from 1 to 65535.'],
    ['login.port', '22', 'login.port is "22", but must be a number from 1 to 65535.'],
    ['login.port', 2.5, 'login.port is 2.5, but must be a number from 1 to 65535.'],
    ['version', 2, 'version is 2, but must be 1.'],
    ['broker.kind', 'rabbit', 'broker.kind is "rabbit", but must be one of: emqx, mosquitto.'],
    ['broker', 'mosquitto', 'broker is "mosquitto", but must be a block of settings: kind, version,'],
    ['key', 5, 'key is 5, but must be a block of settings: file, type, alias.'],
    ['user', ['a'], 'user is a list, but must be a block of settings: name, sudo.'],
    ['domain', 'MQTT.example.org', 'domain is "MQTT.example.org", but must be written mqtt.example.org.'],
    [
      'domain',
      'https://mqtt.example.org',
      'domain is "https://mqtt.example.org", but must be written mqtt.example.org.',
    ],
    ['domain', '', 'domain is "", but must not be empty.'],
    ['domain', { a: 1 }, 'domain is a block of settings, but must be text.'],
    ['domain', 'broker.local', 'domain is "broker.local", but must be a public name'],
    ['server', '-oProxyCommand=x', 'server is "-oProxyCommand=x", but must be an address'],
    ['certificate.agree_terms', false, 'certificate.agree_terms is false, but must be true: no authority'],
    ['certificate.agree_terms', 'yes', 'certificate.agree_terms is "yes", but must be true or false.'],
    [
      'certificate.email',
      '-x@example.org',
      'certificate.email is "-x@example.org", but must be an e-mail address.',
    ],
    [
      'certificate.directory',
      'http://ca.test/',
      'certificate.directory is "http://ca.test/", but must be an https://',
    ],
    ['certificate.directory', 'https://me:pw@ca.test/', 'but must not hold a user name or a password.'],
    ['certificate.ca_bundle', '/ca.pem', 'certificate.ca_bundle is "/ca.pem", but must be left out unless'],
    [
      'certificate.resolver',
      '1.2.3.4]',
      'certificate.resolver is "1.2.3.4]", but must be the address of a DNS server',
    ],
    ['certificate.resolver', '1.2.3.4:99999', 'but must be the address of a DNS server'],
    ['key.file', '~/.ssh/id.pub', 'but must be the private half of the key: the same name without .pub.'],
  ])('refuses %s: %j', (path, value, expected) => {
    expect(problemsOf(draftWith(path, value))).toEqual([expect.stringContaining(expected)]);
  });

  it.each(['192.0.2.53', '192.0.2.53:5353', '2001:db8::53', '[2001:db8::53]', '[2001:db8::53]:53'])(
    'takes the DNS server %s',
    (resolver) => {
      expect(problemsOf(draftWith('certificate.resolver', resolver))).toEqual([]);
    },
  );

  it('takes a private authority with a private domain', () => {
    const certificate = { agree_terms: true, directory: 'https://ca.lan:14000/dir', ca_bundle: '/ca.pem' };
    expect(problemsOf({ ...least, domain: 'broker.lan', certificate })).toEqual([]);
  });

  it('names everything wrong and missing in one go', () => {
    const completed = complete({ user: { name: 'A', nmae: 1 }, emial: 'x', login: { port: 0 } });
    expect(completed).toEqual({
      missing: ['server', 'domain', 'broker.version', 'certificate.agree_terms'],
      problems: [
        '"user.nmae" is no setting; did you mean user.name?',
        '"emial" is no setting; did you mean certificate.email?',
        'login.port is 0, but must be a number from 1 to 65535.',
        expect.stringMatching(/^user\.name is "A", but must be a user name/),
      ],
    });
  });

  it('never shows the value of a secret, and says where it belongs', () => {
    const problems = problemsOf({ ...least, password: 'hunter2', login: { password: 'hunter2' } });
    expect(problems).toHaveLength(2);
    expect(problems.join()).toContain('secrets are asked for');
    expect(problems.join()).not.toContain('hunter2');
  });

  it.each([[[1]], ['text'], [7]])('refuses settings that are no settings: %j', (draft) => {
    expect(problemsOf(draft)).toEqual([expect.stringMatching(/^The settings are .*, but must be lines/)]);
  });

  it('is not impressed by names of Object.prototype', () => {
    const draft: unknown = JSON.parse('{"__proto__": {"server": "x"}, "constructor": 1}');
    expect(complete(draft)).toMatchObject({
      missing: ['server', 'domain', 'broker.version', 'certificate.agree_terms'],
    });
    expect(problemsOf(draft)).toHaveLength(2);
  });

  it('shows at most 60 characters of a value, without control characters', () => {
    const [problem] = problemsOf(draftWith('domain', `\u001b[31m\u202e${'x'.repeat(500)}`));
    expect(problem).toMatch(/^domain is "\\u001b\[31m\\u202ex+…", but must/);
    expect(problem?.length).toBeLessThan(170);
  });
});

const HARMFUL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/u;
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc
    .constantFrom('mqtt', 'a.example.org', 'id@example.org', '~/k', '203.0.113.7', 'https://ca.test/')
    .chain((stem) =>
      fc
        .tuple(fc.string({ unit: 'binary', maxLength: 2 }), fc.nat(stem.length))
        .map(([piece, at]) => stem.slice(0, at) + piece + stem.slice(at)),
    ),
);
const texts = LEAVES.filter((leaf) => leaf.kind === 'text');

describe('any text in any setting', () => {
  it.each(texts.map((leaf) => leaf.path))('%s: refused by name, or harmless', (path) => {
    fc.assert(
      fc.property(anyText, (value) => {
        const completed = complete(draftWith(path, value), { home });
        if (completed.settings) {
          const kept = valueAt(completed.settings, path.split('.'));
          // Nothing between the quotes is the same as left out, where there may be none.
          if (value === '' && kept === undefined) return;
          expect(kept).not.toMatch(HARMFUL);
          expect(String(kept)[0]).not.toBe(
            path.startsWith('key.') || path.startsWith('login.key') || path.endsWith('bundle') ? '' : '-',
          );
        } else {
          expect(completed.missing).toEqual([]);
          expect(completed.problems.length).toBeGreaterThan(0);
          for (const problem of completed.problems) {
            expect(problem).toContain(`${path} is `);
            if (leaf(path).secret) expect(problem).toContain(`${path} is <secret>, but must`);
            expect(problem).not.toMatch(HARMFUL);
          }
        }
      }),
    );
  });

  it('any value at all in any setting is named, and never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LEAVES), fc.anything(), (leaf, value) => {
        const completed = complete(draftWith(leaf.path, value), { home });
        // null is what YAML calls nothing: the default then asks for what it needs, a broker for its version.
        if (value === null || value === undefined)
          expect(completed).toEqual(complete(draftWith(leaf.path, undefined), { home }));
        else if (!completed.settings)
          expect([...completed.missing, ...completed.problems].join()).toContain(leaf.path);
      }),
    );
  });
});

it.each([
  ['mqtt.müller.de', 'must be written mqtt.xn--mller-kva.de'],
  ['MQTT.Müller.DE', 'must be written mqtt.xn--mller-kva.de'],
  ['mqtt.example.org.', 'must be written mqtt.example.org'],
  [' mqtt.example.org', 'must be written mqtt.example.org'],
  ['https://mqtt.example.org:8883/mqtt', 'must be written mqtt.example.org'],
  ['*.example.org', 'must be a full domain name in lower case'],
  ['my_broker.example.org', 'must be a full domain name in lower case'],
  ['https://', 'must be a full domain name in lower case'],
  ['mqtt.example.org\u001b[31m', 'must be a full domain name in lower case'],
])('case 172: the domain “%s” %s', (value, message) => {
  expect(validate(leaf('domain'), value)).toContain(message);
});
