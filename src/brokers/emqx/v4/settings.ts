import type { FindingName } from '../../../catalogue/index.js';
import type { Context } from '../../../engine/step.js';
import { isOneOf4 } from '../../../settings/emqx-versions.js';
import { cookieSummary } from '../cookie.js';
import { ARGUMENTS, EMQX, PORTS } from '../facts.js';
import { FRAME, LIMITS_SUMMARY, RETAINED } from '../limits.js';
import { DEFAULT_NODE, nodeNameSummary } from '../node-name.js';
import { CIPHERS, DTLS_CIPHERS, TLS_VERSIONS } from '../tls.js';
import { read, type Wanted } from './key-value.js';

const PLUGINS = `${EMQX.etc}/plugins`;

/** The files of EMQX 4 that this set-up has settings in. */
export const FILES = {
  conf: EMQX.conf,
  dashboard: `${PLUGINS}/emqx_dashboard.conf`,
  management: `${PLUGINS}/emqx_management.conf`,
  retainer: `${PLUGINS}/emqx_retainer.conf`,
  telemetry: `${PLUGINS}/emqx_telemetry.conf`,
  coap: `${PLUGINS}/emqx_coap.conf`,
  lwm2m: `${PLUGINS}/emqx_lwm2m.conf`,
} as const;

export type FileId = keyof typeof FILES;

/** One thing that must hold, in the words of the plan, and what the files say then. */
export interface Setting {
  id: FindingName<'conf-edits'>;
  summary: string;
  keys?: Partial<Record<FileId, Wanted>>;
  plugins?: Record<string, boolean>;
  /** Lines of vm.args. */
  argument?: string;
}

export type Contents = Partial<Record<FileId, string>>;

/** Whether the dashboard of this version can listen on one address only (emqx_dashboard.schema at the tags). */
export const bindsDashboard = (version: string): boolean => isOneOf4(version, '4.3.20', '4.4.9');

/** Whether this version can keep its inner ports on one address (emqx.schema at the tags). */
export const bindsInnerPorts = (version: string): boolean => isOneOf4(version, '4.3.16', '4.4.5');

/**
 * Pure. What an EMQX 4 of this version must be told.
 * @param contents what its files say now: some keys depend on it
 * @param bothFamilies whether a port for IPv6 takes IPv4 as well
 * @param keepsCookie the cookie in emqx.conf is not one that the package ships with
 */
export function settingsFor(
  version: string,
  context: Context,
  contents: Contents,
  bothFamilies: boolean,
  keepsCookie: boolean,
): Setting[] {
  const { settings, broker, secrets } = context;
  const conf = read(contents.conf ?? '');
  const off = (prefix: string): Wanted =>
    Object.fromEntries(
      [...conf.keys()]
        .filter((key) => key === prefix || key.startsWith(`${prefix}.`))
        .map((key) => [key, undefined]),
    );
  // By itself EMQX listens on IPv4 alone. cuttlefish takes what stands before the last colon, without brackets.
  const world = (port: number) => (bothFamilies ? `:::${port}` : `${port}`);
  const worldWithHost = (port: number) => (bothFamilies ? world(port) : `0.0.0.0:${port}`);
  const all = (pattern: RegExp, value: string): Wanted =>
    Object.fromEntries([...conf.keys()].filter((key) => pattern.test(key)).map((key) => [key, value]));
  const tls = (prefix: string): Wanted => ({
    [`${prefix}.keyfile`]: broker.certificate.privkey,
    [`${prefix}.certfile`]: broker.certificate.fullchain,
    // Only for certificates of clients, and the one that ships is EMQX's own.
    [`${prefix}.cacertfile`]: undefined,
    [`${prefix}.tls_versions`]: TLS_VERSIONS.join(','),
    [`${prefix}.ciphers`]: CIPHERS.join(','),
  });
  const dtls = (plugin: 'coap' | 'lwm2m', port: number): Wanted => ({
    [`${plugin}.bind.udp.1`]: undefined,
    [`${plugin}.bind.dtls.1`]: worldWithHost(port),
    [`${plugin}.dtls.keyfile`]: broker.certificate.privkey,
    [`${plugin}.dtls.certfile`]: broker.certificate.fullchain,
    [`${plugin}.dtls.cacertfile`]: undefined,
    [`${plugin}.dtls.ciphers`]: DTLS_CIPHERS.join(','),
  });
  const plain = settings.exposure === 'guide';
  const tunnel = settings.dashboard === 'tunnel';
  const https = tunnel && bindsDashboard(version) ? `127.0.0.1:${PORTS.dashboard}` : `${PORTS.dashboard}`;
  const { protocols } = settings;
  return [
    {
      id: 'encrypted',
      summary: `MQTT over TLS on ${PORTS.mqtts} and over WebSocket on ${PORTS.wss}, with the certificate, TLS 1.2 and 1.3, strong ciphers`,
      keys: {
        conf: {
          'listener.ssl.external': world(PORTS.mqtts),
          ...tls('listener.ssl.external'),
          'listener.wss.external': world(PORTS.wss),
          ...tls('listener.wss.external'),
          // 4.3 ships with 16, which a handful of devices uses up.
          ...(conf.get('listener.wss.external.max_connections') === '16'
            ? { 'listener.wss.external.max_connections': '102400' }
            : {}),
        },
      },
    },
    ...(conf.size === 0 || conf.has('node.name')
      ? []
      : [
          {
            id: 'node-name' as const,
            summary: nodeNameSummary(DEFAULT_NODE),
            keys: { conf: { 'node.name': DEFAULT_NODE } },
          },
        ]),
    {
      id: 'plain',
      summary: plain
        ? `Unencrypted MQTT on ${PORTS.mqtt} and ${PORTS.ws} for everybody, as the guide has it`
        : `Unencrypted MQTT on ${PORTS.mqtt} for the server itself only, none on ${PORTS.ws}`,
      keys: {
        conf: {
          'listener.tcp.external': plain ? worldWithHost(PORTS.mqtt) : `127.0.0.1:${PORTS.mqtt}`,
          ...(plain ? { 'listener.ws.external': world(PORTS.ws) } : off('listener.ws.external')),
          // Its zone asks nobody for a password.
          ...off('listener.tcp.internal'),
        },
      },
    },
    {
      id: 'authentication',
      summary: 'Refuse clients without an account',
      keys: {
        conf: {
          allow_anonymous: 'false',
          ...all(/^zone\.\w+\.allow_anonymous$/, 'false'),
          ...all(/^zone\.\w+\.bypass_auth_plugins$/, 'false'),
        },
      },
      plugins: { emqx_auth_mnesia: true },
    },
    {
      id: 'authorization',
      summary: 'Refuse what no rule allows',
      keys: {
        conf: { acl_nomatch: 'deny', acl_file: EMQX.acl, ...all(/^zone\.\w+\.enable_acl$/, 'on') },
      },
    },
    {
      id: 'dashboard',
      summary: `Dashboard with the certificate on ${PORTS.dashboard}${tunnel ? ', for the server itself only' : ''}; the unencrypted one off`,
      keys: {
        dashboard: {
          'dashboard.listener.http': undefined,
          'dashboard.listener.https': https,
          // Older ones take a port without an address here; all take this (emqx_dashboard.schema at the tags).
          'dashboard.listener.https.inet6': bothFamilies && !tunnel ? 'true' : undefined,
          ...tls('dashboard.listener.https'),
          // Without a name no account is made at the first start; the password of this set-up stands in no file.
          'dashboard.default_user.login': undefined,
          'dashboard.default_user.password': undefined,
        },
      },
      plugins: { emqx_management: true, emqx_dashboard: true },
    },
    {
      id: 'management',
      summary: `Management API off (port ${PORTS.management}, which ships with admin/public)`,
      keys: {
        management: {
          'management.listener.http': undefined,
          'management.default_application.id': undefined,
          'management.default_application.secret': undefined,
        },
      },
    },
    ...(!keepsCookie
      ? [
          {
            id: 'cookie' as const,
            summary: cookieSummary(isAlone(conf), EMQX.conf),
            keys: { conf: { 'node.cookie': secrets.nodeCookie.reveal() } },
          },
        ]
      : []),
    ...(isAlone(conf) ? [innerPorts(version)] : []),
    {
      id: 'telemetry',
      summary: 'Send no usage data to the vendor',
      keys: { telemetry: { 'telemetry.enabled': 'false' } },
      plugins: { emqx_telemetry: false },
    },
    {
      id: 'retained',
      summary: 'Keep retained messages on disc',
      keys: { retainer: { 'retainer.storage_type': 'disc' } },
    },
    {
      id: 'limits',
      summary: LIMITS_SUMMARY,
      keys: {
        conf: limits(conf, plain ? ['ws', 'wss'] : ['wss']),
        // As shipped 0, which is no limit.
        ...(['0', undefined].includes(read(contents.retainer ?? '').get('retainer.max_retained_messages'))
          ? { retainer: { 'retainer.max_retained_messages': String(RETAINED) } }
          : {}),
      },
    },
    protocols.includes('coap')
      ? {
          id: 'coap' as const,
          summary: `CoAP over DTLS on ${PORTS.coaps}, with accounts`,
          keys: { coap: dtls('coap', PORTS.coaps) },
          plugins: { emqx_coap: true },
        }
      : { id: 'coap', summary: 'CoAP off', plugins: { emqx_coap: false } },
    protocols.includes('lwm2m')
      ? {
          id: 'lwm2m' as const,
          summary: `LwM2M over DTLS on ${PORTS.lwm2ms}, with accounts`,
          keys: { lwm2m: dtls('lwm2m', PORTS.lwm2ms) },
          plugins: { emqx_lwm2m: true },
        }
      : { id: 'lwm2m', summary: 'LwM2M off', plugins: { emqx_lwm2m: false } },
  ];
}

/** A frame limit of the owner's stays, and a larger packet needs a larger frame. */
function limits(conf: ReadonlyMap<string, string>, listeners: readonly string[]): Wanted {
  if ((conf.get('mqtt.max_packet_size') ?? '1MB') !== '1MB') return {};
  const keys = listeners.map((one) => `listener.${one}.external.max_frame_size`);
  return Object.fromEntries(keys.map((key) => [key, conf.get(key) ?? String(FRAME)]));
}

function innerPorts(version: string): Setting {
  const id = 'inner-ports';
  if (!bindsInnerPorts(version)) {
    const summary = `Inner port ${PORTS.distribution} for the server itself only, ${PORTS.rpc} closed`;
    return { id, summary, argument: Object.values(ARGUMENTS).join('\n') };
  }
  return {
    id,
    summary: `Inner ports (${PORTS.distribution}, ${PORTS.rpc}) for the server itself only`,
    keys: { conf: { 'node.dist_use_interface': '127.0.0.1', 'rpc.tcp_server_ip': '127.0.0.1' } },
  };
}

/** A node that others are to find must listen for them. */
export function isAlone(conf: ReadonlyMap<string, string>): boolean {
  const host = (conf.get('node.name') ?? DEFAULT_NODE).split('@')[1];
  return host === '127.0.0.1' && (conf.get('cluster.discovery') ?? 'manual') === 'manual';
}
