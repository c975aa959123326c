import { EMQX } from '../../../src/brokers/emqx/facts.js';
import { ALL_UNREACHED, pretended, REFUSALS, type Spoil, away as without } from './spoils.js';

/** A spoiling of a server with EMQX, or other settings for it. */
export interface EmqxSpoil extends Spoil {
  /** Over the block `broker` of broker.yaml; a package that is undefined is taken out of it. */
  broker?: { version: string; package?: undefined };
}

const ETC = '/etc/emqx';
const CONF = `${ETC}/emqx.conf`;
const KEY = `${EMQX.certificates}/privkey.pem`;
const UNIT = '/etc/systemd/system/emqx.service.d/broker-setup.conf';
const RESTARTS = '/etc/systemd/system/emqx.service.d/broker-setup-restarts.conf';
const LOADED = '/var/lib/emqx/loaded_plugins';
const KEPT = '/root/kept-emqx';

/** A node that has not read its files since they were changed is found, also where they are as before. */
const STARTED_ANEW = `systemctl daemon-reload; systemctl restart emqx
n=0; until ss -ltnH "sport = :18084" | grep -q . || [ $n -gt 60 ]; do n=$((n + 1)); sleep 0.5; done`;

/** Changes files of EMQX, and brings them back with mode, owner and times. */
const edited = (script: string): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `rm -rf ${KEPT} && cp -a ${ETC} ${KEPT} && cp -a ${LOADED} ${KEPT}.plugins 2>/dev/null; ${script}`,
  mend: `cp -a ${KEPT}/. ${ETC}/; [ ! -e ${KEPT}.plugins ] || cp -a ${KEPT}.plugins ${LOADED}; ${STARTED_ANEW}`,
});

/** Moves a file of EMQX away, and back. */
const away = (path: string): Pick<Spoil, 'spoil' | 'mend'> => {
  const { spoil, mend } = without(path);
  return { ...(spoil ? { spoil } : {}), mend: `${mend}; ${STARTED_ANEW}` };
};

/** Lets the running node evaluate Erlang. */
export const evaluated = (program: string): string => `cat >/tmp/program <<'END' && chmod 0644 /tmp/program
${program}.
END
su - emqx -s /bin/bash -c "emqx eval \\"file:script('/tmp/program')\\"" </dev/null && rm /tmp/program`;

/** What the dashboard does at once, besides keeping it in cluster.hocon. */
const changed = (path: string, value: string): string => evaluated(`emqx_conf:change([${path}], ${value})`);

/** The hook names the version and waits for the ports. */
const HOOK = ['renewal-hook.file', 'renewal-hook.proved'];

/** gpg, which reads the key of the repository. */
const FROM_REPOSITORY = ['update.packages'];

/** Settings in files, all spoiled at once: one by one they are in test/brokers/emqx/v4/drift.test.ts and v5. */
const FILES = [
  'conf-edits.config',
  'conf-edits.encrypted',
  'conf-edits.plain',
  'conf-edits.authentication',
  'conf-edits.authorization',
  'conf-edits.dashboard',
  'conf-edits.cookie',
  'conf-edits.inner-ports',
  'conf-edits.telemetry',
  'conf-edits.retained',
  'conf-edits.limits',
  'conf-edits.coap',
  'conf-edits.lwm2m',
  'conf-edits.rules',
];

const OPEN_RULES = `sed -i 's/^{deny, all}\\.$/{allow, all}./' ${ETC}/acl.conf`;
const address = '{deny, {ipaddr, "192.0.2.1"}, all, ["#"]}.';

/** Both passwords were made by an earlier run, which has shown neither. */
const UNTOLD: EmqxSpoil = {
  found: ['conf-edits.untold'],
  spoil:
    'mkdir /var/lib/broker-setup/untold; for one in devicePassword dashboardPassword; do echo 0 >/var/lib/broker-setup/untold/$one; done',
  mend: 'rm -r /var/lib/broker-setup/untold',
};

/** What dpkg does at the end of every upgrade of the package, whoever began it. */
const UPGRADED = '/var/lib/dpkg/info/emqx.postinst configure';

/** On a stand-in for 4.3.5 that speaks MQTT. */
export const SPOILS_4: readonly EmqxSpoil[] = [
  {
    title: 'case 59: the package was upgraded by hand, which opens emqx.conf and its cookie to everybody',
    found: ['conf-edits.config'],
    spoil: UPGRADED,
    mend: `chmod 0640 ${CONF}; ${STARTED_ANEW}`,
  },
  {
    found: [...FILES, 'conf-edits.management'],
    ...edited(`sed -i 's/^\\(listener.ssl.external.tls_versions\\) = .*/\\1 = tlsv1.2/
s/^\\(listener.tcp.external\\) = .*/\\1 = 0.0.0.0:1883/
s/^\\(allow_anonymous\\) = .*/\\1 = true/
s/^\\(acl_nomatch\\) = .*/\\1 = allow/
s/^\\(node.cookie\\) = .*/\\1 = emqxsecretcookie/' ${CONF}
sed -i '/max_frame_size/d' ${CONF}
echo 'dashboard.default_user.login = admin' >>${ETC}/plugins/emqx_dashboard.conf
echo 'management.listener.http = 8081' >>${ETC}/plugins/emqx_management.conf
sed -i 's/= false/= true/' ${ETC}/plugins/emqx_telemetry.conf
sed -i 's/^\\(retainer.storage_type\\) = .*/\\1 = ram/' ${ETC}/plugins/emqx_retainer.conf
sed -i '/BEGIN broker-setup/,/END broker-setup/d' ${ETC}/vm.args
printf '{emqx_coap, true}.\\n{emqx_lwm2m, true}.\\n' >>${LOADED}
${OPEN_RULES}`),
  },
  {
    found: ['broker-install.hold', 'conf-edits.certificate', 'conf-edits.data', 'conf-edits.service'],
    spoil: `apt-mark unhold emqx; chmod 0644 ${KEY}; chmod 0755 /var/lib/emqx; systemctl disable emqx`,
    mend: `apt-mark hold emqx; chmod 0640 ${KEY}; chmod 0750 /var/lib/emqx; systemctl enable emqx; ${STARTED_ANEW}`,
  },
  { found: ['conf-edits.missing'], ...away(CONF) },
  {
    found: ['conf-edits.restart'],
    spoil: `touch ${CONF}`,
    mend: STARTED_ANEW,
  },
  {
    found: ['conf-edits.address-rules', 'conf-edits.restart'],
    ...edited(`sed -i '1i ${address}' ${ETC}/acl.conf`),
  },
  {
    found: ['update.memory'],
    ...pretended(
      '/proc/meminfo',
      's/^MemTotal:.*/MemTotal: 300000 kB/;s/^SwapTotal:.*/SwapTotal: 0 kB/;s/^SwapFree:.*/SwapFree: 0 kB/;s/^MemAvailable:.*/MemAvailable: 200000 kB/',
    ),
  },
  { found: ['conf-edits.broken-line'], ...edited(`echo nonsense >>${CONF}`) },
  {
    found: ['conf-edits.dashboard-password', 'conf-edits.default-application', 'dashboard.shipped-password'],
    spoil: `emqx_ctl admins passwd admin public && ${evaluated('mnesia:dirty_write({mqtt_app, <<"admin">>, <<"public">>, <<"a">>, <<"b">>, true, undefined})')}`,
    mend: `emqx_ctl admins passwd admin other-than-public && emqx_ctl mgmt delete admin`,
  },
  {
    // 4.3.5 cannot bind its dashboard to one address.
    found: [
      'conf-edits.by-firewall',
      'conf-edits.dashboard',
      'conf-edits.config',
      'ufw.rules',
      'ports.closed',
    ],
    args: ['--set', 'dashboard=tunnel'],
  },
  {
    found: [
      'conf-edits.lwm2m',
      'conf-edits.lwm2m-accounts',
      'conf-edits.config',
      'ufw.rules',
      'ports.udp',
      'fingerprint.served',
      ...HOOK,
    ],
    args: ['--set', 'protocols=mqtt,lwm2m'],
  },
  {
    found: ['broker-install.masked', 'conf-edits.service', 'running.units'],
    spoil: 'systemctl mask emqx',
    mend: 'systemctl unmask emqx',
  },
  {
    found: [
      'broker-install.family',
      ...FILES.filter((id) => !['conf-edits.coap', 'conf-edits.lwm2m', 'conf-edits.cookie'].includes(id)),
      'conf-edits.device',
      'conf-edits.metrics',
      'conf-edits.restarts',
      'conf-edits.start',
      'dashboard.shipped-password',
      ...REFUSALS,
      ...HOOK,
      ...FROM_REPOSITORY,
    ],
    broker: { version: '5.8.9', package: undefined },
  },
  {
    found: ['broker-install.release', ...HOOK, ...FROM_REPOSITORY],
    broker: { version: '4.3.6', package: undefined },
  },
  { found: ['broker-install.upload', 'broker-install.package', ...HOOK], broker: { version: '4.3.6' } },
];

/** On a stand-in for 5.8.10 that speaks MQTT, CoAP and LwM2M. */
export const SPOILS_5: readonly EmqxSpoil[] = [
  {
    title: 'case 59: the package was upgraded by hand, which opens nothing of ours',
    found: ['conf-edits.restart'],
    mend: STARTED_ANEW,
    spoil: `${UPGRADED}; find /etc/emqx -type f -size +0 \\( -name privkey.pem -o -path '*/broker-setup/*.conf' \\) -perm /007 | grep . && exit 1 || true`,
  },
  {
    found: ['conf-edits.node-name'],
    ...edited(`sed -i 's/emqx@127.0.0.1/emqx@10.0.0.7/' ${CONF} && touch -r ${KEPT}/emqx.conf ${CONF}`),
  },
  {
    found: [...FILES, 'conf-edits.metrics'],
    ...edited(`sed -i 's/"tlsv1.3", "tlsv1.2"/"tlsv1.2"/
s/"127.0.0.1:1883"/"0.0.0.0:1883"/
s/swagger_support = false/swagger_support = true/
/^include /d
s/^rpc.listen_address = .*/rpc.listen_address = "0.0.0.0"/
/basic_auth/d
s/^telemetry.enable = false/telemetry.enable = true/
s/storage_type = disc/storage_type = ram/
s/"\\[::\\]:5684"/"[::]:5683"/
s/"\\[::\\]:5784"/"[::]:5783"/' ${CONF}
sed -i '/max_retained_messages/d' ${CONF} ${ETC}/base.hocon
sed -i 's/no_match = deny/no_match = allow/; s/salt_position = suffix/salt_position = prefix/' ${ETC}/base.hocon
${OPEN_RULES}`),
  },
  { found: ['conf-edits.start', 'conf-edits.config', 'running.units'], ...away(UNIT) },
  { found: ['conf-edits.device'], args: ['--set', 'device.name=another'] },
  UNTOLD,
  {
    found: ['conf-edits.gateway-account'],
    spoil: evaluated(`mnesia:dirty_delete(emqx_authn_mnesia, {'coap:global', <<"device-1">>})`),
    mend: evaluated(`begin
  [One] = mnesia:dirty_read(emqx_authn_mnesia, {'mqtt:global', <<"device-1">>}),
  mnesia:dirty_write(emqx_authn_mnesia, setelement(2, One, {'coap:global', <<"device-1">>}))
end`),
  },
  {
    title: 'case 64: a licence for evaluation',
    found: ['conf-edits.licence'],
    spoil: evaluated(
      'application:set_env(standin, licence, [{type, <<"trial">>}, {customer_type, 10}, {expiry_at, <<"2099-01-01">>}])',
    ),
    mend: evaluated('application:unset_env(standin, licence)'),
  },
  {
    title: 'case 61: topics that no rule names were opened in the dashboard, over what the files say',
    found: ['conf-edits.authorization', 'conf-edits.config', 'conf-edits.overruled'],
    spoil: changed('authorization, no_match', 'allow'),
    mend: changed('authorization, no_match', 'deny'),
  },
  {
    title: 'case 273: telemetry was switched on in the dashboard, until the next start',
    found: ['conf-edits.overruled', 'conf-edits.restart'],
    spoil: changed('telemetry, enable', 'true'),
    mend: changed('telemetry, enable', 'false'),
  },
  {
    title: 'case 274: the rules were replaced in the dashboard',
    found: ['conf-edits.authorization', 'conf-edits.config', 'conf-edits.overruled'],
    spoil: changed(
      'authorization, sources',
      '[#{type => file, enable => true, path => <<"/var/lib/emqx/authz/acl.conf">>}]',
    ),
    mend: changed(
      'authorization, sources',
      '[#{type => file, enable => true, path => <<"/etc/emqx/acl.conf">>}]',
    ),
  },
  {
    title: 'case 276: after a crash it waits for minutes',
    found: ['conf-edits.restarts', 'conf-edits.config'],
    spoil: `mv ${RESTARTS} /root/kept-restarts && systemctl daemon-reload`,
    mend: `mv /root/kept-restarts ${RESTARTS}; ${STARTED_ANEW}`,
  },
  { found: ['conf-edits.lwm2m-objects'], ...away(`${ETC}/lwm2m_xml`) },
  {
    found: ['conf-edits.by-firewall', 'conf-edits.config'],
    ...edited(`sed -i '/^## BEGIN broker-setup/i cluster.discovery_strategy = static' ${CONF}`),
  },
  {
    found: ['ufw.rules', 'ports.udp'],
    spoil: 'ufw delete allow 5684/udp',
    mend: "ufw allow 5684/udp comment 'broker-setup: CoAP over DTLS'",
  },
  {
    found: [
      'conf-edits.restart',
      'ports.open',
      'ports.udp',
      ...ALL_UNREACHED,
      'tls.18084',
      'dashboard.shipped-password',
    ],
    spoil: 'systemctl stop emqx',
    mend: STARTED_ANEW,
  },
  {
    found: [
      'broker-install.downgrade',
      'conf-edits.metrics-open',
      'conf-edits.authentication',
      'conf-edits.authorization',
      'conf-edits.config',
      'conf-edits.dashboard',
      'conf-edits.limits',
      'ufw.rules',
      ...HOOK,
    ],
    broker: { version: '5.3.2' },
    args: ['--set', 'protocols=mqtt'],
  },
  {
    found: [
      'broker-install.downgrade',
      'conf-edits.config',
      'conf-edits.gateway-accounts',
      'ufw.rules',
      ...HOOK,
    ],
    broker: { version: '5.8.5' },
    args: ['--set', 'protocols=mqtt,lwm2m'],
  },
  {
    found: [
      'broker-install.repository',
      'broker-install.package',
      'conf-edits.config',
      ...HOOK,
      ...FROM_REPOSITORY,
    ],
    broker: { version: '5.10.4', package: undefined },
  },
];

const MOSQUITTO = 'Mosquitto alone has it: findings.ts.';

/** Findings about a broker that are not produced here, with the reason. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  'broker-install.service': `${MOSQUITTO} With EMQX it is conf-edits.service and conf-edits.restart.`,
  'broker-install.sandbox': MOSQUITTO,
  'broker-install.log': MOSQUITTO,
  'broker-install.memory': 'Only where EMQX does not run yet: brokers/emqx/memory.test.ts.',
  'conf-edits.unanswered': 'A stand-in reports all that it is asked for: brokers/emqx/v5/running.test.ts.',
  'conf-edits.profile':
    'Only 6.2 and newer have it: brokers/emqx/v5/shipped.test.ts, on a server emqx.test.ts.',
  'broker-install.limits': 'By unit tests only, brokers/emqx/limits.test.ts.',
  'conf-edits.hosts-deny': MOSQUITTO,
  'conf-edits.ownership': MOSQUITTO,
  'conf-edits.unproved': 'The same for all brokers: findings.ts, and brokers/emqx/accounts.test.ts.',
  'conf-edits.passwords': MOSQUITTO,
  'conf-edits.untried': MOSQUITTO,
  'conf-edits.data-folder': MOSQUITTO,
  'conf-edits.include-dir': MOSQUITTO,
  'conf-edits.listener-conflict': MOSQUITTO,
  'conf-edits.anonymous': MOSQUITTO,
  'conf-edits.per-listener': MOSQUITTO,
  'conf-edits.password-file': MOSQUITTO,
  'conf-edits.psk': MOSQUITTO,
  'conf-edits.root': 'The same for all brokers: findings.ts, and brokers/emqx/findings.test.ts.',
  'conf-edits.port-*': 'The same for all brokers: findings.ts.',
  'dashboard.login': 'Only the run that makes the password knows it: emqx.test.ts.',
};
