import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/engine/step.js';
import { fail2ban } from '../../src/steps/fail2ban.js';
import { FAIL2BAN_JAIL, fail2banJail } from '../../src/templates/fail2ban-jail.js';
import { answering, contextFor, fixture } from '../context.js';
import { probed, withFile, withListeners, withOwn, withServices, withUnit } from '../facts.js';

const context = contextFor();
const withPenalties = contextFor({ release: 'trixie-fresh' });
const withJail = (stdout: string) => withFile(stdout, FAIL2BAN_JAIL, { content: fail2banJail([22]) });
const done = withJail(fixture('fail2ban', 'bookworm-done'));
const findings = (recording: string, on: Context) => fail2ban.see(probed(recording), on).findings;
const ids = (recording: string, on: Context) => findings(recording, on).map(({ id }) => id);

describe('fail2ban', () => {
  it('is in place on a server that was set up', () => {
    expect(ids(done, context)).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    [
      'a library',
      withServices(done, 'process 98 0 fail2ban.service', 'replaced 98 /usr/lib/libssl.so.3'),
      ['fail2ban.running'],
    ],
    [
      'its own code, which is never mapped',
      withUnit(withOwn(done, 'package=newer'), 'fail2ban.service', { ActiveState: 'active' }),
      ['fail2ban.running'],
    ],
    [
      'what another service runs',
      withServices(done, 'process 9 0 cron.service', 'replaced 9 /usr/lib/libc.so.6'),
      [],
    ],
  ])('case 219: is restarted where an update has replaced %s', (_, recording, expected) => {
    expect(ids(recording, context)).toEqual(expected);
  });

  it('case 222: is enabled for good where it was until the next start only', () => {
    const runtime = withUnit(done, 'fail2ban.service', { UnitFileState: 'enabled-runtime' });
    const [found] = findings(runtime, context);
    expect(found?.change?.kind === 'run' && found.change.script.run).toMatch(/is-enabled .* = enabled \]/);
  });

  it('is installed only where sshd shuts nobody out by itself', () => {
    expect(fail2ban.packages(context)).toEqual(['fail2ban', 'python3-systemd']);
    expect(fail2ban.packages(context, context.server)).toEqual(['fail2ban', 'python3-systemd']);
    expect(fail2ban.packages(context, withPenalties.server)).toEqual([]);
  });

  it('case 47: lays down a jail that reads the journal, on a server that has no auth.log', () => {
    const found = findings(fixture('fail2ban', 'bookworm-fresh'), context);
    expect(found).toMatchObject([{ id: 'fail2ban.jail', change: { kind: 'write' } }]);
    const change = found[0]?.change;
    if (change?.kind !== 'write') throw new Error('no write');
    expect(change.files.map(({ path }) => path)).toEqual([FAIL2BAN_JAIL]);
    expect(change.files[0]?.content).toMatch(/^\[sshd\]\nenabled = true\nbackend = systemd$/m);
    expect(change.activate?.run).toContain('fail2ban-client status sshd');
  });

  it('shuts out from the ports on which sshd really listens', () => {
    const moved = done.replace(' [::]:22 ', ' [::]:2222 ');
    const change = findings(moved, context)[0]?.change;
    expect(change?.kind === 'write' && change.files[0]?.content).toMatch(/^port = 22,2222$/m);
    expect(() => ids(withListeners(done, ''), context)).toThrow('could not be found out');
  });

  it.each([
    ['was stopped', fixture('fail2ban', 'bookworm-stopped')],
    ['does not start by itself', withUnit(done, 'fail2ban.service', { UnitFileState: 'disabled' })],
    ['has no jail for SSH', answering(done, 'status', '')],
    ['watches nothing', answering(done, 'status', 'File list:\t')],
  ])('is started where it %s', (_, stdout) => {
    expect(ids(withJail(stdout), context)).toEqual(['fail2ban.service']);
  });

  it('leaves the settings of an administrator alone, and says where they do not work', () => {
    expect(ids(fixture('fail2ban', 'bookworm-own'), context)).toEqual([]);
    expect(findings(fixture('fail2ban', 'bookworm-own-broken'), context)).toMatchObject([
      {
        id: 'fail2ban.own-jail',
        level: 'warn',
        summary: expect.stringContaining('/etc/fail2ban/jail.local'),
      },
    ]);
  });

  it('is not asked for where sshd does it, unless it was told not to', () => {
    expect(ids(fixture('fail2ban', 'trixie-fresh'), withPenalties)).toEqual([]);
    expect(findings(fixture('fail2ban', 'trixie-off'), withPenalties)).toMatchObject([
      { id: 'fail2ban.penalties', level: 'warn' },
    ]);
  });

  it('case 315: asks the running jail, and sshd, whom they spare', () => {
    const jail = (ignoreip: string) =>
      withOwn(
        done,
        `jail=ignoreip: ${ignoreip}\njail=maxretry: 10\njail=findtime: 300\njail=bantime: 600\njail=actions: iptables`,
      );
    expect(ids(jail('127.0.0.0/8 ::1'), context)).toEqual([]);
    expect(ids(jail('0.0.0.0/0'), context)).toEqual(['fail2ban.lenient']);
    const fresh = fixture('fail2ban', 'trixie-fresh');
    const exempt = fresh.replace('@root\n', '@root\npersourcepenaltyexemptlist 0.0.0.0/0,::/0\n');
    expect(ids(exempt, withPenalties)).toEqual(['fail2ban.lenient']);
    expect(ids(fresh.replace('authfail:5', 'authfail:0'), withPenalties)).toEqual(['fail2ban.penalties']);
    expect(ids(exempt.replace('0.0.0.0/0,::/0', '10.0.0.0/8'), withPenalties)).toEqual([]);
  });
});
