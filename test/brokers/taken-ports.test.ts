import { expect, it } from 'vitest';
import { VM } from '../../src/brokers/emqx/facts.js';
import { brokerFor } from '../../src/brokers/index.js';
import { MOSQUITTO } from '../../src/brokers/mosquitto/facts.js';
import { takenPorts } from '../../src/brokers/taken-ports.js';
import { contextWith } from '../recorded.js';

const { settings } = contextWith();
const mosquitto = brokerFor(settings);
const listeners = mosquitto.listeners(settings);
const file = (path: string, content: string) =>
  new Map([[path, { content, mode: '0644', owner: 'root:root' }]]);
const taken = (program: string, files: ReturnType<typeof file>, unit: string, own = '') =>
  takenPorts(new Map([[8883, program]]), listeners, own, files, { title: 'EMQX', unit });

it('case 245: the broker of an earlier run is recognized, and the hint says what becomes of its accounts', () => {
  const [finding, ...more] = taken('mosquitto', file(MOSQUITTO.ours, ''), 'emqx.service', VM);
  expect([finding?.id, finding?.level, more]).toEqual(['conf-edits.port-8883', 'stop', []]);
  expect(finding?.summary).toBe(
    'Mosquitto, which an earlier run of this program set up here, uses port 8883. EMQX needs it.',
  );
  expect(finding?.hint).toMatch(/accounts do not move.*sudo systemctl disable --now mosquitto/);
});

it.each([
  ['a Mosquitto that somebody else set up', 'mosquitto', file('/etc/other', ''), 'emqx.service'],
  ['another program', 'nginx', file(MOSQUITTO.ours, ''), 'emqx.service'],
  ['an EMQX without rules of ours', VM, file('/etc/emqx/acl.conf', '{allow, all}.'), 'mosquitto.service'],
  ['another Mosquitto beside ours', 'mosquitto', file(MOSQUITTO.ours, ''), 'mosquitto.service'],
])('%s is only named', (_, program, files, unit) => {
  const [finding] = taken(program, files, unit);
  expect(finding?.summary).toBe(`Port 8883 (MQTT over TLS) is already used on the server by ${program}.`);
});
