import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesNothing, expectFailure, said } from './before-after.js';
import { type Ground, hostKeyOf, type Output } from './ground.js';
import { makeKey, resident, residentRun } from './resident.js';
import { packaged } from './snapshot.js';

/** Reached with post-quantum key exchange only, by a certificate, through two jump hosts: nothing that this program's own SSH can follow. */
describe('a server that plain ssh reaches, and that our own SSH cannot follow', () => {
  let on: Ground;
  let hostKey: string;
  let authorityLine: string;
  const AUTO = ['--transport', 'auto'];

  beforeAll(async () => {
    on = await packaged('bookworm');
    hostKey = await hostKeyOf(on);
    const { address } = on.server;
    const own = await makeKey(on, 'own');
    const authority = await makeKey(on, 'authority');
    await execa('ssh-keygen', ['-q', '-s', authority.file, '-I', 'me', '-n', 'root', `${own.file}.pub`]);
    const jumping = await makeKey(on, 'jumping');
    const hostLine = await on.inside('cat /etc/ssh/ssh_host_ed25519_key.pub');
    await writeFile(join(on.home, 'host.pub'), hostLine);
    const forHost = ['-h', '-I', 'host', '-n', address, join(on.home, 'host.pub')];
    await execa('ssh-keygen', ['-q', '-s', authority.file, ...forHost]);
    const certificate = await readFile(join(on.home, 'host-cert.pub'), 'utf8');
    authorityLine = authority.line;
    await on.inside(`useradd -m -s /bin/sh jumper && install -d -m 700 -o jumper -g jumper /home/jumper/.ssh
echo '${jumping.line}' >/home/jumper/.ssh/authorized_keys && chown jumper: /home/jumper/.ssh/authorized_keys
echo '${authority.line}' >/etc/ssh/authority.pub
echo '${certificate.trim()}' >/etc/ssh/host-cert.pub
printf '%s\\n' 'KexAlgorithms sntrup761x25519-sha512@openssh.com' 'TrustedUserCAKeys /etc/ssh/authority.pub' 'HostCertificate /etc/ssh/host-cert.pub' >/etc/ssh/sshd_config.d/50-owner.conf
systemctl restart ssh`);
    await mkdir(join(on.home, '.ssh'), { mode: 0o700 });
    await writeFile(
      join(on.home, '.ssh/config'),
      `Host outer\n  HostName ${address}\n
Host middle\n  HostName 127.0.0.1\n  HostKeyAlias middle\n
Host outer middle\n  User jumper\n  IdentityFile ${jumping.file}\n
Host inner\n  HostName 127.0.0.1\n  HostKeyAlias inner\n  User root\n  IdentityFile ${own.file}\n  ProxyJump outer,middle\n`,
      { mode: 0o600 },
    );
    const [type, base64] = hostLine.split(' ');
    await writeFile(
      join(on.home, '.ssh/known_hosts'),
      [address, 'middle'].map((name) => `${name} ${type} ${base64}\n`).join(''),
      { mode: 0o600 },
    );
  });
  afterAll(() => on?.down());

  it('case 7: turns to the ssh of this computer where the server knows only newer algorithms, and says so', async () => {
    const env = { BROKER_SETUP_LOGIN_PASSWORD: on.server.rootPassword };
    const output = await changesNothing(on, () => residentRun(on, ['init', '--dry-run', ...AUTO], env));
    expect(output.exitCode, output.stderr).toBe(0);
    expect(said(output)).toContain('Using the ssh of this computer: the server knows only newer algorithms');
    const ours = await residentRun(on, ['init', '--dry-run', '--transport', 'node'], env);
    expectFailure(on, ours, { code: 1, says: ['--transport openssh'] });
  });

  it('knows the server by its certificate, where known_hosts has only the authority', async () => {
    const known = join(on.home, 'authorities');
    await writeFile(known, `@cert-authority ${on.server.address} ${authorityLine}\n`);
    const env = { BROKER_SETUP_LOGIN_PASSWORD: on.server.rootPassword };
    const output = await residentRun(on, ['init', '--dry-run', '--known-hosts', known, ...AUTO], env);
    expect(output.exitCode, output.stderr).toBe(0);
    expect(said(output)).toMatch(
      /Using the ssh of this computer: known_hosts knows \S+ by a certificate authority/,
    );
    await writeFile(known, `@cert-authority 192.0.2.1 ${authorityLine}\n`);
    const other = await residentRun(on, ['init', '--dry-run', '--known-hosts', known, ...AUTO], env);
    expectFailure(on, other, { code: 1, says: ['is not known yet', hostKey] });
  });

  const chosen = (output: Output): void => {
    expect(output.exitCode, output.stderr).toBe(0);
    expect(said(output)).toContain('Using the ssh of this computer: there is a certificate for the SSH key');
  };

  it('case 7: is set up by a certificate, through a chain of jump hosts', async () => {
    await on.configure({ server: 'inner', login: {} });
    const output = await residentRun(on, ['init', '--yes', '--host-key', hostKey, ...AUTO]);
    chosen(output);
    expect(await readFile(join(on.home, '.ssh/known_hosts'), 'utf8')).toContain('inner ssh-ed25519 ');
    // The certificate opened root's door, and no longer does: ssh itself says so.
    const root = await resident(on, ['ssh', '-o', 'BatchMode=yes', 'inner', 'true']);
    expect(root.stderr).toContain('Permission denied (publickey)');
  });

  it('run again, has nothing to do, and doctor finds everything in place', async () => {
    const again = await residentRun(on, ['init', '--yes', '--json', ...AUTO]);
    chosen(again);
    const { steps } = JSON.parse(again.stdout) as { steps: { changes: unknown[] }[] };
    expect(steps.flatMap(({ changes }) => changes)).toEqual([]);
    const doctor = await residentRun(on, ['doctor', ...AUTO]);
    chosen(doctor);
    expect(doctor.stdout).toMatch(
      /✔ researcher logs in with the key and may use sudo\n +✔ root is refused\n/,
    );
  });
});
