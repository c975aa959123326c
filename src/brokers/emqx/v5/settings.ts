import type { Context } from '../../../engine/step.js';
import { isSince } from '../../../settings/emqx-versions.js';
import { cookieSummary } from '../cookie.js';
import { emqxDropIn, emqxHardened } from '../drop-in.js';
import { ARGUMENTS, EMQX, PORTS } from '../facts.js';
import { CONNECTIONS, FRAME, LIMITS_SUMMARY, RETAINED } from '../limits.js';
import { nodeNameSummary } from '../node-name.js';
import { CIPHERS, TLS_VERSIONS } from '../tls.js';
import { ACCOUNTS, gateways } from './gateways.js';
import { indent, list, object } from './hocon-text.js';
import type { Layer, Setting } from './setting.js';

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

/** Whether this version can keep the port of gen_rpc on one address (emqx_conf_schema.erl at the tags). */
export const bindsRpc = (version: string): boolean => isSince(version, '5.3.1');

/** Whether clients without an account are let in for a moment at each start (changes/e5.9.0.en.md, #14556). */
const opensTooEarly = (version: string): boolean => !isSince(version, '5.9.0');

/** Whether metrics can be kept from those who are not logged in to the dashboard (emqx_prometheus_schema.erl at the tags). */
export const hidesMetrics = (version: string): boolean => isSince(version, '5.4.0');

/** Whether this version denies more by itself where it is told to (EMQX_SECURITY_PROFILE, emqx_security_profile.erl at 6.2.2). */
const hasProfiles = (version: string): boolean => isSince(version, '6.2.0');

/** What the files of EMQX say, as far as the settings depend on it. */
export interface Given {
  /** The cookie comes from our file. */
  ownCookie: boolean;
  /** The node is not part of a cluster. */
  alone: boolean;
  /** To be written out, as the owner's part of the file does not name the node. */
  nodeName?: string | undefined;
  /** A port for IPv6 takes IPv4 as well. */
  bothFamilies: boolean;
  /** Names of limits that the owner has set: ours would overrule them, or be overruled. */
  limited?: ReadonlySet<string>;
  /** Settings of base.hocon that were overruled in the dashboard, and so are written into emqx.conf, which wins. */
  fixed?: ReadonlySet<Setting['id']>;
}

/** Pure. What an EMQX 5 or 6 of this version must be told. */
export function settingsFor(
  version: string,
  context: Pick<Context, 'settings' | 'broker'>,
  { ownCookie, alone, nodeName, bothFamilies, limited = new Set(), fixed = new Set() }: Given,
): Setting[] {
  const { settings, broker } = context;
  const { fullchain, privkey } = broker.certificate;
  const plain = settings.exposure === 'guide';
  const world = bothFamilies ? '[::]' : '0.0.0.0';
  const reach = plain ? world : '127.0.0.1';
  const tunnel = settings.dashboard === 'tunnel';
  // The default of cacertfile is a certificate that ships with EMQX.
  const certificate = `certfile = "${fullchain}"
keyfile = "${privkey}"
cacertfile = "${fullchain}"
verify = verify_none`;
  const tls = `${certificate}
versions = ${list(TLS_VERSIONS)}
ciphers = ${list(CIPHERS)}`;
  // A handshake costs the server far more than who asks for it, again and again over one connection (CVE-2011-1473). Not for the
  // dashboard, which drops all that is false (emqx_dashboard.erl, filter_false, at v5.0.26 to 6.2.2).
  const devices = object('ssl_options', tls, 'client_renegotiation = false');
  const defaults: Layer = isSince(version, '5.8.4') ? 'base' : 'conf';
  const layerOf = (id: Setting['id']): Layer => (fixed.has(id) ? 'conf' : defaults);
  return [
    {
      id: 'encrypted',
      summary: `MQTT over TLS on ${PORTS.mqtts} and over WebSocket on ${PORTS.wss}, with the certificate, TLS 1.2 and 1.3, strong ciphers`,
      layer: 'conf',
      text: [
        object('listeners.ssl.default', `bind = "${world}:${PORTS.mqtts}"`, ASKS, devices),
        object('listeners.wss.default', `bind = "${world}:${PORTS.wss}"`, ASKS, devices),
      ].join('\n'),
    },
    {
      id: 'plain',
      summary: plain
        ? `Unencrypted MQTT on ${PORTS.mqtt} and ${PORTS.ws} for everybody, as the guide has it`
        : `Unencrypted MQTT on ${PORTS.mqtt} and ${PORTS.ws} for the server itself only`,
      layer: 'conf',
      text: [
        object('listeners.tcp.default', `bind = "${reach}:${PORTS.mqtt}"`, ASKS),
        object('listeners.ws.default', `bind = "${reach}:${PORTS.ws}"`, ASKS),
      ].join('\n'),
    },
    {
      id: 'authentication',
      summary: 'Refuse clients without an account',
      layer: layerOf('authentication'),
      text: `authentication = [\n${indent(object('', ACCOUNTS).trimStart())}\n]`,
    },
    {
      id: 'authorization',
      summary: 'Refuse what no rule allows',
      layer: layerOf('authorization'),
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
      text: dashboard(version, `${tunnel ? '127.0.0.1' : world}:${PORTS.dashboard}`, tls),
    },
    ...(ownCookie
      ? [
          {
            id: 'cookie' as const,
            summary: cookieSummary(alone, FILES.cookie),
            layer: 'conf' as const,
            // Without `required` a file that is not there would bring back the cookie that everybody knows.
            text: `include required("${COOKIE}")`,
          },
        ]
      : []),
    ...(nodeName === undefined
      ? []
      : [
          {
            id: 'node-name' as const,
            summary: nodeNameSummary(nodeName),
            layer: 'conf' as const,
            text: `node.name = "${nodeName}"`,
          },
        ]),
    ...(alone ? innerPorts(version) : []),
    ...(opensTooEarly(version)
      ? [
          {
            id: 'start' as const,
            summary: 'Send away at each start who came in before EMQX asks for accounts',
            layer: 'unit' as const,
            text: emqxDropIn(),
          },
        ]
      : []),
    ...(hasProfiles(version)
      ? [
          {
            id: 'profile' as const,
            summary: 'Have EMQX deny where something is missing (security profile “hardened”)',
            layer: 'unit' as const,
            text: emqxHardened(),
          },
        ]
      : []),
    ...(hidesMetrics(version)
      ? [
          {
            id: 'metrics' as const,
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
    ...limits(defaults, limited),
    ...gateways(settings.protocols, certificate, world),
  ];
}

/** In emqx.conf, where it wins: a listener that was told in the dashboard to ask nobody stays so in cluster.hocon (seen with 6.2.2). */
const ASKS = 'enable_authn = true';

/** Where base.hocon is read, they stand there, so that the owner may change them in the dashboard. */
function limits(layer: Layer, limited: ReadonlySet<string>): Setting[] {
  const lines = [
    ...(limited.has('max_connections')
      ? []
      : ['tcp', 'ssl', 'ws', 'wss'].map(
          (one) => `listeners.${one}.default.max_connections = ${CONNECTIONS}`,
        )),
    // A larger packet needs a larger frame.
    ...(limited.has('max_frame_size') || limited.has('max_packet_size')
      ? []
      : ['ws', 'wss'].map((one) => `listeners.${one}.default.websocket.max_frame_size = ${FRAME}`)),
    ...(limited.has('max_retained_messages') ? [] : [`retainer.backend.max_retained_messages = ${RETAINED}`]),
  ];
  if (lines.length === 0) return [];
  return [{ id: 'limits', summary: LIMITS_SUMMARY, layer, text: lines.join('\n') }];
}

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
      // An address of IPv6 alone is not enough at 5.8.9, and is at 6.2.2 (emqx_dashboard.erl, ranch_opts).
      ...(bind.startsWith('[') ? ['inet6 = true'] : []),
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
