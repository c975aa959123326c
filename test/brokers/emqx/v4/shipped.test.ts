import { describe, expect, it } from 'vitest';
import { block, withBlock } from '../../../../src/brokers/emqx/block.js';
import { EMQX } from '../../../../src/brokers/emqx/facts.js';
import { read } from '../../../../src/brokers/emqx/v4/key-value.js';
import { FILES } from '../../../../src/brokers/emqx/v4/settings.js';
import { isOneOf4 } from '../../../../src/settings/emqx-versions.js';
import { begun, complete, contextFor, ids, installed } from '../node.js';
import { SHIPPED4 } from '../shipped.js';

const PLUGINS = '/var/lib/emqx/loaded_plugins';
const ACL = '/etc/emqx/acl.conf';

describe.each(SHIPPED4)('$title', ({ version, there, files }) => {
  const context = contextFor(version);
  const inner = isOneOf4(version, '4.3.16', '4.4.5');
  const fresh = () => installed(files());

  it.skipIf(!there)('fresh from the package: everything is found, each thing by its name', () => {
    expect(ids(fresh(), context)).toEqual([
      'encrypted',
      'plain',
      'authentication',
      'authorization',
      'dashboard',
      'management',
      'cookie',
      'inner-ports',
      'telemetry',
      'retained',
      'limits',
      ...(version === '4.3.5' ? [] : ['restarts']),
      'rules',
      'config',
      'data',
      'dashboard-password',
      'device',
      'service',
    ]);
  });

  it.skipIf(!there)(
    'after the change of files only accounts and the service are left, and after those nothing',
    () => {
      const node = begun(fresh(), context);
      expect(ids(node, context)).toEqual(['dashboard-password', 'device', 'service']);
      expect(ids(complete(fresh(), context), context)).toEqual([]);
      expect(ids({ ...node, accounts: 'shipped,true,true,true' }, context)).toEqual([
        'dashboard-password',
        'default-application',
        'service',
      ]);
    },
  );

  it.skipIf(!there)('says what was meant, and nothing else differently', () => {
    const before = files();
    const after = complete(fresh(), context).files;
    const said = (path: string) => Object.fromEntries(read(after.get(path)?.content ?? ''));
    expect(said(FILES.conf)).toMatchObject({
      allow_anonymous: 'false',
      acl_nomatch: 'deny',
      'zone.external.enable_acl': 'on',
      'zone.internal.allow_anonymous': 'false',
      'zone.internal.bypass_auth_plugins': 'false',
      'listener.tcp.external': '127.0.0.1:1883',
      'listener.ssl.external': '8883',
      'listener.ssl.external.keyfile': '/etc/broker-setup/certificate/privkey.pem',
      'listener.wss.external.certfile': '/etc/broker-setup/certificate/fullchain.pem',
      'listener.wss.external.tls_versions': 'tlsv1.3,tlsv1.2',
      'listener.wss.external.max_connections': '102400',
      'node.cookie': 'a cookie',
      ...(inner ? { 'node.dist_use_interface': '127.0.0.1', 'rpc.tcp_server_ip': '127.0.0.1' } : {}),
    });
    for (const gone of ['listener.ws.', 'listener.tcp.internal', 'listener.ssl.external.cacertfile'])
      expect(Object.keys(said(FILES.conf)).filter((key) => key.startsWith(gone))).toEqual([]);
    expect(said(FILES.conf)['listener.ssl.external.ciphers']).not.toMatch(/CBC|-SHA\b|^AES/);
    expect(said(FILES.dashboard)).toMatchObject({ 'dashboard.listener.https': '18084' });
    for (const gone of ['dashboard.listener.http', 'dashboard.default_user.password'])
      expect(said(FILES.dashboard)).not.toHaveProperty([gone]);
    expect(said(FILES.management)).not.toHaveProperty(['management.listener.http']);
    expect(said(FILES.retainer)['retainer.storage_type']).toBe('disc');
    expect(said(FILES.telemetry)['telemetry.enabled']).toBe('false');
    // What emqx.conf cannot keep to the server itself, arguments of the virtual machine can.
    expect(block(after.get(EMQX.vm)?.content ?? '')?.split('\n')).toEqual(
      inner ? undefined : ['-kernel inet_dist_use_interface {127,0,0,1}', '-gen_rpc tcp_server_port false'],
    );

    // What no finding is about still says what it said.
    const changed = new Set(
      Object.values(FILES).flatMap((path) => {
        const was = Object.fromEntries(read(before.get(path) ?? ''));
        const is = said(path);
        return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => was[key] !== is[key]);
      }),
    );
    for (const key of changed) expect(key).toMatch(OURS);
  });

  it.skipIf(!there)('keeps every line that is about something else, byte by byte and in its place', () => {
    const before = files();
    const after = complete(fresh(), context).files;
    for (const [path, was] of before) {
      const is = after.get(path)?.content ?? '';
      if (Object.values<string>(FILES).includes(path)) expect(others(is, was)).toEqual(others(was, was));
      else if (path === EMQX.vm) expect(withBlock(is, '')).toBe(was);
      else if (path !== ACL && path !== PLUGINS) expect(is).toBe(was);
    }
  });
});

/** Keys that this set-up has something to say about. */
const OURS =
  /^(?:allow_anonymous|acl_nomatch|acl_file|node\.(?:cookie|dist_use_interface)|rpc\.tcp_server_ip|zone\.\w+\.(?:allow_anonymous|bypass_auth_plugins|enable_acl)|listener\.(?:tcp\.external|(?:ssl|wss)\.external(?:\.(?:keyfile|certfile|cacertfile|tls_versions|ciphers|max_connections|max_frame_size))?|(?:ws\.external|tcp\.internal)(?:\..*)?)|dashboard\.(?:listener\.http|listener\.https(?:\.(?:keyfile|certfile|cacertfile|tls_versions|ciphers))?|default_user\.\w+)|management\.(?:listener\.http|default_application\.\w+)|retainer\.(?:storage_type|max_retained_messages)|telemetry\.enabled)$/;

/** The lines that set nothing of ours, nor did so before they became comments. */
function others(content: string, before: string): string[] {
  const ours = (line: string) => OURS.test(/^\s*([^\s#=]+)\s*=/.exec(line)?.[1] ?? '');
  const retired = before
    .split('\n')
    .filter(ours)
    .map((line) => `## ${line}`);
  return content.split('\n').filter((line) => !ours(line) && !retired.includes(line));
}
