import { describe, expect, it } from 'vitest';
import { describe as described } from '../../src/session/discover.js';

const EMQX = (version: string, ...open: string[]) =>
  described(
    `hostname=mqtt\npackage emqx ${version}\n${open.map((one) => `${one} 0.0.0.0:* users:(("beam.smp",pid=7,fd=9))`).join('\n')}\n`,
    'mqtt.example.org',
    'root',
  );
const tcp = (at: string) => `tcp   LISTEN 0      1024   ${at}`;
const udp = (at: string) => `udp   UNCONN 0      0      ${at}`;

describe('an EMQX that nobody has described', () => {
  it.each([
    ['4.4.19', [tcp('*:18084')], 'public', ['mqtt']],
    ['4.4.19', [tcp('127.0.0.1:18084')], 'tunnel', ['mqtt']],
    ['4.4.19', [tcp('0.0.0.0:18083')], 'tunnel', ['mqtt']],
    ['4.4.19', [udp('*:5684')], 'tunnel', ['mqtt', 'coap']],
    ['5.8.9', [udp('0.0.0.0:5683'), udp('0.0.0.0:5783')], 'tunnel', ['mqtt', 'lwm2m']],
    ['5.8.10', [udp('0.0.0.0:5683'), udp('0.0.0.0:5783')], 'tunnel', ['mqtt', 'coap', 'lwm2m']],
    ['5.8.9', [udp('127.0.0.1:5683'), tcp('0.0.0.0:5684')], 'tunnel', ['mqtt']],
    // Settings that no set-up could bring about are no description.
    ['5.0.26', [udp('0.0.0.0:5683')], 'tunnel', ['mqtt']],
  ] as const)('%s with %j: dashboard %s, protocols %j', (version, open, dashboard, protocols) => {
    expect(EMQX(version, ...open)).toMatchObject({
      broker: { kind: 'emqx', version, agree_licence: true },
      dashboard,
      protocols,
    });
  });

  it('is not asked for where there is none', () => {
    const found = described('hostname=mqtt\n', 'mqtt.example.org', 'root');
    expect(found.broker).toEqual({ kind: 'mosquitto' });
    expect(found).not.toHaveProperty('protocols');
  });
});
