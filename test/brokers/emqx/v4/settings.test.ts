import { describe, expect, it } from 'vitest';
import { isOwners } from '../../../../src/brokers/emqx/cookie.js';
import { read } from '../../../../src/brokers/emqx/v4/key-value.js';
import {
  bindsDashboard,
  bindsInnerPorts,
  isAlone,
  settingsFor,
} from '../../../../src/brokers/emqx/v4/settings.js';
import { contextFor } from '../node.js';

const settings = (conf: string, version = '4.4.19') =>
  settingsFor(version, contextFor(version), { conf }, false, false);
const keys = (conf: string, id: string, version?: string) =>
  settings(conf, version).find((one) => one.id === id)?.keys?.conf ?? {};

describe('what a version can', () => {
  it.each([
    ['4.3.15', false, false],
    ['4.3.16', true, false],
    ['4.3.19', true, false],
    ['4.3.20', true, true],
    ['4.4.4', false, false],
    ['4.4.5', true, false],
    ['4.4.8', true, false],
    ['4.4.9', true, true],
  ])('%s keeps inner ports to itself: %s, and the dashboard: %s', (version, inner, dashboard) => {
    expect([bindsInnerPorts(version), bindsDashboard(version)]).toEqual([inner, dashboard]);
    const { keys, argument } = settings('', version).find(({ id }) => id === 'inner-ports') ?? {};
    // An older one keeps the port of the distribution through an argument of the virtual machine, and the other closed.
    expect(argument).toBe(
      inner ? undefined : '-kernel inet_dist_use_interface {127,0,0,1}\n-gen_rpc tcp_server_port false',
    );
    expect(keys).toEqual(
      inner
        ? { conf: { 'node.dist_use_interface': '127.0.0.1', 'rpc.tcp_server_ip': '127.0.0.1' } }
        : undefined,
    );
  });

  it.each([
    ['4.3.5', 'Inner port 4370 for the server itself only, 5370 closed'],
    ['4.4.19', 'Inner ports (4370, 5370) for the server itself only'],
  ])('%s: the plan says so', (version, summary) => {
    expect(settings('', version).find(({ id }) => id === 'inner-ports')?.summary).toBe(summary);
  });
});

describe('what depends on the file', () => {
  it('every zone asks for accounts and rules, whatever its name', () => {
    const conf =
      'zone.a.allow_anonymous = true\nzone.b_2.bypass_auth_plugins = true\nzone.c.enable_acl = off\n';
    expect(keys(conf, 'authentication')).toEqual({
      allow_anonymous: 'false',
      'zone.a.allow_anonymous': 'false',
      'zone.b_2.bypass_auth_plugins': 'false',
    });
    expect(keys(conf, 'authorization')).toMatchObject({ 'zone.c.enable_acl': 'on' });
  });

  it('only the number of connections that it ships with is raised', () => {
    const name = 'listener.wss.external.max_connections';
    expect(keys(`${name} = 16\n`, 'encrypted')[name]).toBe('102400');
    for (const conf of [`${name} = 50\n`, ''])
      expect(Object.keys(keys(conf, 'encrypted'))).not.toContain(name);
  });

  it('nothing is left of the listeners that are not wanted', () => {
    const conf = 'listener.ws.external = 8083\nlistener.ws.external.zone = a\nlistener.ws.external2 = 9\n';
    const plain = keys(conf, 'plain');
    expect(Object.keys(plain)).toEqual([
      'listener.tcp.external',
      'listener.ws.external',
      'listener.ws.external.zone',
    ]);
    expect(plain['listener.ws.external']).toBeUndefined();
  });

  it.each([
    ['', true],
    ['node.cookie = emqxsecretcookie\n', true],
    ['node.cookie = emqxsecretcookie\nnode.cookie = mine\n', false],
    ['node.cookie = mine\n', false],
  ])('the cookie is replaced in %j: %s', (conf, replaced) => {
    const keeps = isOwners(read(conf).get('node.cookie'), ['emqxsecretcookie']);
    const found = settingsFor('4.4.19', contextFor('4.4.19'), { conf }, false, keeps);
    expect(found.some(({ id }) => id === 'cookie')).toBe(replaced);
  });

  it.each([
    ['', true],
    ['node.name = emqx@127.0.0.1\ncluster.discovery = manual\n', true],
    ['node.name = emqx@10.0.0.7\n', false],
    ['node.name = emqx@localhost\n', false],
    ['node.name = my-emqx@10.0.0.7\n', false],
    ['## node.name = emqx@10.0.0.7\nnode.name = emqx@127.0.0.1\n', true],
    ['cluster.discovery = static\n', false],
    ['node.name = emqx@127.0.0.1\ncluster.discovery = etcd\n', false],
  ])('the inner ports are closed in %j, as the node is alone: %s', (conf, alone) => {
    expect(isAlone(read(conf))).toBe(alone);
    for (const version of ['4.3.5', '4.4.19'])
      expect(settings(conf, version).some(({ id }) => id === 'inner-ports')).toBe(alone);
  });
});

it('no key is claimed by two settings', () => {
  const context = contextFor('4.4.19', { protocols: ['mqtt', 'coap', 'lwm2m'] });
  const all = settingsFor('4.4.19', context, {}, false, false).flatMap((one) =>
    Object.entries(one.keys ?? {}).flatMap(([file, wanted]) =>
      Object.keys(wanted).map((key) => `${file} ${key}`),
    ),
  );
  expect(new Set(all).size).toBe(all.length);
});
