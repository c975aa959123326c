import type { Settings } from '../../../settings/schema.js';
import { EMQX, PORTS } from '../facts.js';
import { DTLS_CIPHERS } from '../tls.js';
import { list, object } from './hocon-text.js';
import type { Setting } from './setting.js';

/** The built-in database of accounts, as MQTT and each gateway are told to ask it. */
export const ACCOUNTS = `mechanism = password_based
backend = built_in_database
user_id_type = username
password_hash_algorithm { name = sha256, salt_position = suffix }`;

/**
 * Pure. The gateways for CoAP and LwM2M, where devices speak these.
 * @param certificate what a listener must be told of it
 * @param world the address that stands for all
 */
export function gateways(protocols: Settings['protocols'], certificate: string, world: string): Setting[] {
  return [
    ...(protocols.includes('coap')
      ? [
          {
            id: 'coap' as const,
            summary: `CoAP over DTLS on ${PORTS.coaps}, with accounts`,
            layer: 'conf' as const,
            // Without a connection the gateway asks nobody for a password (docs, gateway/coap).
            text: object(
              'gateway.coap',
              'mountpoint = "coap/"',
              'connection_required = true',
              object('authentication', 'enable = true', ACCOUNTS),
              dtls(`${world}:${PORTS.coaps}`, certificate),
            ),
          },
        ]
      : []),
    ...(protocols.includes('lwm2m')
      ? [
          {
            id: 'lwm2m' as const,
            summary: `LwM2M over DTLS on ${PORTS.lwm2ms}, with accounts`,
            layer: 'conf' as const,
            text: object(
              'gateway.lwm2m',
              `xml_dir = "${EMQX.etc}/lwm2m_xml"`,
              object('authentication', 'enable = true', ACCOUNTS),
              LWM2M_TOPICS,
              dtls(`${world}:${PORTS.lwm2ms}`, certificate),
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

function dtls(bind: string, certificate: string): string {
  return object(
    'listeners.dtls.default',
    `bind = "${bind}"`,
    'enable_authn = true',
    object('dtls_options', certificate, 'versions = ["dtlsv1.2"]', `ciphers = ${list(DTLS_CIPHERS)}`),
  );
}
