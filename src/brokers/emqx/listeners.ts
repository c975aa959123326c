import type { Listener } from '../../engine/broker-facts.js';
import { familyOf } from '../../settings/emqx-versions.js';
import type { Settings } from '../../settings/schema.js';
import { PORTS } from './facts.js';

type Asked = Pick<Settings, 'exposure' | 'dashboard' | 'protocols'>;

const tcp = { transport: 'tcp', tls: false, mqtt: undefined } as const;
const udp = { transport: 'udp', tls: true, mqtt: undefined, reach: 'world' } as const;

/** The doors of EMQX, the same in all versions. */
export function listeners({ exposure, dashboard, protocols }: Asked): Listener[] {
  const plain = exposure === 'guide';
  return [
    {
      ...tcp,
      id: 'mqtts',
      title: 'MQTT over TLS',
      port: PORTS.mqtts,
      tls: true,
      mqtt: 'tcp',
      reach: 'world',
    },
    {
      ...tcp,
      id: 'wss',
      title: 'MQTT over WebSocket and TLS',
      port: PORTS.wss,
      tls: true,
      mqtt: 'websocket',
      path: '/mqtt',
      reach: 'world',
    },
    {
      ...tcp,
      id: 'dashboard',
      title: 'dashboard',
      port: PORTS.dashboard,
      tls: true,
      reach: dashboard === 'public' ? 'world' : 'loopback',
    },
    {
      ...tcp,
      id: 'mqtt',
      title: 'MQTT, unencrypted',
      port: PORTS.mqtt,
      mqtt: 'tcp',
      reach: plain ? 'world' : 'loopback',
    },
    ...(plain
      ? [
          {
            ...tcp,
            id: 'ws',
            title: 'MQTT over WebSocket, unencrypted',
            port: PORTS.ws,
            mqtt: 'websocket',
            path: '/mqtt',
            reach: 'world',
          } as const,
        ]
      : []),
    ...(protocols.includes('coap')
      ? [{ ...udp, id: 'coaps', title: 'CoAP over DTLS', port: PORTS.coaps } as const]
      : []),
    ...(protocols.includes('lwm2m')
      ? [{ ...udp, id: 'lwm2ms', title: 'LwM2M over DTLS', port: PORTS.lwm2ms } as const]
      : []),
  ];
}

/** What EMQX would open to the world by itself and this set-up keeps from it. */
export function inner(version: string): number[] {
  const { dashboardPlain, management, internalMqtt, distribution, rpc, epmd } = PORTS;
  return [
    dashboardPlain,
    ...(familyOf(version) === 'v4' ? [management, internalMqtt] : []),
    distribution,
    rpc,
    epmd,
  ];
}
