import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokerFor } from '../../src/brokers/index.js';
import { mosquitto } from '../../src/brokers/mosquitto.js';
import { catalogued } from '../../src/catalogue/index.js';
import type { Settings } from '../../src/settings/schema.js';
import { DISK_MIN_MB } from '../../src/steps/update/room.js';
import {
  AUTO_UPGRADES_PATH,
  LISTS_STAMPS,
  ROUND_OVERDUE,
  ROUND_STAMP,
} from '../../src/templates/auto-upgrades.js';
import { watchScript } from '../../src/watch/script.js';
import { settings } from '../recorded.js';
import {
  age,
  type Body,
  bodies as bodiesOf,
  makeCertificate,
  type WatchGround,
  watchGround,
} from './ground.js';

const HOOK = 'https://chat.example.org/hooks/a-secret';
const TOPIC = 'https://ntfy.example.org/a-topic';

let on: WatchGround;

beforeEach(() => {
  on = watchGround();
  on.lay({ watch: { webhook: HOOK } });
});
afterEach(() => on.remove());

const bodies = () => bodiesOf(on);
const idsIn = (body: Body | undefined) => body?.new.map(({ id }) => id);
const spoil = (file: string, content = '') => on.write(file, content);

describe('on a server on which all is well', () => {
  it('says that it begins, then nothing', () => {
    expect(on.run()).toEqual({ status: 0, stderr: '' });
    const [body, ...more] = bodies();
    expect(more).toEqual([]);
    expect(body).toMatchObject({ server: 'mqtt', domain: settings.domain, new: [], gone: [], remaining: [] });
    expect(body?.text).toContain(`The daily watch of mqtt (${settings.domain}) begins. All is well`);
    expect(body?.content).toBe(body?.text);
    expect(on.run().status).toBe(0);
    expect(bodies()).toEqual([]);
    expect(on.last()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ok\n$/);
  });

  it('leaves nothing but its state', () => {
    on.run();
    expect(readdirSync(on.at('run'))).toEqual([]);
    expect(readdirSync(on.at('var/lib/broker-setup/watch')).map((name) => name.replace(/\d+$/, 'N'))).toEqual(
      ['last', 'told-webhook-N'],
    );
  });
});

describe('a problem', () => {
  const old = (...paths: string[]) => {
    for (const path of paths) age(on, path, ROUND_OVERDUE + 60);
  };
  it.each<[string, () => void]>([
    ['certbot.certificate', () => rmSync(on.at('etc/letsencrypt'), { recursive: true })],
    ['renewal-hook.proved', () => spoil('var/log/broker-setup/renewal.log', 'x y FAILED: z\n')],
    ['certificate.last-run', () => spoil('result', 'Result=exit-code\n')],
    ['certbot.timer', () => spoil('off-certbot.timer')],
    ['fingerprint.served', () => spoil('served.pem', makeCertificate(on.at('other'), 9))],
    ['broker-install.service', () => spoil('off-mosquitto.service')],
    ['login.user', () => spoil('off-ssh.service')],
    ['ufw.rules', () => spoil('etc/ufw/ufw.conf', 'ENABLED=no\n')],
    ['ufw.rules', () => on.program('iptables', "echo '-P INPUT ACCEPT'")],
    ['system.failed-units', () => spoil('failed', 'a.service loaded failed failed A\n')],
    ['update.disk', () => on.program('df', `echo head; echo "x 1 1 ${DISK_MIN_MB - 1} 99% /var"`)],
    ['update.reboot', () => spoil('run/reboot-required')],
    ['updates.stale', () => old(AUTO_UPGRADES_PATH, ROUND_STAMP)],
    ['updates.lists', () => old(AUTO_UPGRADES_PATH, LISTS_STAMPS[0])],
  ])('%s is spoken of once, and once when it is gone', (id, wrong) => {
    on.run();
    bodies();
    wrong();
    on.run();
    const [body, ...more] = bodies();
    expect(more).toEqual([]);
    expect(idsIn(body)).toEqual([id]);
    expect(body?.text).toContain(`- ${body?.new[0]?.summary}`);
    expect(body?.text).toContain('npx broker-setup doctor');
    on.run();
    expect(bodies()).toEqual([]);
    on.mend();
    on.lay({ watch: { webhook: HOOK } });
    on.run();
    const [gone] = bodies();
    expect(gone?.gone.map((one) => one.id)).toEqual([id]);
    expect(gone?.text).toContain('all is well again');
    expect(catalogued(id)).toBe(id);
  });

  it('that is there from the beginning is told at the beginning', () => {
    spoil('run/reboot-required');
    on.run();
    const [body] = bodies();
    expect(idsIn(body)).toEqual(['update.reboot']);
    expect(body?.text).toContain('begins. This is wrong now');
  });

  it('beside an old one is told with what remains', () => {
    spoil('run/reboot-required');
    on.run();
    spoil('off-certbot.timer');
    on.run();
    const [, body] = bodies();
    expect(idsIn(body)).toEqual(['certbot.timer']);
    expect(body?.remaining.map(({ id }) => id)).toEqual(['update.reboot']);
  });

  it('that is over a moment later is no news', () => {
    on.run();
    bodies();
    spoil('off-mosquitto.service');
    on.program('sleep', `rm '${on.at('off-mosquitto.service')}'`);
    on.run();
    expect(bodies()).toEqual([]);
  });

  it('with hostile words stays one piece of JSON', () => {
    spoil('failed', 'a"b\\x2d`$(id)\u0007\u00e9\u2028.service loaded\n');
    on.run();
    const [body] = bodies();
    expect(body?.new[0]?.summary).toBe('Services that failed: a"b\\x2d`$(id).service.');
    expect(body?.text).toContain('a"b\\x2d`$(id).service');
  });
});

describe('what is accepted', () => {
  // A day of the test's own: the real one may end between two lines of it.
  const [yesterday, today] = ['2026-11-29', '2026-11-30'];
  beforeEach(() =>
    on.program('date', `[ "$*" != +%Y%m%d ] || exec echo ${today.replaceAll('-', '')}; command -p date "$@"`),
  );
  const accept = (until?: string) =>
    on.lay({
      watch: { webhook: HOOK },
      accept: [{ id: 'update.reboot', reason: 'x', ...(until === undefined ? {} : { until }) }],
    });

  it.each([
    ['without an end', undefined, []],
    ['until today', today, []],
    ['until yesterday', yesterday, ['update.reboot']],
  ])('%s', (_, until, expected) => {
    spoil('run/reboot-required');
    accept(until);
    on.run();
    expect(idsIn(bodies()[0])).toEqual(expected);
  });

  it('after it was told is not called mended, and is news again on the day after', () => {
    spoil('run/reboot-required');
    on.run();
    bodies();
    accept();
    on.run();
    expect(bodies()).toEqual([]);
    accept(yesterday);
    on.run();
    expect(idsIn(bodies()[0])).toEqual(['update.reboot']);
  });

  it('is no change of the watch where the watch does not look at it', () => {
    const other = { ...settings, accept: [{ id: 'ufw.docker', reason: 'x' }] };
    expect(watchScript(mosquitto, other)).toBe(watchScript(mosquitto, settings));
  });
});

describe('a channel', () => {
  it('that does not take its message is tried again, and no other is told twice', () => {
    on.lay({ watch: { webhook: HOOK, ntfy: TOPIC } });
    on.write('refused', 'ntfy');
    expect(on.run()).toMatchObject({
      status: 1,
      stderr: 'broker-setup: The message to ntfy was not delivered: curl: (22) refused.\n',
    });
    expect(on.last()).toContain('FAILED: The message to ntfy was not delivered');
    expect(on.sent().map(({ config }) => config)).toEqual([`url = "${HOOK}"\n`]);
    rmSync(on.at('refused'));
    expect(on.run().status).toBe(0);
    expect(on.sent().map(({ config }) => config)).toEqual([`url = "${TOPIC}"\n`]);
    expect(on.last()).toContain(' ok');
  });

  it('is told from the beginning at a new address', () => {
    on.run();
    bodies();
    on.lay({ watch: { webhook: `${HOOK}-2` } });
    on.run();
    expect(bodies()[0]?.text).toContain('begins');
    expect(readdirSync(on.at('var/lib/broker-setup/watch'))).toHaveLength(2);
  });

  it('keeps its address out of every command line', () => {
    on.lay({ watch: { webhook: HOOK, ntfy: TOPIC } });
    on.run();
    const sent = on.sent();
    expect(sent).toHaveLength(2);
    for (const { args } of sent) expect(args.join(' ')).not.toMatch(/example\.org|a-secret|a-topic/);
    expect(readFileSync(on.at('watch'), 'utf8')).not.toMatch(/a-secret|a-topic/);
  });

  it('ntfy gets a title, a priority and a tag', () => {
    on.lay({ watch: { ntfy: TOPIC } });
    spoil('run/reboot-required');
    on.run();
    const [{ args, body } = { args: [], body: '' }] = on.sent();
    expect(args).toContain(`Title: The daily watch of mqtt (${settings.domain}) begins`);
    expect(args).toContain('Priority: high');
    expect(args).toContain('Tags: warning');
    expect(body).toContain('- The server needs a restart');
  });

  it('mail goes through a stand-in for sendmail', () => {
    on.lay({ watch: { mail: 'you@example.org' } });
    on.write('usr/sbin/sendmail', `#!/bin/sh\necho "$*" >'${on.at('args')}'; cat >'${on.at('mail')}'\n`);
    chmodSync(on.at('usr/sbin/sendmail'), 0o755);
    expect(on.run().status).toBe(0);
    expect(readFileSync(on.at('args'), 'utf8')).toBe('-t -oi\n');
    const [head = '', text = ''] = readFileSync(on.at('mail'), 'utf8').split('\n\n');
    expect(head.split('\n').slice(0, 2)).toEqual([
      'To: you@example.org',
      `Subject: The daily watch of mqtt (${settings.domain}) begins`,
    ]);
    expect(text).toContain('All is well');
    rmSync(on.at('usr'), { recursive: true });
    spoil('run/reboot-required');
    expect(on.run().stderr).toContain('The message to mail was not delivered');
  });
});

it('can be silenced for each of its ids, all of which the catalogue explains', () => {
  const ids = [...watchScript(mosquitto, settings).matchAll(/problem ([a-z-]+\.[a-z-]+)/g)].map(
    ([, id = '']) => id,
  );
  expect(new Set(ids).size).toBe(13);
  for (const id of ids) {
    expect(catalogued(id)).toBe(id);
    expect(watchScript(mosquitto, { ...settings, accept: [{ id, reason: 'x' }] })).toContain(
      `'${id} 99999999'`,
    );
  }
});

it.each([
  ['Mosquitto', settings],
  [
    'EMQX with CoAP',
    { ...settings, broker: { kind: 'emqx', version: '5.8.9' }, protocols: ['mqtt', 'coap'] } as Settings,
  ],
])('is shell that a shell can read, for %s', (_, all) => {
  expect(spawnSync('sh', ['-n'], { input: watchScript(brokerFor(all), all) }).status).toBe(0);
});
