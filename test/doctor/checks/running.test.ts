import { describe, expect, it } from 'vitest';
import { running } from '../../../src/doctor/checks/running.js';
import { contextFor, findings, fixture } from '../../context.js';
import { probed, withOwn, withServices, withUnit } from '../../facts.js';

const context = contextFor();
const done = fixture('running', 'bookworm-complete');
const said = (recording: string) =>
  findings(running, recording, context).map(({ id, level }) => `${id.replace('running.', '')} ${level}`);

describe('what runs, and what the next start brings', () => {
  it('is in place on a server that was set up', () => {
    expect(said(done)).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    ['policy-rc.d forbids restarts', withOwn(done, 'policy=101'), ['policy stop']],
    ['policy-rc.d allows them', withOwn(done, 'policy=0'), []],
    ['policy-rc.d leaves it to others', withOwn(done, 'policy=104'), []],
    [
      'another service still runs an old library',
      withServices(done, 'process 47 0 cron.service', 'replaced 47 /usr/lib/x86_64-linux-gnu/libpam.so.0'),
      ['services warn'],
    ],
  ])('case 219: %s', (_, recording, expected) => {
    expect(said(recording)).toEqual(expected);
  });

  it('case 219: leaves SSH, fail2ban and the broker to their own steps', () => {
    const own = ['ssh', 'fail2ban', 'mosquitto', 'ssh@1-10.0.0.1:22-10.0.0.2:5'].flatMap((name, index) => [
      `process ${index + 10} 0 ${name}.service`,
      `replaced ${index + 10} /usr/lib/libc.so.6`,
    ]);
    expect(said(withServices(done, ...own))).toEqual([]);
  });

  it('case 219: restarts by hand what may be restarted, and the server for the rest', () => {
    const old = withServices(
      done,
      ...['process 1 0 dbus.service', 'replaced 1 /usr/lib/libc.so.6'],
      ...['process 2 0 cron.service', 'replaced 2 /usr/lib/libc.so.6'],
    );
    const [found] = findings(running, old, context);
    expect(found?.hint).toBe(
      'Restart them: sudo systemctl restart cron.service. For dbus.service: sudo reboot, when it suits you.',
    );
  });

  const NETWORKING = 'networking.service';
  it.each<[string, string, string[]]>([
    [
      'systemd has not read a file yet',
      withUnit(done, 'ssh.service', { NeedDaemonReload: 'yes' }),
      ['units change'],
    ],
    ['the server starts into rescue.target', renamed('rescue.target'), ['target stop']],
    ['the server starts into graphical.target', renamed('graphical.target'), []],
    [
      'nothing brings the network up',
      withUnit(done, NETWORKING, { UnitFileState: 'disabled', WantedBy: '' }),
      ['network stop'],
    ],
    [
      'another unit brings the network up',
      withUnit(
        withUnit(done, NETWORKING, { UnitFileState: 'disabled', WantedBy: '' }),
        'systemd-networkd.service',
        { LoadState: 'loaded', UnitFileState: 'enabled' },
      ),
      [],
    ],
  ])('case 222: %s', (_, recording, expected) => {
    expect(said(recording)).toEqual(expected);
  });

  it('could not be checked where no service has a process', () => {
    expect(() => running.see(probed(withServices(done)), context)).toThrow('did not tell which processes');
  });
});

function renamed(target: string): string {
  return withUnit(done, 'default.target', { Id: target, Names: `${target} default.target` });
}
