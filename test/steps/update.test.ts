import { describe, expect, it } from 'vitest';
import { update } from '../../src/steps/update.js';
import { answering, contextFor, findings, fixture, ids } from '../context.js';

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
    ['disk-mb', '120', 'update.disk', 'stop'],
    ['memory-mb', '256', 'update.memory', 'warn'],
    ['reboot', 'required', 'update.reboot', 'change'],
    ['timers', 'enabled masked', 'update.timers', 'change'],
    ['auto-upgrades', undefined, 'update.auto-upgrades', 'change'],
  ])('%s=%s is the finding %s', (name, value, id, level) => {
    expect(findings(update, answering(done, name, value), context)).toMatchObject([{ id, level }]);
  });

  it('case 18: takes a restart that the settings rule out for something worth knowing', () => {
    const seen = answering(done, 'reboot', 'required');
    const never = { ...context, settings: { ...context.settings, reboot: 'no' as const } };
    expect(findings(update, seen, never)).toMatchObject([{ id: 'update.reboot', level: 'warn' }]);
  });

  it('cases 14, 16: installs and upgrades in one transaction, keeps local files and asks nothing', () => {
    const change = findings(update, answering(done, 'upgrades', 'libc6'), context)[0]?.change;
    const script = change?.kind === 'run' ? change.script.run : '';
    expect(script.match(/install --with-new-pkgs upgrade sudo ufw/g)).toHaveLength(1);
    for (const part of [
      'DEBIAN_FRONTEND=noninteractive',
      'NEEDRESTART_MODE=a',
      '--force-confold',
      'DPkg::Lock::Timeout=',
    ]) {
      expect(script).toContain(part);
    }
  });
});
