import { describe, expect, it } from 'vitest';
import { sshdConfig } from '../../src/steps/sshd-config.js';
import { SSHD_DROP_IN, sshdDropIn, sshdSettings } from '../../src/templates/sshd-drop-in.js';
import { contextFor, findings, fixture, ids } from '../context.js';
import { withFile, withLines, withListeners, withOwn, withSshd, withUnit } from '../facts.js';

const context = contextFor();
const done = fixture('sshd-config', 'bookworm-done');
const INCLUDE = '/etc/ssh/sshd_config:12:Include /etc/ssh/sshd_config.d/*.conf';
const withoutOurs = withFile(done, SSHD_DROP_IN, undefined);

describe('sshd-config', () => {
  it('finds nothing on servers that were set up', () => {
    expect(ids(sshdConfig, done, context)).toEqual([]);
    expect(ids(sshdConfig, fixture('sshd-config', 'trixie-done'), context)).toEqual([]);
  });

  it('lays down a drop-in that comes before those of cloud images, and only validated', () => {
    const found = findings(sshdConfig, fixture('sshd-config', 'trixie-fresh'), context);
    expect(found).toMatchObject([{ id: 'sshd-config.drop-in', change: { kind: 'write' } }]);
    const change = found[0]?.change;
    if (change?.kind !== 'write') throw new Error('no write');
    expect(change.files.map((file) => file.path)).toEqual(['/etc/ssh/sshd_config.d/00-broker-setup.conf']);
    expect(change.activate?.run).toMatch(/sshd -t[\s\S]*restart/);
  });

  it.each([
    ['passwordauthentication', 'yes', 'PasswordAuthentication'],
    ['permitrootlogin', 'without-password', 'PermitRootLogin'],
    ['kbdinteractiveauthentication', 'yes', 'KbdInteractiveAuthentication'],
  ])('cases 26, 27: believes what is in force, not the file: %s %s', (setting, value, name) => {
    const seen = withSshd(done, 'researcher', setting, value);
    expect(findings(sshdConfig, seen, context)).toMatchObject([
      { id: 'sshd-config.overruled', level: 'stop', summary: expect.stringContaining(name) },
    ]);
  });

  it('strict is more in the same file', () => {
    const strict = contextFor({ settings: { hardening: 'strict' } });
    expect(findings(sshdConfig, done, strict)).toMatchObject([
      {
        id: 'sshd-config.drop-in',
        change: { files: [{ content: expect.stringContaining('Banner /etc/issue.net') }] },
      },
    ]);
  });

  it('case 26: sees a Match block that is about root only', () => {
    const seen = withSshd(done, 'root', 'permitrootlogin', 'yes');
    expect(ids(sshdConfig, seen, context)).toEqual(['sshd-config.overruled']);
  });

  it('does not vouch for logins that a Match block is about', () => {
    const rule = withLines(done, INCLUDE, '/etc/ssh/sshd_config:20:Match  User backup');
    const found = findings(sshdConfig, rule, context);
    expect(found).toMatchObject([
      { id: 'sshd-config.match', level: 'warn', summary: expect.stringContaining('Match User backup') },
    ]);
  });

  it('takes an unknown start for no sign of an old sshd', () => {
    expect(ids(sshdConfig, done.replace(/^time=.* \/run\/sshd\.pid\n/m, ''), context)).toEqual([]);
  });

  it('case 29: restarts an sshd that started before the file was changed', () => {
    const changed = done.replace(/^time=\d+ (\/etc\/ssh\/)/m, 'time=9999999999 $1');
    expect(ids(sshdConfig, changed, context)).toEqual(['sshd-config.running']);
  });

  it('case 26: says before anything is changed where a file stands that would win', () => {
    const fresh = ['researcher', 'root'].reduce(
      (all, user) => withSshd(all, user, 'passwordauthentication', 'yes'),
      withoutOurs,
    );
    const early = '/etc/ssh/sshd_config.d/00-a.conf:3:PasswordAuthentication yes';
    const late = '/etc/ssh/sshd_config.d/50-cloud-init.conf:1:PasswordAuthentication yes';
    const seen = (...lines: string[]) => findings(sshdConfig, withLines(fresh, ...lines), context);
    expect(seen(INCLUDE, late)).toMatchObject([{ id: 'sshd-config.drop-in', level: 'change' }]);
    expect(seen(INCLUDE, early, late)).toMatchObject([
      { id: 'sshd-config.overruled', level: 'stop', summary: expect.stringContaining('00-a.conf, line 3.') },
    ]);
    const above = '/etc/ssh/sshd_config:3:PasswordAuthentication yes';
    expect(seen(above, INCLUDE)[0]?.summary).toContain('/etc/ssh/sshd_config, line 3.');
    expect(seen('/etc/ssh/sshd_config:3:UsePAM yes', late)[0]?.summary).toContain('does not read the files');
  });

  it.each([
    ['before our file is there', withoutOurs],
    ['beside our file', done],
  ])('case 154: stops where a Match block would overrule it, %s', (_, seen) => {
    const block = ['Match Address 10.0.0.0/8', 'passwordauthentication yes'].map(
      (line, at) => `/etc/ssh/sshd_config:${at + 20}:${line}`,
    );
    const matched = withOwn(withLines(seen, INCLUDE, ...block), 'matched=passwordauthentication');
    expect(findings(sshdConfig, matched, context)).toMatchObject([
      {
        id: 'sshd-config.overruled',
        level: 'stop',
        summary: expect.stringMatching(
          /overrule PasswordAuthentication for .*\/etc\/ssh\/sshd_config, line 21\.$/,
        ),
      },
    ]);
  });

  it('case 162: stops where the server is told to show other host keys only', () => {
    const line = '/etc/ssh/sshd_config:1:HostKey /etc/ssh/ssh_host_rsa_key';
    const RSA = '/etc/ssh/ssh_host_rsa_key';
    const hidden = withOwn(
      withSshd(withLines(withoutOurs, line, INCLUDE), 'root', 'hostkey', RSA),
      `key-type=(RSA) ${RSA}`,
    );
    // Of an upgraded server it may not even be there; to make it would not let anybody in.
    const missing = hidden.replace('ed25519=present\n', '');
    expect(findings(sshdConfig, missing, context)).toEqual(findings(sshdConfig, hidden, context));
    expect(findings(sshdConfig, hidden, context)).toMatchObject([
      {
        id: 'sshd-config.host-key',
        level: 'stop',
        summary: expect.stringContaining('/etc/ssh/sshd_config, line 1 names'),
      },
    ]);
  });

  it('case 26: keeps cloud-init from writing it anew', () => {
    expect(findings(sshdConfig, withOwn(done, 'cloud-init=present'), context)).toMatchObject([
      {
        id: 'sshd-config.cloud-init',
        change: { files: [{ path: '/etc/cloud/cloud.cfg.d/99-broker-setup-ssh.cfg' }] },
      },
    ]);
  });

  it.each([
    ['AllowUsers', 'ada'],
    ['DenyUsers', 'researcher'],
    ['AllowGroups', 'ssh-users'],
    ['DenyGroups', 'sudo'],
    ['AuthenticationMethods', 'publickey,keyboard-interactive'],
  ])('case 36: stops before anything is changed where %s %s keeps the user out', (setting, value) => {
    const seen = withSshd(done, 'researcher', setting.toLowerCase(), value);
    const place = `/etc/ssh/sshd_config.d/10-mine.conf:7:${setting} ${value}`;
    expect(findings(sshdConfig, withLines(seen, INCLUDE, place), context)).toMatchObject([
      {
        id: 'sshd-config.shut-out',
        level: 'stop',
        summary: expect.stringMatching(
          /10-mine\.conf, line 7 .*researcher|researcher .*10-mine\.conf, line 7/,
        ),
      },
    ]);
  });

  const named = (...ports: number[]) =>
    withLines(
      withSshd(done, 'root', 'listenaddress', ...ports.map((port) => `0.0.0.0:${port}`)),
      INCLUDE,
      ...ports.map((port, at) => `/etc/ssh/sshd_config:${at + 14}:Port ${port}`),
    );
  const units = (socket: string, service: string) =>
    withUnit(
      withUnit(done, 'ssh.socket', { ActiveState: socket, Listen: '0.0.0.0:22 (Stream)' }),
      'ssh.service',
      { ActiveState: service },
    );

  it.each([
    ['case 28: files that name another port than the one in use', named(2222), ['sshd-config.port']],
    ['case 28: files that name one more port', named(22, 2222), []],
    [
      'case 28: the socket listens on another port than the files name',
      withListeners(
        withUnit(named(2222), 'ssh.socket', { ActiveState: 'active', Listen: '[::]:22 (Stream)' }),
        'tcp LISTEN 0 4096 [::]:22 [::]:* users:(("systemd",pid=1,fd=50))',
      ),
      ['sshd-config.port'],
    ],
    [
      'case 30: a socket that has failed beside the service',
      units('failed', 'active'),
      ['sshd-config.socket'],
    ],
    ['case 30: an sshd that no unit has started', units('failed', 'failed'), ['sshd-config.unmanaged']],
    ['cases 28, 30: the socket in the place of the service', units('active', 'inactive'), []],
  ])('%s', (_, told, expected) => {
    expect(ids(sshdConfig, told, context)).toEqual(expected);
  });

  it('cannot be checked where sshd tells nothing, and so is never in place', () => {
    expect(() => ids(sshdConfig, done.replace(/^@@ sshd\n[\s\S]*?(?=^@@ )/m, ''), context)).toThrow(
      'sshd -T',
    );
  });
});

describe('the drop-in', () => {
  const known = {
    kex: ['curve25519-sha256', 'diffie-hellman-group1-sha1'],
    ciphers: ['aes128-ctr'],
    macs: ['hmac-sha2-256-etm@openssh.com'],
  };

  it('names only algorithms that this OpenSSH knows, and never more than wanted', () => {
    expect(sshdSettings(known).get('KexAlgorithms')).toBe('curve25519-sha256');
  });

  it.each([
    [{}, undefined],
    [{ strict: true }, 'no'],
    [{ strict: true, tunnel: true }, 'local'],
  ])('with %j forwards ports: %s', (more, forwarding) => {
    const settings = sshdSettings(known, more);
    expect(settings.get('AllowTcpForwarding')).toBe(forwarding);
    // More keys in an agent than this would lock their owner out.
    expect(settings.has('MaxAuthTries')).toBe(false);
  });

  it('case 148: takes and shows certificates where the server has them, of RSA keys as well', () => {
    const both = sshdSettings(known, { userCertificates: true, hostCertificate: true });
    expect(both.get('HostKeyAlgorithms')).toBe(
      'ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519',
    );
    expect(both.get('PubkeyAcceptedAlgorithms')).toContain(',sk-ssh-ed25519-cert-v01@openssh.com,');
    for (const name of ['HostKeyAlgorithms', 'PubkeyAcceptedAlgorithms'])
      expect(sshdSettings(known).get(name)).not.toContain('-cert-');
  });

  it('uses the old names for the OpenSSH of Ubuntu 20.04', () => {
    const text = sshdDropIn(sshdSettings(known), 802);
    expect(text).toContain('\nChallengeResponseAuthentication no\n');
    expect(text).toContain('\nPubkeyAcceptedKeyTypes ');
    expect(text).not.toContain('KbdInteractiveAuthentication');
  });
});

describe('idle connections of one stranger', () => {
  const at = (openssh: number) => ({ ...context, server: { ...context.server, openssh } });
  const content = (output: string, context = at(902)) => {
    const [change] = findings(sshdConfig, output, context).map((one) => one.change);
    return change?.kind === 'write' ? String(change.files[0]?.content) : '';
  };
  const own = (value: string, line = 'PerSourceMaxStartups') =>
    withLines(withoutOurs, INCLUDE, `/etc/ssh/sshd_config.d/50-own.conf:1:${line} ${value}`);

  it('case 193: take a few logins only, of a whole network with IPv6, from OpenSSH 8.5 on', () => {
    expect(content(withoutOurs)).toContain('PerSourceMaxStartups 4\nPerSourceNetBlockSize 32:64\n');
    expect(content(withoutOurs, at(805))).toContain('PerSourceMaxStartups');
    expect(content(withoutOurs, at(804))).not.toContain('PerSource');
    expect(content(withoutOurs, at(0))).not.toContain('PerSource');
  });

  it('case 193: what the owner has set stays', () => {
    expect(content(own('2'))).not.toContain('PerSourceMaxStartups');
    expect(content(own('2'))).toContain('PerSourceNetBlockSize 32:64');
    expect(content(own('24:48', 'PerSourceNetBlockSize'))).not.toContain('PerSourceNetBlockSize');
  });

  it('case 193: what the owner has set is reported before it wins over ours', () => {
    expect(ids(sshdConfig, own('none'), at(902))).toEqual(['sshd-config.drop-in', 'sshd-config.per-source']);
    expect(ids(sshdConfig, own('2'), at(902))).toEqual(['sshd-config.drop-in']);
  });

  it.each([
    ['none', ['sshd-config.per-source']],
    ['20', ['sshd-config.per-source']],
    ['2', []],
  ])('case 193: %s in force is reported where it is too much', (value, expected) => {
    const output = ['researcher', 'root'].reduce(
      (all, user) => withSshd(all, user, 'persourcemaxstartups', value),
      done,
    );
    expect(ids(sshdConfig, output, at(902))).toEqual(expected);
    expect(ids(sshdConfig, withFile(output, SSHD_DROP_IN, undefined), at(802))).toEqual([
      'sshd-config.drop-in',
    ]);
  });
});
