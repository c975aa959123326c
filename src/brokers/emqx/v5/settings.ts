import type { Context } from '../../../engine/step.js';
import { emqxDropIn } from '../../../templates/emqx-drop-in.js';
import { ARGUMENTS, EMQX, PORTS } from '../facts.js';
import { CIPHERS, DTLS_CIPHERS, TLS_VERSIONS } from '../tls.js';
import { isSince } from '../versions.js';

/** A sub-directory, as the package makes everything directly in /etc/emqx readable for all at each upgrade. */
const COOKIE = 'broker-setup/node.conf';

/** The files of EMQX 5 and 6 that this set-up writes into. */
export const FILES = {
  /** Counts more than what is set in the dashboard: what must hold. */
  conf: EMQX.conf,
  /** Counts less than that: what the owner may change there (since 5.8.4; emqx_config.erl, init_load). */
  base: `${EMQX.etc}/base.hocon`,
  /** Arguments of the Erlang virtual machine. */
  vm: EMQX.vm,
  cookie: `${EMQX.etc}/${COOKIE}`,
  unit: `/etc/systemd/system/${EMQX.unit}.d/broker-setup.conf`,
} as const;

/** Where a setting stands: in our block of a file, or for the unit in a file of our own. */
export type Layer = 'conf' | 'base' | 'vm' | 'unit';

/** One thing that must hold, in the words of the plan, and the text that makes it so. */
export interface Setting {
  id: string;
  summary: string;
  layer: Layer;
  text: string;
}

/** Whether this version can keep the port of gen_rpc on one address (emqx_conf_schema.erl at the tags). */
export const bindsRpc = (version: string): boolean => isSince(version, '5.3.1');

/** Whether clients without an account are let in for a moment at each start (changes/e5.9.0.en.md, #14556). */
const opensTooEarly = (version: string): boolean => !isSince(version, '5.9.0');

/** Whether metrics can be kept from those who are not logged in to the dashboard (emqx_prometheus_schema.erl at the tags). */
export const hidesMetrics = (version: string): boolean => isSince(version, '5.4.0');

/** What the files of EMQX say, as far as the settings depend on it. */
export interface Given {
  /** The cookie comes from our file. */
  ownCookie: boolean;
  /** The node is not part of a cluster. */
  alone: boolean;
}

/** Pure. What an EMQX 5 or 6 of this version must be told. */
export function settingsFor(version: string, context: Context, { ownCookie, alone }: Given): Setting[] {
  const { settings, broker } = context;
  const { fullchain, privkey } = broker.certificate;
  const plain = settings.exposure === 'guide';
  const reach = plain ? '0.0.0.0' : '127.0.0.1';
  const tunnel = settings.dashboard === 'tunnel';
  // The default of cacertfile is a certificate that ships with EMQX.
  const certificate = `certfile = "${fullchain}"
keyfile = "${privkey}"
cacertfile = "${fullchain}"
verify = verify_none`;
  const tls = `${certificate}
versions = ${list(TLS_VERSIONS)}
ciphers = ${list(CIPHERS)}`;
  const accounts = `mechanism = password_based
backend = built_in_database
user_id_type = username
password_hash_algorithm { name = sha256, salt_position = suffix }`;
  const defaults: Layer = isSince(version, '5.8.4') ? 'base' : 'conf';
  return [
    {
      id: 'encrypted',
      summary: `MQTT over TLS on ${PORTS.mqtts} and over WebSocket on ${PORTS.wss}, with the certificate, TLS 1.2 and 1.3, strong ciphers`,
      layer: 'conf',
      text: [
        object('listeners.ssl.default', `bind = "0.0.0.0:${PORTS.mqtts}"`, object('ssl_options', tls)),
        object('listeners.wss.default', `bind = "0.0.0.0:${PORTS.wss}"`, object('ssl_options', tls)),
      ].join('\n'),
    },
    {
      id: 'plain',
      summary: plain
        ? `Unencrypted MQTT on ${PORTS.mqtt} and ${PORTS.ws} for everybody, as the guide has it`
        : `Unencrypted MQTT on ${PORTS.mqtt} and ${PORTS.ws} for the server itself only`,
      layer: 'conf',
      text: `listeners.tcp.default.bind = "${reach}:${PORTS.mqtt}"
listeners.ws.default.bind = "${reach}:${PORTS.ws}"`,
    },
    {
      id: 'authentication',
      summary: 'Refuse clients without an account',
      layer: defaults,
      text: `authentication = [\n${indent(object('', accounts).trimStart())}\n]`,
    },
    {
      id: 'authorization',
      summary: 'Refuse what no rule allows',
      layer: defaults,
      text: object(
        'authorization',
        'no_match = deny',
        `sources = [{ type = file, enable = true, path = "${EMQX.acl}" }]`,
      ),
    },
    {
      id: 'dashboard',
      summary: `Dashboard with the certificate on ${PORTS.dashboard}${tunnel ? ', for the server itself only' : ''}; the unencrypted one off`,
      layer: 'conf',
      text: dashboard(version, `${tunnel ? '127.0.0.1' : '0.0.0.0'}:${PORTS.dashboard}`, tls),
    },
    ...(ownCookie
      ? [
          {
            id: 'cookie',
            summary: 'A random cookie for the node, instead of the one that everybody knows',
            layer: 'conf' as const,
            // Without `required` a file that is not there would bring back the cookie that everybody knows.
            text: `include required("${COOKIE}")`,
          },
        ]
      : []),
    ...(alone ? innerPorts(version) : []),
    ...(opensTooEarly(version)
      ? [
          {
            id: 'start',
            summary: 'Send away at each start who came in before EMQX asks for accounts',
            layer: 'unit' as const,
            text: emqxDropIn(),
          },
        ]
      : []),
    ...(hidesMetrics(version)
      ? [
          {
            id: 'metrics',
            summary: 'Show metrics to those only who are logged in to the dashboard',
            layer: 'conf' as const,
            text: 'prometheus.enable_basic_auth = true',
          },
        ]
      : []),
    {
      id: 'telemetry',
      summary: 'Send no usage data to the vendor',
      layer: 'conf',
      text: 'telemetry.enable = false',
    },
    {
      id: 'retained',
      summary: 'Keep retained messages on disc',
      layer: 'conf',
      text: object('retainer.backend', 'type = built_in_database', 'storage_type = disc'),
    },
    ...(settings.protocols.includes('coap')
      ? [
          {
            id: 'coap',
            summary: `CoAP over DTLS on ${PORTS.coaps}, with accounts`,
            layer: 'conf' as const,
            // Without a connection the gateway asks nobody for a password (docs, gateway/coap).
            text: object(
              'gateway.coap',
              'mountpoint = "coap/"',
              'connection_required = true',
              object('authentication', accounts),
              dtls(PORTS.coaps, certificate),
            ),
          },
        ]
      : []),
    ...(settings.protocols.includes('lwm2m')
      ? [
          {
            id: 'lwm2m',
            summary: `LwM2M over DTLS on ${PORTS.lwm2ms}, with accounts`,
            layer: 'conf' as const,
            text: object(
              'gateway.lwm2m',
              `xml_dir = "${EMQX.etc}/lwm2m_xml"`,
              object('authentication', accounts),
              LWM2M_TOPICS,
              dtls(PORTS.lwm2ms, certificate),
            ),
          },
        ]
      : []),
  ];
}

/** The topics that the gateway demands, by the names that its documentation uses. */
const LWM2M_TOPICS = object(
  'translators',
  ...Object.entries({
    command: 'dn/#',
    response: 'up/resp',
    notify: 'up/notify',
    register: 'up/register',
    update: 'up/resp',
  }).map(([name, topic]) => `${name} { topic = "${topic}" }`),
);

/** 5.0 has a switch and no block of its own for TLS; 5.1.0 lost the switch, 5.1.1 got the block (emqx_dashboard_schema.erl at the tags). */
function dashboard(version: string, bind: string, tls: string): string {
  const switched = !isSince(version, '5.1.0');
  const nested = isSince(version, '5.1.1');
  return object(
    'dashboard',
    switched ? 'listeners.http.enable = false' : 'listeners.http.bind = 0',
    object(
      'listeners.https',
      ...(switched ? ['enable = true'] : []),
      `bind = "${bind}"`,
      nested ? object('ssl_options', tls) : tls,
    ),
    // With an empty one no account is made at the first start; the password of this set-up stands in no file.
    'default_password = ""',
    // Its description of the whole API, for everybody.
    ...(isSince(version, '5.6.0') ? ['swagger_support = false'] : []),
  );
}

function innerPorts(version: string): Setting[] {
  const id = 'inner-ports';
  if (!bindsRpc(version)) {
    const summary = `Inner port ${PORTS.distribution} for the server itself only, ${PORTS.rpc} closed`;
    return [{ id, summary, layer: 'vm', text: Object.values(ARGUMENTS).join('\n') }];
  }
  const summary = `Inner ports (${PORTS.distribution}, ${PORTS.rpc}) for the server itself only`;
  const rpc = 'rpc.listen_address = "127.0.0.1"';
  if (isSince(version, '6.2.0')) {
    return [{ id, summary, layer: 'conf', text: `${rpc}\nnode.dist_bind_address = "127.0.0.1"` }];
  }
  return [
    { id, summary, layer: 'conf', text: rpc },
    { id, summary, layer: 'vm', text: ARGUMENTS.distributionOnLoopback },
  ];
}

function dtls(port: number, certificate: string): string {
  return object(
    'listeners.dtls.default',
    `bind = "0.0.0.0:${port}"`,
    object('dtls_options', certificate, 'versions = ["dtlsv1.2"]', `ciphers = ${list(DTLS_CIPHERS)}`),
  );
}

function object(name: string, ...inner: string[]): string {
  return `${name} {\n${inner.map(indent).join('\n')}\n}`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

const list = (items: readonly string[]): string => `[${items.map((item) => `"${item}"`).join(', ')}]`;
