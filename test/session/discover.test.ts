import fc from 'fast-check';
import { expect, describe as group, it } from 'vitest';
import { describe, NO_DOMAIN } from '../../src/session/discover.js';
import { complete } from '../../src/settings/complete.js';
import { fixture } from '../context.js';

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';
const seen = (stdout: string, server = '203.0.113.7', login = 'root') => describe(stdout, server, login);
const done = fixture('discover', 'bookworm-complete');

group('a server that was set up in the way of this program', () => {
  it('is described as it is', () => {
    expect(seen(done, '203.0.113.7', 'researcher')).toEqual({
      server: '203.0.113.7',
      domain: 'mqtt.rehearsal.test',
      hostname: 'mqtt',
      user: { name: 'researcher' },
      device: { name: 'device-1' },
      broker: { kind: 'mosquitto' },
      certificate: { agree_terms: true, directory: 'https://10.213.1.1:14000/dir' },
    });
  });

  it('has one of the users that may use sudo where root logged in', () => {
    expect(seen(done).user).toEqual({ name: 'researcher' });
    expect(seen('admins=eve,researcher\n').user).toEqual({ name: 'eve' });
    expect(seen('admins=\n')).not.toHaveProperty('user');
  });
});

group('the domain', () => {
  const two = `lineage one.example.org ${LETS_ENCRYPT}\nlineage two.example.org https://ca.example.org/dir\n`;
  it.each<[string, string, string, string]>([
    ['the certificate of the name that was typed', two, 'two.example.org', 'two.example.org'],
    ['the first certificate where an address was typed', two, '203.0.113.7', 'one.example.org'],
    ['what was typed where there is no certificate', '', 'mqtt.example.org', 'mqtt.example.org'],
    ['what the server calls itself', 'fqdn=mqtt.example.org\n', '203.0.113.7', 'mqtt.example.org'],
    ['not known to a server that calls itself localhost', 'fqdn=localhost\n', '203.0.113.7', NO_DOMAIN],
    ['not a name of a local network', 'fqdn=box.localdomain\n', '203.0.113.7', NO_DOMAIN],
    ['not a name of ~/.ssh/config', '', 'broker', NO_DOMAIN],
    ['not an IPv4 address', 'fqdn=203.0.113.7\n', '203.0.113.7', NO_DOMAIN],
    ['not an IPv6 address', '', '2001:db8::7', NO_DOMAIN],
    ['the same in capitals', '', 'MQTT.Example.org', 'mqtt.example.org'],
    [
      // What certbot calls a second certificate for the same name (certbot docs, "Where are my certificates?").
      'that of a certificate with a number behind its name',
      `lineage mqtt.example.org-0001 ${LETS_ENCRYPT}\nlineage mqtt.example.org ${LETS_ENCRYPT}\n`,
      '203.0.113.7',
      'mqtt.example.org',
    ],
  ])('is %s', (_, stdout, server, expected) => {
    expect(seen(stdout, server).domain).toBe(expected);
  });

  it('brings the authority of its own certificate', () => {
    expect(seen(two, 'two.example.org').certificate?.directory).toBe('https://ca.example.org/dir');
    expect(seen(two, 'one.example.org').certificate?.directory).toBe(LETS_ENCRYPT);
  });

  it('that is not known has no authority that could be asked about it', () => {
    expect(seen('').certificate?.directory).not.toContain('letsencrypt');
  });
});

group('the broker', () => {
  it.each<[string, object]>([
    ['', { kind: 'mosquitto' }],
    ['package mosquitto 2.0.11-1.2+deb12u2\n', { kind: 'mosquitto' }],
    ['package emqx 5.8.9\n', { kind: 'emqx', version: '5.8.9' }],
    ['package emqx-enterprise 6.3.1\n', { kind: 'emqx', version: '6.3.1' }],
    ['package emqx-ee 4.4.19\n', { kind: 'emqx', version: '4.4.19' }],
    ['package emqx 5.8.9-1\n', { kind: 'emqx', version: '5.8.9' }],
    ['package emqx 5.10.0-beta.2\n', { kind: 'emqx', version: '5.10.0' }],
    ['package mosquitto 2.0.21-1\npackage emqx 5.8.9\n', { kind: 'emqx', version: '5.8.9' }],
    ['package emqx unknown\n', { kind: 'mosquitto' }],
  ])('after %j is %j', (stdout, expected) => {
    expect(seen(stdout).broker).toMatchObject(expected);
  });
});

group('a server that nobody has described', () => {
  const problems = (stdout: string, login = 'root') => {
    const { missing, problems: wrong } = {
      missing: [],
      problems: [],
      ...complete(seen(stdout, undefined, login)),
    };
    return [...missing, ...wrong];
  };

  it('says enough to be looked at', () => {
    expect(problems('')).toEqual([]);
    expect(problems(done)).toEqual([]);
    expect(problems(fixture('discover', 'trixie-complete'))).toEqual([]);
  });

  // Nobody has typed any of this: it cannot be wrong, and must not keep the server from being looked at.
  it.each([
    ['a name with an underscore', 'hostname=my_server\n', 'root'],
    ['a name in capitals', 'hostname=Server1\n', 'root'],
    ['the name of every computer', 'hostname=localhost\n', 'root'],
    ['an image whose user is admin, such as Debian’s for AWS', '', 'admin'],
    ['a user with a dot in the name', 'admins=ada.lovelace\n', 'root'],
    ['a device with a space in the name', 'account=device 1\n', 'root'],
    ['an authority without https', 'lineage mqtt.example.org http://ca.local/dir\n', 'root'],
  ])('may have %s', (_, stdout, login) => {
    expect(problems(stdout, login)).toEqual([]);
  });

  it('may say what it likes', () => {
    const name = fc.constantFrom(
      'hostname=',
      'fqdn=',
      'admins=',
      'account=',
      'lineage ',
      'package emqx ',
      '',
    );
    const lines = fc.array(fc.tuple(name, fc.string({ unit: 'binary' })).map((pair) => pair.join('')));
    fc.assert(
      fc.property(lines, (said) => {
        expect(problems(said.join('\n'))).toEqual([]);
      }),
    );
  });
});
