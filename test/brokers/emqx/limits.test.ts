import { expect, it } from 'vitest';
import { EMQX } from '../../../src/brokers/emqx/facts.js';
import { FRAME, LIMITS_FILE, looseLimits, mentioned } from '../../../src/brokers/emqx/limits.js';
import { settingsFor as settings4 } from '../../../src/brokers/emqx/v4/settings.js';
import { FILES, settingsFor } from '../../../src/brokers/emqx/v5/settings.js';
import { contextFor, findings, installed, written } from './node.js';

const limits5 = (version: string, theirs = '') => {
  const given = { ownCookie: true, alone: true, bothFamilies: false, limited: mentioned(theirs) };
  return settingsFor(version, contextFor(version), given).find(({ id }) => id === 'limits');
};
const limits4 = (conf: string, retainer = '') =>
  settings4('4.4.19', contextFor('4.4.19'), { conf, retainer }, false, true).find(({ id }) => id === 'limits')
    ?.keys;

it('case 194: 5.x and 6.x limit connections, frames and retained messages, where the owner may change them', () => {
  expect(limits5('6.2.2')).toMatchObject({ layer: 'base' });
  expect(limits5('5.7.2')).toMatchObject({ layer: 'conf' });
  expect(limits5('6.2.2')?.text.split('\n')).toEqual([
    'listeners.tcp.default.max_connections = 10000',
    'listeners.ssl.default.max_connections = 10000',
    'listeners.ws.default.max_connections = 10000',
    'listeners.wss.default.max_connections = 10000',
    `listeners.ws.default.websocket.max_frame_size = ${FRAME}`,
    `listeners.wss.default.websocket.max_frame_size = ${FRAME}`,
    'retainer.backend.max_retained_messages = 100000',
  ]);
});

it.each([
  ['mqtt.max_packet_size = 10MB', 'max_frame_size'],
  ['mqtt {\n  max_packet_size = "10MB"\n}', 'max_frame_size'],
  ['listeners.wss.default.websocket { max_frame_size = infinity }', 'max_frame_size'],
  ['listeners.ssl.default.max_connections = 50', 'max_connections'],
  ['retainer.backend.max_retained_messages = 5', 'max_retained_messages'],
])('case 194: 5.x and 6.x: “%s” is the owner’s', (theirs, name) => {
  expect(limits5('6.2.2')?.text).toContain(name);
  expect(limits5('6.2.2', theirs)?.text).not.toContain(name);
  expect(limits5('6.2.2', `# ${theirs.replaceAll('\n', '\n# ')}`)?.text).toContain(name);
});

it('case 194: 4.x limits frames and retained messages; what the owner has set stays', () => {
  const key = 'listener.wss.external.max_frame_size';
  expect(limits4('')).toMatchObject({
    conf: { [key]: String(FRAME) },
    retainer: { 'retainer.max_retained_messages': '100000' },
  });
  expect(limits4(`${key} = 5000\n`)?.conf).toEqual({ [key]: '5000' });
  expect(limits4('mqtt.max_packet_size = 10MB\n')?.conf).toEqual({});
  expect(limits4('', 'retainer.max_retained_messages = 7\n')?.retainer).toBeUndefined();
});

it.each([
  ['mqtt.max_packet_size = 1MB', []],
  ['mqtt.max_packet_size = 64KB', []],
  ['mqtt.max_packet_size = 10MB', ['10MB']],
  ['listener.wss.external.max_connections = 102400', []],
  ['listeners.ssl.default.max_connections = infinity', ['infinity']],
  ['  max_frame_size = infinity', ['infinity']],
  ['## mqtt.max_packet_size = 10MB', []],
])('case 194: “%s” is reported where it allows more', (text, expected) => {
  const found = looseLimits(new Map([[EMQX.conf, text]]));
  expect(found.map(({ summary }) => / to (\S+):/.exec(summary)?.[1])).toEqual(expected);
});

it.each(['4.4.19', '5.8.9', '6.2.2'])('case 194: the process of %s has limits of its own', (version) => {
  const node = installed(new Map([[FILES.conf, '']]));
  const file = written(node, contextFor(version)).find(({ path }) => path === LIMITS_FILE);
  expect(file).toMatchObject({
    owner: 'root:root',
    content: expect.stringMatching(/LimitNOFILE=.*\nMemoryMax=80%/),
  });
  expect(findings(node, contextFor(version)).map(({ id }) => id)).toContain('conf-edits.limits');
});
