import { describe, expect, it } from 'vitest';
import { emqxDropIn } from '../../../../src/brokers/emqx/drop-in.js';
import type { Layer } from '../../../../src/brokers/emqx/v5/setting.js';
import {
  bindsRpc,
  FILES,
  type Given,
  hidesMetrics,
  settingsFor,
} from '../../../../src/brokers/emqx/v5/settings.js';
import { contextFor } from '../node.js';
import { hocon, leaves } from './hocon.js';

const settings = (version: string, given: Partial<Given> = {}) =>
  settingsFor(version, contextFor(version), { ownCookie: true, alone: true, bothFamilies: false, ...given });
const texts = (version: string, id: string, given: Partial<Given> = {}): string[] =>
  settings(version, given).flatMap((one) => (one.id === id ? [one.text] : []));
const layers = (version: string, id: string): Layer[] =>
  settings(version)
    .filter((one) => one.id === id)
    .map(({ layer }) => layer);
const dashboard = (version: string) =>
  new Map(
    leaves(hocon(settings(version).flatMap((one) => (one.id === 'dashboard' ? [one.text] : [])))).map(
      ([path, value]) => [path.replace('dashboard.listeners.', ''), value],
    ),
  );

describe('each version in its own words', () => {
  it.each([
    ['5.0.26', 'http.enable', false, 'https.certfile', true],
    ['5.1.0', 'http.bind', 0, 'https.certfile', undefined],
    ['5.1.1', 'http.bind', 0, 'https.ssl_options.certfile', undefined],
    ['6.3.1', 'http.bind', 0, 'https.ssl_options.certfile', undefined],
  ])('the dashboard of %s', (version, off, value, certificate, enabled) => {
    const said = dashboard(version);
    expect(said.get(off)).toBe(value);
    expect([...said.keys()].filter((key) => key.startsWith('http.'))).toEqual([off]);
    expect(said.get(certificate)).toBe('/etc/broker-setup/certificate/fullchain.pem');
    expect(said.get('https.enable')).toBe(enabled);
  });

  it.each<[string, Layer]>([
    ['5.0.26', 'conf'],
    ['5.8.3', 'conf'],
    ['5.8.4', 'base'],
    ['6.3.1', 'base'],
  ])('%s: what the owner may change in the dashboard lies in %s', (version, layer) => {
    expect([...layers(version, 'authentication'), ...layers(version, 'authorization')]).toEqual([
      layer,
      layer,
    ]);
    expect(layers(version, 'encrypted')).toEqual(['conf']);
  });

  it.each<[string, Layer[]]>([
    ['5.0.26', ['vm']],
    ['5.3.0', ['vm']],
    ['5.3.1', ['conf', 'vm']],
    ['5.10.4', ['conf', 'vm']],
    ['6.2.0', ['conf']],
  ])('%s: the inner ports in %j', (version, expected) => {
    expect(layers(version, 'inner-ports')).toEqual(expected);
    expect(bindsRpc(version)).toBe(expected.includes('conf'));
  });

  const DISTRIBUTION = '-kernel inet_dist_use_interface {127,0,0,1}';
  const RPC = 'rpc.listen_address = "127.0.0.1"';
  it.each([
    // What cannot be bound is closed.
    ['5.0.26', [`${DISTRIBUTION}\n-gen_rpc tcp_server_port false`]],
    ['5.3.0', [`${DISTRIBUTION}\n-gen_rpc tcp_server_port false`]],
    ['5.3.1', [RPC, DISTRIBUTION]],
    ['6.2.0', [`${RPC}\nnode.dist_bind_address = "127.0.0.1"`]],
  ])('%s: the inner ports of a lone node, and none of a node that others must reach', (version, expected) => {
    expect(texts(version, 'inner-ports')).toEqual(expected);
    expect(texts(version, 'inner-ports', { alone: false })).toEqual([]);
    const cluster = JSON.stringify(settings(version, { alone: false }));
    expect(cluster).not.toMatch(/inet_dist|gen_rpc|listen_address|dist_bind_address/);
  });

  it.each([
    ['5.0.26', false],
    ['5.3.2', false],
    ['5.4.0', true],
    ['6.3.1', true],
  ])('%s shows metrics only to those who are logged in: %s', (version, hidden) => {
    expect(hidesMetrics(version)).toBe(hidden);
    expect(texts(version, 'metrics')).toEqual(hidden ? ['prometheus.enable_basic_auth = true'] : []);
  });

  it.each([
    ['5.0.26', undefined],
    ['5.5.1', undefined],
    ['5.6.0', false],
    ['6.3.1', false],
  ])('%s: the description of the API for everybody: %s', (version, said) => {
    expect(dashboard(version).get('dashboard.swagger_support')).toBe(said);
  });

  it.each([
    ['5.0.26', ['unit']],
    ['5.8.9', ['unit']],
    ['5.9.0', []],
    ['6.3.1', []],
  ])('%s sends away who came in too early, through a file for the unit: %j', (version, expected) => {
    expect(layers(version, 'start')).toEqual(expected);
    if (expected.length > 0) expect(texts(version, 'start')).toEqual([emqxDropIn()]);
    expect(FILES.unit).toMatch(/^\/etc\/systemd\/system\/emqx\.service\.d\/[\w-]+\.conf$/);
  });
});

it('a cookie of our own is included, must be there, and is never written into emqx.conf', () => {
  expect(texts('5.8.9', 'cookie')).toEqual(['include required("broker-setup/node.conf")']);
  expect(texts('5.8.9', 'cookie', { ownCookie: false })).toEqual([]);
  expect(JSON.stringify(settings('5.8.9'))).not.toContain('a cookie');
});

it.each(['5.0.26', '5.8.9', '6.3.1'])('no setting of %s is said twice, whatever is chosen', (version) => {
  const context = contextFor(version, {
    protocols: ['mqtt', 'coap', 'lwm2m'],
    exposure: 'guide',
    dashboard: 'tunnel',
  });
  const all = settingsFor(version, context, { ownCookie: true, alone: true, bothFamilies: false })
    .filter(({ layer }) => layer !== 'vm' && layer !== 'unit')
    .flatMap(({ text }) => leaves(hocon([text])).map(([path]) => path));
  expect(all.length).toBeGreaterThan(30);
  expect(new Set(all).size).toBe(all.length);
});
