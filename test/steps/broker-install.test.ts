import { expect, it } from 'vitest';
import { mosquittoDropIn, mosquittoLimits } from '../../src/brokers/mosquitto/drop-in.js';
import { MOSQUITTO } from '../../src/brokers/mosquitto/facts.js';
import { brokerInstall } from '../../src/steps/broker-install.js';
import { withLogKeptSmall } from '../brokers/mosquitto/log-units.js';
import { probed, withFile, withUnit } from '../facts.js';
import { contextWith, recorded, seen, spoiled } from '../recorded.js';

const context = contextWith();
/** As a run of today leaves it, whatever the files were when it was recorded. */
const done = (release: string) => {
  const { recording } = recorded('broker-install', `${release}-complete`);
  return probed(withLogKeptSmall(withFile(recording, MOSQUITTO.dropIn, { content: mosquittoDropIn() })));
};
const complete = done('bookworm');
const LOG = 'broker-install.log change';
const service = (active: string, unitFile: string) =>
  probed(withUnit(complete.recording, MOSQUITTO.unit, { ActiveState: active, UnitFileState: unitFile }));

it.each([
  [
    'bookworm-untouched',
    ['broker-install.package change', 'broker-install.service change', 'broker-install.sandbox change', LOG],
  ],
  ['bookworm-package', ['broker-install.sandbox change', LOG]],
  ['trixie-package', ['broker-install.sandbox change', LOG]],
])('on a server like %s', (name, expected) => {
  expect(seen(brokerInstall, recorded('broker-install', name), context)).toEqual(expected);
});

it.each(['bookworm', 'trixie'])('is in place on a complete server (%s)', (release) => {
  expect(seen(brokerInstall, done(release), context)).toEqual([]);
});

it.each([
  ['inactive', 'enabled', ['broker-install.service change']],
  ['failed', 'enabled', ['broker-install.service change']],
  ['active', 'disabled', ['broker-install.service change']],
  ['inactive', 'masked', ['broker-install.service stop']],
])('with a service that is %s and %s', (active, unitFile, expected) => {
  expect(seen(brokerInstall, service(active, unitFile), context)).toEqual(expected);
});

it.each([
  ['failed', 'enabled', []],
  ['failed', 'disabled', ['broker-install.service change']],
  ['inactive', 'masked', ['broker-install.service stop']],
])(
  'case 58: once it is configured, a service that is %s and %s is started where its files are mended',
  (active, unitFile, expected) => {
    const configured = withFile(service(active, unitFile).recording, MOSQUITTO.ours, { content: '' });
    expect(seen(brokerInstall, probed(configured), context)).toEqual(expected);
  },
);

it('is installed with the packages of all steps', () => {
  expect(brokerInstall.packages(context)).toEqual(['mosquitto']);
});

it.each([
  ['a drop-in that systemd has not read yet', 'NeedDaemonReload=no', 'NeedDaemonReload=yes'],
  ['a drop-in that anybody may change', 'file 0644', 'file 0666'],
])('with %s, the sandbox is made anew', (_, what, other) => {
  expect(seen(brokerInstall, spoiled(complete, what, other), context)).toEqual([
    'broker-install.sandbox change',
  ]);
});

it.each(['lxc', 'openvz'])(
  'in a container of %s, which may not make the mounts for it, there is no sandbox, but limits',
  (kind) => {
    const package_ = spoiled(recorded('broker-install', 'bookworm-package'), 'systemd-nspawn', kind);
    const [finding] = brokerInstall.see(package_, context).findings;
    expect(finding?.change).toMatchObject({ files: [{ content: mosquittoLimits }] });
  },
);

it.each([
  [{ LimitNOFILESoft: '1024', MemoryMax: '700000000' }, /only 1024 files open/],
  [{ LimitNOFILESoft: '65536', MemoryMax: 'infinity' }, /all memory/],
  [
    { Restart: 'no', RestartUSec: '3s' },
    /not started again soon after a crash \(Restart=no, RestartSec=3s\)/,
  ],
  [{ Restart: 'always', RestartUSec: '1min' }, /RestartSec=60s/],
])('cases 190, 326: limits that another drop-in overrides are reported: %j', (limits, summary) => {
  const output = probed(withUnit(complete.recording, MOSQUITTO.unit, limits));
  const { findings } = brokerInstall.see(output, context);
  expect(findings.map(({ id, level }) => `${id} ${level}`)).toEqual(['broker-install.limits warn']);
  expect(findings[0]?.summary).toMatch(summary);
});

it.each([
  [
    150,
    'folders of its messages and its log',
    'persistence_location /home/pi/mqtt/\nlog_dest syslog\nlog_dest file /srv/mqtt.log\n#log_dest file /root/o.log\nlog_dest file /home/pi/log/m.log\n',
    '\nReadWritePaths=-/etc/mosquitto -/home/pi/log -/home/pi/mqtt\n',
  ],
  [164, 'a socket in /tmp', 'listener 0 /tmp/mqtt.sock\n', '\nPrivateTmp=no\n'],
  [164, 'a log below /var/tmp', 'log_dest file /var/tmp/mqtt/log\n', '\nPrivateTmp=no\n'],
  [164, 'nothing of it in /tmp', 'listener 0 /run/tmp/mqtt.sock\n', '\nPrivateTmp=yes\n'],
  [
    164,
    'a socket in a home',
    'listener 0 /home/ada/m.sock\n',
    '\nReadWritePaths=-/etc/mosquitto -/home/ada\n',
  ],
  [
    164,
    'a plugin’s own file',
    'plugin_opt_config_file /etc/mosquitto/d.json\n',
    '\nReadWritePaths=-/etc/mosquitto\n',
  ],
])('case %i: %s: what its configuration has it write stays where others find it', (_, __, conf, line) => {
  const { recording } = recorded('broker-install', 'bookworm-package');
  const output = withFile(recording, MOSQUITTO.conf, { content: conf });
  const [finding] = brokerInstall.see(probed(output), context).findings;
  expect(finding?.change).toMatchObject({ files: [{ content: expect.stringContaining(line) }] });
});
