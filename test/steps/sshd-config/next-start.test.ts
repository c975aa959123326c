import { describe, expect, it } from 'vitest';
import { SSHD_DEFAULTS } from '../../../src/steps/sshd-config/next-start.js';
import { sshdConfig } from '../../../src/steps/sshd-config.js';
import { contextFor, findings, fixture } from '../../context.js';
import { probed, withFile, withServices, withUnit } from '../../facts.js';

const context = contextFor();
const done = fixture('sshd-config', 'bookworm-done');
const said = (recording: string) =>
  findings(sshdConfig, recording, context).map(
    ({ id, level }) => `${id.replace('sshd-config.', '')} ${level}`,
  );
const service = (properties: Record<string, string>) => withUnit(done, 'ssh.service', properties);
const starts = (command: string) =>
  service({
    FragmentPath: '/lib/systemd/system/ssh.service',
    DropInPaths: '/etc/systemd/system/ssh.service.d/mine.conf',
    ExecStart: `{ path=/usr/sbin/sshd ; argv[]=${command} ; ignore_errors=no ; start_time=[n/a] }`,
  });
const defaults = (options: string) =>
  withFile(starts('/usr/sbin/sshd -D $SSHD_OPTS'), SSHD_DEFAULTS, { content: `SSHD_OPTS=${options}\n` });

describe('the SSH server after a restart of the server', () => {
  it.each<[string, string, string[]]>([
    ['disabled', service({ UnitFileState: 'disabled' }), ['boot change']],
    ['enabled until the next start only', service({ UnitFileState: 'enabled-runtime' }), ['boot change']],
    ['masked', service({ UnitFileState: 'masked' }), ['boot stop']],
    ['without an [Install] section', service({ UnitFileState: 'static' }), ['boot change']],
    [
      'without one, and wanted by another unit',
      service({ UnitFileState: 'static', WantedBy: 'multi-user.target' }),
      [],
    ],
    [
      'disabled, but its socket listens',
      withUnit(service({ UnitFileState: 'disabled' }), 'ssh.socket', {
        LoadState: 'loaded',
        ActiveState: 'active',
        UnitFileState: 'enabled',
      }),
      [],
    ],
    [
      'with a socket that is at work, but disabled',
      withUnit(service({ UnitFileState: 'disabled', ActiveState: 'inactive' }), 'ssh.socket', {
        LoadState: 'loaded',
        ActiveState: 'active',
        UnitFileState: 'disabled',
      }),
      ['boot change'],
    ],
  ])('case 222: %s', (_, recording, expected) => {
    expect(said(recording)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    ['as the package does', starts('/usr/sbin/sshd -D $SSHD_OPTS'), []],
    ['with another file', starts('/usr/sbin/sshd -D -f /root/other'), ['command stop']],
    [
      'with a setting of its own',
      starts('/usr/sbin/sshd -D -o PasswordAuthentication=yes'),
      ['command stop'],
    ],
    ['with our setting once more', starts('/usr/sbin/sshd -D -o PasswordAuthentication=no'), []],
    [
      'as EC2 Instance Connect does',
      starts(
        '/usr/sbin/sshd -D -o AuthorizedKeysCommand /usr/share/eic %u %f -o AuthorizedKeysCommandUser eic',
      ),
      [],
    ],
    ['as another program', starts('/opt/openssh/sbin/sshd -D'), ['command stop']],
    ['with options of /etc/default/ssh', defaults('"-o PermitRootLogin=yes"'), ['command stop']],
    ['with harmless ones', defaults('-4'), []],
  ])('case 222: is started %s', (_, recording, expected) => {
    expect(said(recording)).toEqual(expected);
  });

  it('case 222: names the files that may say so', () => {
    const [found] = findings(sshdConfig, starts('/usr/sbin/sshd -D -f /root/other'), context);
    expect(found?.summary).toContain('/etc/systemd/system/ssh.service.d/mine.conf');
  });

  it('case 222: would not start with its files, and says why in the words of sshd', () => {
    const [own = '', ...sections] = done.split(/^@@ /m);
    const others = sections.filter((one) => !one.startsWith('sshd\n'));
    const words = '/etc/ssh/sshd_config.d/mine.conf: line 1: Bad configuration option: Nonsense\r\n';
    const recording = [own, ...others, `sshd refuses\n@researcher\n!\n${words}`].join('@@ ');
    const { findings: found } = sshdConfig.see(probed(recording), context);
    expect(found).toMatchObject([
      {
        id: 'sshd-config.invalid',
        level: 'stop',
        summary: expect.stringContaining('mine.conf: line 1: Bad configuration option: Nonsense'),
      },
    ]);
  });
});

describe('the SSH server that runs', () => {
  it.each<[string, string[], string[]]>([
    ['is on disk', ['process 104 0 ssh.service'], []],
    ['was replaced', ['process 104 0 ssh.service', 'replaced 104 /usr/sbin/sshd'], ['running change']],
    // Of a session that goes on, which a restart leaves alone (UsePAM no).
    ['was replaced for a session only', ['process 105 0 ssh.service', 'replaced 105 /usr/sbin/sshd'], []],
  ])('case 219: %s', (_, services, expected) => {
    expect(said(withServices(service({ MainPID: '104' }), ...services))).toEqual(expected);
  });
});
