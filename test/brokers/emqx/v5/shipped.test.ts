import { describe, expect, it } from 'vitest';
import { block } from '../../../../src/brokers/emqx/block.js';
import { emqxDropIn, emqxHardened } from '../../../../src/brokers/emqx/drop-in.js';
import { FILES } from '../../../../src/brokers/emqx/v5/settings.js';
import { isSince } from '../../../../src/settings/emqx-versions.js';
import { begun, complete, contextFor, ids, installed } from '../node.js';
import { SHIPPED5 } from '../shipped.js';
import { ACCOUNTS, CERTIFICATE, effective } from './effective.js';
import { hocon, leaves } from './hocon.js';

const ACL = '/etc/emqx/acl.conf';
const TLS = {
  ...CERTIFICATE,
  versions: ['tlsv1.3', 'tlsv1.2'],
  ciphers: expect.arrayContaining(['TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256']),
};
/** What devices may not do; the dashboard has no ear for it. */
const FOR_DEVICES = { ...TLS, client_renegotiation: false };

describe.each(SHIPPED5)('$title', ({ version, there, files }) => {
  const context = contextFor(version);
  const early = !isSince(version, '5.9.0');
  const hardened = isSince(version, '6.2.0');
  const metrics = isSince(version, '5.4.0');
  const warned = metrics ? [] : ['metrics-open'];
  const fresh = () => installed(files());

  it.skipIf(!there)('case 62: fresh from the package: everything is found, each thing by its name', () => {
    expect(ids(fresh(), context)).toEqual([
      'encrypted',
      'plain',
      'authentication',
      'authorization',
      'dashboard',
      'cookie',
      'inner-ports',
      ...(early ? ['start'] : []),
      ...(hardened ? ['profile'] : []),
      ...(metrics ? ['metrics'] : []),
      'telemetry',
      'retained',
      'limits',
      'restarts',
      'rules',
      'config',
      'data',
      'dashboard-password',
      'device',
      'service',
      ...warned,
    ]);
  });

  it.skipIf(!there)(
    'after the change of files only accounts and the service are left, and after those nothing',
    () => {
      expect(ids(begun(fresh(), context), context)).toEqual([
        'dashboard-password',
        'device',
        'service',
        ...warned,
      ]);
      expect(ids(complete(fresh(), context), context)).toEqual(warned);
    },
  );

  it.skipIf(!there)('says what was meant', () => {
    const nested = isSince(version, '5.1.1');
    const after = complete(fresh(), context);
    expect(effective(after)).toMatchObject({
      listeners: {
        ssl: { default: { bind: '0.0.0.0:8883', ssl_options: FOR_DEVICES } },
        wss: { default: { bind: '0.0.0.0:8084', ssl_options: FOR_DEVICES } },
        tcp: { default: { bind: '127.0.0.1:1883' } },
        ws: { default: { bind: '127.0.0.1:8083' } },
      },
      authentication: [ACCOUNTS],
      authorization: { no_match: 'deny', sources: [{ type: 'file', enable: true, path: ACL }] },
      dashboard: {
        default_password: '',
        ...(isSince(version, '5.6.0') ? { swagger_support: false } : {}),
        listeners: {
          http: isSince(version, '5.1.0') ? { bind: 0 } : { enable: false },
          https: {
            bind: '0.0.0.0:18084',
            ...(nested ? { ssl_options: TLS } : TLS),
            ...(isSince(version, '5.1.0') ? {} : { enable: true }),
          },
        },
      },
      node: { name: 'emqx@127.0.0.1', cookie: 'a cookie' },
      telemetry: { enable: false },
      retainer: { backend: { storage_type: 'disc' } },
      ...(metrics ? { prometheus: { enable_basic_auth: true } } : {}),
      ...(isSince(version, '5.3.1') ? { rpc: { listen_address: '127.0.0.1' } } : {}),
      ...(isSince(version, '6.2.0') ? { node: { dist_bind_address: '127.0.0.1' } } : {}),
    });
    const vm = after.files.get(FILES.vm)?.content ?? '';
    expect(/^-kernel inet_dist_use_interface \{127,0,0,1\}$/m.test(vm)).toBe(!isSince(version, '6.2.0'));
    expect(/^-gen_rpc tcp_server_port false$/m.test(vm)).toBe(!isSince(version, '5.3.1'));
    // systemd(1) reads it as root, so it is root's, unlike all files of EMQX's.
    const unit = (content: string) => ({ content, mode: '0644', owner: 'root:root' });
    expect(after.files.get(FILES.unit)).toEqual(
      early ? unit(emqxDropIn()) : hardened ? unit(emqxHardened()) : undefined,
    );
    const base = after.files.get(FILES.base)?.content ?? '';
    expect(/^authentication = /m.test(base)).toBe(isSince(version, '5.8.4'));
  });

  it.skipIf(!there)('keeps every byte that was there, and every setting that is about something else', () => {
    const before = files();
    const after = complete(fresh(), context);
    for (const [path, was] of before) {
      const is = after.files.get(path)?.content ?? '';
      if (path !== ACL) expect(is.startsWith(was)).toBe(true);
    }
    const ours = new Set(
      leaves(
        hocon([FILES.base, FILES.conf].map((path) => block(after.files.get(path)?.content ?? '') ?? '')),
      ).map(([path]) => path),
    );
    const is = new Map(leaves(effective(after)));
    for (const [path, value] of leaves(effective(fresh())))
      if (!ours.has(path) && path !== 'node.cookie') expect([path, is.get(path)]).toEqual([path, value]);
  });
});
