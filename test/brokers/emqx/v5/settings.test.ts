import { describe, expect, it } from 'vitest';
import { bindsRpc, type Layer, settingsFor } from '../../../../src/brokers/emqx/v5/settings.js';
import { contextFor } from '../node.js';
import { hocon, leaves } from './hocon.js';

const settings = (version: string, ownCookie = true) => settingsFor(version, contextFor(version), ownCookie);
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
    expect(said.get(certificate)).toBe('/etc/emqx/certs/broker-setup/fullchain.pem');
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
});

it('a cookie of our own is included, and never written into emqx.conf', () => {
  expect(settings('5.8.9', true).find(({ id }) => id === 'cookie')?.text).toBe(
    'include "broker-setup/node.conf"',
  );
  expect(settings('5.8.9', false).some(({ id }) => id === 'cookie')).toBe(false);
  expect(JSON.stringify(settings('5.8.9'))).not.toContain('a cookie');
});

it.each(['5.0.26', '5.8.9', '6.3.1'])('no setting of %s is said twice, whatever is chosen', (version) => {
  const context = contextFor(version, {
    protocols: ['mqtt', 'coap', 'lwm2m'],
    exposure: 'guide',
    dashboard: 'tunnel',
  });
  const all = settingsFor(version, context, true)
    .filter(({ layer }) => layer !== 'vm')
    .flatMap(({ text }) => leaves(hocon([text])).map(([path]) => path));
  expect(all.length).toBeGreaterThan(30);
  expect(new Set(all).size).toBe(all.length);
});
