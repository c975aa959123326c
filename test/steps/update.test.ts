import { describe, expect, it } from 'vitest';
import { update } from '../../src/steps/update.js';
import { AUTO_UPGRADES_PATH } from '../../src/templates/auto-upgrades.js';
import { answering, contextFor, findings, fixture, ids } from '../context.js';
import { withFile, withOwn, withUnit } from '../facts.js';

const done = fixture('update', 'bookworm-done');
const context = { ...contextFor(), packages: ['sudo', 'ufw'] };

describe('update', () => {
  it('finds nothing on a server that was set up', () => {
    expect(ids(update, done, context)).toEqual([]);
    expect(ids(update, fixture('update', 'trixie-done'), context)).toEqual([]);
  });

  it('on a fresh server fetches the lists and installs what the steps need', () => {
    const found = findings(update, fixture('update', 'trixie-fresh'), context);
    expect(found.map((one) => one.id)).toEqual(['update.packages', 'update.auto-upgrades']);
    expect(found[0]?.summary).toBe('Update the list of packages; install ufw');
  });

  it.each([
    ['first-boot', 'running', 'Wait for the first-boot set-up'],
    ['interrupted', '0001', 'Repair an interrupted installation'],
    ['lists-seconds', String(4 * 86_400), 'Update the list of packages'],
    ['lists-seconds', '', 'in place'],
    ['upgrades', 'libc6 openssl', 'Upgrade 2 packages'],
    ['installed', 'sudo:installed ', 'Install ufw'],
    ['installed', 'sudo:installed ufw:config-files ', 'Install ufw'],
  ])('%s=%s: %s', (name, value, summary) => {
    const found = findings(update, answering(done, name, value), context).find(
      (one) => one.id === 'update.packages',
    );
    expect(found?.summary ?? 'in place').toBe(summary);
  });

  it('takes no answer about the age of the lists for old lists', () => {
    expect(ids(update, answering(done, 'lists-seconds', undefined), context)).toEqual(['update.packages']);
  });

  it.each([
    ['update.memory', 'warn', 'memory-mb=256', answering(done, 'memory-mb', '256')],
    ['update.reboot', 'change', 'reboot=required', answering(done, 'reboot', 'required')],
    [
      'update.timers',
      'change',
      'a timer that is masked',
      withUnit(done, 'apt-daily-upgrade.timer', { LoadState: 'masked', UnitFileState: 'masked' }),
    ],
    [
      'update.timers',
      'change',
      'a timer that does not run',
      withUnit(done, 'apt-daily.timer', { ActiveState: 'inactive' }),
    ],
    ['update.auto-upgrades', 'change', 'no file of ours', withFile(done, AUTO_UPGRADES_PATH, undefined)],
  ])('tells %s (%s) of a server with %s', (id, level, _, told) => {
    expect(findings(update, told, context)).toMatchObject([{ id, level }]);
  });

  it('case 159: names units that systemd may not start, before anything is installed', () => {
    const masked = { LoadState: 'masked', ActiveState: 'inactive', UnitFileState: 'masked' };
    const told = withUnit(withUnit(done, 'ufw.service', masked), 'certbot.timer', masked);
    expect(findings(update, told, { ...context, packages: ['sudo', 'ufw', 'certbot'] })).toMatchObject([
      {
        id: 'update.masked',
        level: 'stop',
        hint: expect.stringContaining('sudo systemctl unmask ufw.service certbot.timer.'),
      },
    ]);
    expect(update.needs({ ...context, packages: ['ufw', 'mosquitto'] }).units).toEqual([
      'apt-daily.timer',
      'apt-daily-upgrade.timer',
      'ufw.service',
    ]);
  });

  it.each([
    ['/usr', 'room /usr 120 90000', '120 MB are left on /usr, 700 MB are needed'],
    ['/var', 'room /var 120 90000', '120 MB are left on /var'],
    ['what counts no files, as btrfs', 'room /var 9000 ', undefined],
    ['hardly any files', 'room /var 9000 288', 'can hold only 288 more files'],
    ['a /boot that is no disk of its own', 'room /boot 30 90000', undefined],
    ['a small /boot without a new kernel', 'room /boot 30 90000\nboot=apart', undefined],
    [
      'a small /boot and a new kernel',
      'room /boot 30 90000\nboot=apart',
      '30 MB are left on /boot',
      'linux-image-6.1.0-40-amd64!',
    ],
  ])('room on the disk: %s', (_, told, says, upgrades = '') => {
    const server = answering(withOwn(done, told), 'upgrades', upgrades);
    const found = findings(update, server, context).find(({ id }) => id === 'update.disk');
    if (says === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject({ level: 'stop', summary: expect.stringContaining(says) });
  });

  it.each([
    [0, undefined],
    [600, undefined],
    [-601, '10 minutes behind'],
    [3 * 3600, '3 hours ahead of'],
    [-365 * 86_400, '365 days behind'],
    [Number.NaN, undefined],
  ])('a clock that is %d s ahead', (skew, says) => {
    const server = { ...context.server, clock: context.now.getTime() / 1000 + skew };
    const found = findings(update, done, { ...context, server });
    if (says === undefined) expect(found).toEqual([]);
    else
      expect(found).toMatchObject([
        { id: 'update.clock', level: 'stop', summary: expect.stringContaining(says) },
      ]);
  });

  it('tells of sources of others that did not answer, and which files name them', () => {
    const left = 'source-left=http://a.example stable\t/etc/apt/sources.list.d/a.list ';
    expect(findings(update, withOwn(done, left), context)).toMatchObject([
      {
        id: 'update.sources',
        level: 'warn',
        summary: expect.stringContaining('http://a.example stable'),
        hint: expect.stringContaining('remove it from /etc/apt/sources.list.d/a.list.'),
      },
    ]);
  });

  it('case 18: takes a restart that the settings rule out for something worth knowing', () => {
    const seen = answering(done, 'reboot', 'required');
    const never = { ...context, settings: { ...context.settings, reboot: 'no' as const } };
    expect(findings(update, seen, never)).toMatchObject([{ id: 'update.reboot', level: 'warn' }]);
  });

  it('cases 14, 16, 161: installs and upgrades in one transaction, keeps local files and asks nothing', () => {
    const change = findings(update, answering(done, 'upgrades', 'libc6'), context)[0]?.change;
    const script = change?.kind === 'run' ? change.script.run : '';
    expect(script.match(/install --with-new-pkgs upgrade \$needed/g)).toHaveLength(1);
    for (const part of [
      'for package in sudo ufw; do',
      'DEBIAN_FRONTEND=noninteractive',
      'NEEDRESTART_MODE=a',
      'APT_LISTBUGS_FRONTEND=none',
      '--force-confold',
      'DPkg::Lock::Timeout=',
    ]) {
      expect(script).toContain(part);
    }
  });
});
