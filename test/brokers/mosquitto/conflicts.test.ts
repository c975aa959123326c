import { describe, expect, it } from 'vitest';
import { conflicts, otherMain } from '../../../src/brokers/mosquitto/conflicts.js';
import { directives } from '../../../src/brokers/mosquitto/directives.js';
import { mosquitto } from '../../../src/brokers/mosquitto.js';
import { settings } from '../../recorded.js';

const MAIN = '/etc/mosquitto/mosquitto.conf';
const included = 'include_dir /etc/mosquitto/conf.d\n';
const found = (text: string) =>
  conflicts(directives(MAIN, text), true, mosquitto.listeners(settings)).map(
    ({ id, level }) => `${id} ${level}`,
  );

describe('reading mosquitto.conf', () => {
  it('keeps the line numbers and leaves comments out', () => {
    expect(
      directives('f', '# listener 1\n\n  listener   1884  127.0.0.1 \n#x\nrequire_certificate\n'),
    ).toEqual([
      { file: 'f', line: 3, name: 'listener', value: '1884  127.0.0.1' },
      { file: 'f', line: 5, name: 'require_certificate', value: '' },
    ]);
  });
});

describe('what contradicts', () => {
  it.each([
    ['nothing but the include', included, []],
    [
      'settings that do not touch ours',
      `${included}max_packet_size 2000\nlistener 1999 127.0.0.1\nmax_connections 100\npersistence true\n`,
      [],
    ],
    ['comments', `${included}# allow_anonymous true\n#listener 8883\n`, []],
    ['a listener on one of our ports', `${included}listener 8883\n`, ['conf-edits.listener-conflict stop']],
    [
      'the same, on one address',
      `${included}listener 1883 127.0.0.1\n`,
      ['conf-edits.listener-conflict stop'],
    ],
    [
      'case 163: a setting that opens the port by itself',
      `${included}max_connections 100\nrequire_certificate true\nlistener 1999\n`,
      ['conf-edits.listener-conflict stop'],
    ],
    ['the same, as it is anyway', `${included}max_connections -1\nprotocol mqtt\nlistener 1999\n`, []],
    ['the same, for a port of its own', `${included}port 1999\nmax_connections 100\n`, []],
    ['the old word for it', `port 1883\n${included}`, ['conf-edits.listener-conflict stop']],
    ['a port that begins alike', `${included}listener 88830\n`, []],
    ['anonymous', `${included}allow_anonymous true\n`, ['conf-edits.anonymous stop']],
    [
      'anonymous on one listener (2.1)',
      `${included}listener_allow_anonymous true\n`,
      ['conf-edits.anonymous warn'],
    ],
    ['not anonymous', `${included}allow_anonymous false\n`, []],
    ['pre-shared keys', `${included}psk_file /etc/mosquitto/psk\n`, ['conf-edits.psk stop']],
    ['settings by listener', `${included}per_listener_settings true\n`, ['conf-edits.per-listener stop']],
    [
      'another password file',
      `${included}password_file /etc/mosquitto/mine\n`,
      ['conf-edits.password-file stop'],
    ],
    ['no include', 'persistence true\n', ['conf-edits.include-dir stop']],
    ['the include with a slash', 'include_dir /etc/mosquitto/conf.d/\n', []],
  ])('%s', (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('names file, line and text, and says what to do', () => {
    const [finding] = conflicts(
      directives(MAIN, `${included}\nlistener 8883 0.0.0.0\n`),
      true,
      mosquitto.listeners(settings),
    );
    expect(finding?.summary).toBe(
      'Line 3 of /etc/mosquitto/mosquitto.conf says “listener 8883 0.0.0.0”: this set-up opens port 8883 itself.',
    );
    expect(finding?.hint).toContain('Put a #');
  });

  const hintFor = (text: string, exposure: 'encrypted' | 'guide' = 'encrypted') =>
    conflicts(directives(MAIN, `${included}${text}`), true, mosquitto.listeners({ ...settings, exposure }))[0]
      ?.hint ?? '';

  it.each([
    ['a certificate of its own', 'listener 8883\ncertfile /own.pem\n', 'trust the certificate /own.pem'],
    [
      'certificates of devices',
      'listener 8883\nrequire_certificate true\n',
      'here they log in with a password',
    ],
    ['a file of such keys', 'psk_file /etc/mosquitto/psk\n', 'pre-shared key need an account'],
    ['pre-shared keys', 'listener 8883\npsk_hint x\n', 'Devices with a pre-shared key need an account'],
    ['no encryption', 'listener 1883\n', 'To keep 1883 open for them, unencrypted, set exposure to guide'],
    ['anonymous devices', 'allow_anonymous true\n', 'every device needs an account'],
    ['rules by listener', 'per_listener_settings true\n', 'below one listener then hold for all'],
  ])('case 167: says what changes for devices: %s', (_, text, says) => {
    expect(hintFor(text)).toContain(says);
  });

  it.each([
    ['another listener below', 'listener 8883\nlistener 8885\ncertfile /own.pem\n'],
    ['a bridge below', 'listener 8883\nconnection up\npsk_hint x\n'],
  ])('case 167: what belongs to %s is not said of it', (_, text) => {
    expect(hintFor(text)).toMatch(/Nothing was changed in that file\.$/);
  });

  it.each(['localhost', '127.0.0.1', '::1'])(
    'case 167: a listener for the server itself (%s) has no devices elsewhere',
    (address) => {
      expect(hintFor('listener 1883\n')).toContain('Devices elsewhere reach it no more: they use 8883,');
      expect(hintFor(`listener 1883 ${address}\n`)).not.toContain('Devices elsewhere');
    },
  );

  it('case 167: a port that stays open to the world without encryption shuts nobody out', () => {
    expect(hintFor('listener 1883\n', 'guide')).not.toContain('Devices');
  });

  it('is nothing before the package is there', () => {
    expect(conflicts([], false, mosquitto.listeners(settings))).toEqual([]);
  });
});

it.each([
  ['', []],
  ['/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf', []],
  ['/usr/sbin/mosquitto --config-file /etc/mosquitto/mosquitto.conf -v', []],
  ['/usr/sbin/mosquitto -v -c /home/ada/mqtt.conf', ['(/home/ada/mqtt.conf)']],
  ['/usr/local/sbin/mosquitto -p 1883', ['(none at all)']],
])('case 163: the main file that “%s” reads', (command, says) => {
  expect(otherMain(command).map(({ summary }) => /\(.*\)/.exec(summary)?.[0])).toEqual(says);
});
