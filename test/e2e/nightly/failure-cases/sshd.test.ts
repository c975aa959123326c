import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../../src/doctor/report.js';
import { effectiveSettings, privilegeFolder } from '../../../../src/engine/facts/sshd.js';
import { sh } from '../../../../src/sh.js';
import { changesNothing, expectFailure, spoiled } from '../../before-after.js';
import { idsOf, reportOf } from '../../doctor/report-of.js';
import { type Ground, hostKeyOf } from '../../ground.js';
import { packaged } from '../../snapshot.js';

const FOLDER = '/etc/ssh/sshd_config.d';
const MINE = `${FOLDER}/10-mine.conf`;
const EARLY = `${FOLDER}/00-a.conf`;
const RESTART = 'systemctl restart ssh';
const say = (file: string, ...lines: string[]) =>
  `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >${file}`;

describe('an SSH server with habits of its own', () => {
  let on: Ground;
  let hostKey: string;
  beforeAll(async () => {
    on = await packaged('bookworm');
    hostKey = await hostKeyOf(on);
  });
  afterAll(() => on?.down());

  const init = () => on.run(['init', '--yes', '--host-key', hostKey]);
  const look = async () => reportOf(await on.run(['doctor', '--json']));
  const found = async (spoil: string, mend: string) =>
    spoiled(on, spoil, mend, async () => idsOf(await look()));
  /** What is said of one finding. */
  const said = ({ findings }: Report, id: string) => findings.find((one) => one.id === id)?.summary ?? '';
  /** doctor --fix, after which nothing is left. */
  const mends = async () => {
    const mending = await on.run(['doctor', '--fix', '--yes']);
    expect(mending.exitCode, mending.stderr).toBe(0);
    expect(idsOf(await look())).toEqual([]);
  };

  describe('that was never set up', () => {
    it.each([
      [
        'case 36: a list of users that the new one is not in',
        say(MINE, 'AllowUsers root ubuntu@192.0.2.*'),
        [`${MINE}, line 1`, 'AllowUsers', 'Add researcher to that line'],
      ],
      [
        'case 36: a list of groups, in capitals and under a comment',
        say(MINE, '# who may log in', 'ALLOWGROUPS root ssh-users'),
        [`${MINE}, line 2`, 'AllowGroups root ssh-users'],
      ],
      [
        'case 36: a second factor for everybody',
        say(MINE, 'AuthenticationMethods publickey,keyboard-interactive password'),
        [`${MINE}, line 1`, 'AuthenticationMethods publickey'],
      ],
      [
        'case 26: a file that is read before ours',
        say(EARLY, 'PasswordAuthentication yes', 'X11Forwarding yes'),
        ['PasswordAuthentication', `${EARLY}, line 1`],
      ],
      [
        'case 154: a Match block that opens passwords for where we come from',
        say(MINE, 'Match Address 10.0.0.0/8', '  PasswordAuthentication yes'),
        ['would overrule PasswordAuthentication', `${MINE}, line 2`],
      ],
      [
        'case 154: a Match block that leaves the user nothing but files',
        say(MINE, 'Match User researcher', '  ForceCommand internal-sftp'),
        ['could run nothing', `${MINE}, line 2`],
      ],
      [
        'case 162: a server that is told to show other host keys only',
        say(MINE, 'HostKey /etc/ssh/ssh_host_rsa_key'),
        [`${MINE}, line 1 names others`, 'HostKey /etc/ssh/ssh_host_ed25519_key'],
      ],
      [
        'case 26: files that are not read at all',
        `sed -i.kept '/^Include/d' /etc/ssh/sshd_config`,
        ['does not read the files', 'Include /etc/ssh/sshd_config.d/*.conf'],
      ],
      [
        'case 28: a port that is to be another at the next start',
        say(MINE, 'Port 2222'),
        ['port 22, but its files say 2222', `${MINE}, line 1`, 'sudo ufw allow 2222/tcp'],
      ],
    ])('%s is named before anything is changed', async (_, spoil, says) => {
      const mend = `rm -f ${MINE} ${EARLY}; [ ! -e /etc/ssh/sshd_config.kept ] || mv /etc/ssh/sshd_config.kept /etc/ssh/sshd_config`;
      const output = await spoiled(on, spoil, mend, () => changesNothing(on, init));
      expectFailure(on, output, { code: 1, says: ['Nothing was changed', ...says] });
    });

    it('cases 35, 155: a home and keys of the wrong owner and mode, with broken lines, and PAM off: the run puts all right and lets the key in', async () => {
      await on.inside(`${say(MINE, 'UsePAM no')}; ${RESTART}; useradd -m -s /bin/bash researcher && install -d -m 700 -o root /home/researcher/.ssh
printf 'ssh-ed25519 AAAAC3NzaC1lZDI1\\r\\nNTE5AAAAIMPvcT4m\\r\\n' >/home/researcher/.ssh/authorized_keys
chown daemon /home/researcher; chmod 775 /home/researcher; chmod 666 /home/researcher/.ssh/authorized_keys`);
      const run = await init();
      expect(run.exitCode, run.stderr).toBe(0);
      expect(
        await on.inside(
          'stat -c "%U %a" /home/researcher /home/researcher/.ssh /home/researcher/.ssh/authorized_keys',
        ),
      ).toBe('researcher 755\nresearcher 700\nresearcher 600\n');
      await on.inside(`rm ${MINE}; ${RESTART}`);
    });
  });

  describe('that was set up', () => {
    it('case 35: lines that are no keys are named, and a private key among them as such', async () => {
      const file = '/home/researcher/.ssh/authorized_keys';
      expect(said(await look(), 'accounts.broken-key')).toContain(
        `${file} not every line is a key (line 1, 2)`,
      );
      await on.inside(
        `sed -i '1,2d' ${file}; ssh-keygen -q -t ed25519 -N '' -f /root/theirs; cat /root/theirs >>${file}`,
      );
      expect(said(await look(), 'accounts.broken-key')).toMatch(
        /^A private key lies in \S+ \(lines 2, 3, 4, /,
      );
      await on.inside(`sed -i '2,$d' ${file}`);
      expect(idsOf(await look())).toEqual([]);
    });

    it('case 35: where sshd looks for keys elsewhere, the key goes there', async () => {
      await on.inside(
        `${say(MINE, 'Match User researcher', '  authorizedkeysfile /etc/ssh/authorized_keys/%u .ssh/authorized_keys')}; ${RESTART}`,
      );
      expect(idsOf(await look())).toEqual(['sshd-config.match', 'ssh-keys.authorized'].sort());
      const mending = await on.run(['doctor', '--fix', '--yes']);
      expect(idsOf(await look()), mending.stderr).toEqual(['sshd-config.match']);
      await on.inside(
        `rm /home/researcher/.ssh/authorized_keys; [ "$(stat -c '%U %a' /etc/ssh/authorized_keys/researcher)" = 'root 644' ]`,
      );
      expect(idsOf(await look())).toEqual(['sshd-config.match']);
      await on.inside(
        `install -o researcher -g researcher -m 600 /etc/ssh/authorized_keys/researcher /home/researcher/.ssh/authorized_keys; rm ${MINE}; ${RESTART}`,
      );
    });

    it('case 26: cloud-init writes its file anew, and still nobody gets in with a password', async () => {
      const cloud = `${FOLDER}/50-cloud-init.conf`;
      await on.inside(
        `${say(cloud, 'PasswordAuthentication yes', 'PermitRootLogin yes')}; mkdir -p /etc/cloud/cloud.cfg.d; ${RESTART}`,
      );
      expect(idsOf(await look())).toEqual(['hostname.cloud-init', 'sshd-config.cloud-init']);
      await mends();
      expect(await on.inside('cat /etc/cloud/cloud.cfg.d/99-broker-setup-ssh.cfg')).toContain(
        '\nssh_pwauth: false\n',
      );
      await on.inside('rm -r /etc/cloud');
    });

    it.each([
      ['case 26: passwords', 'PasswordAuthentication', 'password'],
      ['case 27: what PAM asks for', 'KbdInteractiveAuthentication', 'keyboard-interactive'],
    ])(
      '%s, by %s yes in a file that wins, is seen in the file, and from outside',
      async (_, setting, offered) => {
        await spoiled(
          on,
          `${say(EARLY, `${setting} yes`)}; ${RESTART}`,
          `rm ${EARLY}; ${RESTART}`,
          async () => {
            const report = await look();
            expect(idsOf(report)).toEqual(['login.password', 'sshd-config.overruled']);
            const [login] = report.findings.filter(({ id }) => id === 'login.password');
            expect(`${login?.summary} ${login?.detail}`).toContain(offered);
            expect(said(report, 'sshd-config.overruled')).toContain(`${EARLY}, line 1.`);
          },
        );
      },
    );

    it.each([
      ['AllowUsers ubuntu r?searchers', 'AllowUsers'],
      ['DenyGroups sudo', 'DenyGroups'],
    ])('case 36: %s is seen before sshd knows of it', async (line, setting) => {
      await spoiled(on, say(MINE, line), `rm ${MINE}; touch -d '1 day ago' ${FOLDER}`, async () => {
        expect(said(await look(), 'sshd-config.shut-out')).toContain(`${MINE}, line 1 says ${setting}`);
      });
    });

    it('case 29: a file is taken away again, and the running sshd does not know it', async () => {
      await on.inside(`${say(EARLY, 'PasswordAuthentication yes')}; ${RESTART}; sleep 1; rm ${EARLY}`);
      expect(idsOf(await look())).toEqual(['login.password', 'sshd-config.running']);
      await mends();
    });

    it('cases 28, 29: with ssh.socket as well; and a port that only the files name', async () => {
      await on.inside('systemctl disable -q --now ssh.service && systemctl enable -q --now ssh.socket');
      try {
        expect(idsOf(await look())).toEqual([]);
        await on.inside(`${say(EARLY, 'PasswordAuthentication yes')}; ${RESTART}; sleep 1; rm ${EARLY}`);
        expect(idsOf(await look())).toEqual(['login.password', 'sshd-config.running']);
        await mends();
        await on.inside(
          'systemctl -q is-active ssh.socket && ! systemctl -q is-failed ssh.socket ssh.service',
        );
        const ids = await found(
          `${say(MINE, 'Port 2222')}; touch -d '1 day ago' ${FOLDER} ${MINE}`,
          `rm ${MINE}; touch -d '1 day ago' ${FOLDER}`,
        );
        // Before it could be closed the firewall opens it as well.
        expect(ids).toEqual(['sshd-config.port', 'ufw.rules']);
      } finally {
        await on.inside(
          'systemctl disable -q --now ssh.socket; systemctl stop ssh.service; systemctl enable -q --now ssh.service',
        );
      }
    });

    it('case 30: ssh.socket finds its port taken, by an sshd of nobody’s and then by the service', async () => {
      await on.inside(
        'systemctl stop ssh.service; mkdir -p -m 0755 /run/sshd; /usr/sbin/sshd; systemctl enable -q ssh.socket; ! systemctl start ssh.socket 2>/dev/null',
      );
      expect(await on.inside('journalctl -u ssh.socket -n 20 --no-pager')).toContain(
        'Address already in use',
      );
      expect(idsOf(await look())).toEqual(['sshd-config.unmanaged']);
      expectFailure(on, await init(), {
        code: 1,
        says: ['that systemd did not start', 'sudo systemctl restart ssh'],
      });
      await on.inside('kill "$(cat /run/sshd.pid)"; sleep 0.5; systemctl start ssh.service');
      expect(idsOf(await look())).toEqual(['sshd-config.socket']);
      await mends();
      await on.inside(
        '! systemctl -q is-enabled ssh.socket && systemctl -q is-enabled ssh.service && [ -z "$(systemctl --failed --no-legend)" ]',
      );
    });

    it('case 32: /run/sshd is missing', async () => {
      const ask = effectiveSettings(sh`root`).run;
      expect(await on.inside(`rm -rf /run/sshd; ${ask} 2>&1 || true`)).toContain(
        'Missing privilege separation directory',
      );
      expect(await on.inside(`${privilegeFolder.run}; ${ask}`)).toContain('passwordauthentication no');
    });

    it('case 33: the unit is called sshd', async () => {
      const rename = (from: string, to: string) =>
        `systemctl disable -q --now ${from}; mv /lib/systemd/system/${from}.service /lib/systemd/system/${to}.service; sed -i 's/^Alias=.*/Alias=${from}.service/' /lib/systemd/system/${to}.service; systemctl daemon-reload; systemctl enable -q --now ${to}`;
      await spoiled(on, rename('ssh', 'sshd'), rename('sshd', 'ssh'), async () => {
        await on.inside(`chmod 600 ${FOLDER}/00-broker-setup.conf`);
        const before = await on.inside('cat /run/sshd.pid');
        await mends();
        expect(await on.inside('cat /run/sshd.pid')).not.toBe(before);
        await on.inside('systemctl -q is-active sshd.service');
      });
    });

    it('is in place at the end', async () => {
      expect(idsOf(await look())).toEqual([]);
    });
  });
});
