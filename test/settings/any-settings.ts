import { homedir } from 'node:os';
import fc from 'fast-check';
import { complete } from '../../src/settings/complete.js';
import type { Settings } from '../../src/settings/schema.js';

/** The least that a person has to give, completed. */
export function settingsWith(draft: Record<string, unknown> = {}): Settings {
  const least = {
    server: '203.0.113.7',
    domain: 'mqtt.example.org',
    broker: { kind: 'mosquitto' },
    certificate: { agree_terms: true },
  };
  const completed = complete({ ...least, ...draft });
  if (!completed.settings) throw new Error(completed.problems.join(' '));
  return completed.settings;
}

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
// Words and numbers that YAML would take for something other than text, were they not quoted.
const tricky = fc.constantFrom('null', 'true', 'no', '1e3', '0x1f', '007', '12', 'y');
const path = fc
  .tuple(
    fc.constantFrom('~/', `${homedir()}/`, '/etc/', 'C:\\keys\\', './'),
    fc.stringMatching(/^[A-Za-zé #:'"{}&*!|>%@`-]{1,20}$/),
  )
  .map(([start, rest]) => `${start}${rest}x`);

const entry = fc.record(
  {
    id: fc.tuple(word, fc.constantFrom('reboot', '8883', 'port-8883', '1e3')).map((parts) => parts.join('.')),
    reason: fc.oneof(
      tricky,
      fc.constant('2027-03-01'),
      fc.stringMatching(/^[A-Za-zé #:'"{}&*!|>%@`?,.-]{0,190}x[ :#]?$/),
    ),
    until: fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
  },
  { requiredKeys: ['id', 'reason'] },
);

const draft = fc.record(
  {
    server: fc.oneof(word, fc.ipV4(), tricky),
    domain: word.map((one) => `${one}.example.org`),
    hostname: fc.oneof(word, tricky),
    login: fc.record(
      { user: word, port: fc.integer({ min: 1, max: 65535 }), key: path },
      { requiredKeys: [] },
    ),
    user: fc.record(
      { name: word.map((one) => `u${one}`), sudo: fc.constantFrom('with-password', 'without-password') },
      { requiredKeys: [] },
    ),
    key: fc.record(
      { file: path, type: fc.constantFrom('rsa', 'ed25519'), alias: fc.oneof(word, tricky) },
      { requiredKeys: [] },
    ),
    exposure: fc.constantFrom('encrypted', 'guide'),
    broker: fc.oneof(
      fc.constant({ kind: 'mosquitto' }),
      fc.record({ kind: fc.constant('emqx'), version: fc.constantFrom('4.3.5', '5.0.26', '5.8.9') }),
      fc.record({
        kind: fc.constant('emqx'),
        version: fc.constant('6.3.1'),
        agree_licence: fc.constant(true),
        package: path.map((one) => `${one}.deb`),
      }),
    ),
    dashboard: fc.constantFrom('public', 'tunnel'),
    protocols: fc.constantFrom(['mqtt'], ['mqtt', 'coap'], ['coap', 'lwm2m', 'mqtt']),
    device: fc.record({ name: fc.oneof(word, tricky) }),
    certificate: fc.record({
      agree_terms: fc.constant(true),
      email: word.map((one) => `${one}@example.org`),
      key_type: fc.constantFrom('ecdsa', 'rsa'),
      directory: fc.constantFrom('https://ca.example.org/dir?a=b#c', 'https://ca.lan:14000/dir'),
      ca_bundle: path,
    }),
    reboot: fc.constantFrom('ask', 'yes', 'no'),
    accept: fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 4 }),
    watch: fc.record(
      {
        webhook: fc.constantFrom('https://chat.example.org/hooks/a?b=c#d', 'https://[2001:db8::1]:8443/'),
        ntfy: word.map((one) => `https://ntfy.sh/${one}`),
        mail: word.map((one) => `${one}@example.org`),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['server', 'domain', 'broker', 'certificate'] },
);

/** Valid settings of every kind. */
export const anySettings: fc.Arbitrary<Settings> = draft
  .map((one) => complete(one))
  .filter((completed) => completed.settings !== undefined)
  .map((completed) => completed.settings as Settings);
