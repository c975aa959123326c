import { describe, expect, it } from 'vitest';
import { fail2ban } from '../../src/steps/fail2ban.js';
import { FAIL2BAN_JAIL, fail2banJail } from '../../src/templates/fail2ban-jail.js';
import { answering, base64, contextFor, findings, fixture, ids } from '../context.js';

const context = contextFor();
const withPenalties = contextFor({ release: 'trixie-fresh' });
const done = answering(fixture('fail2ban', 'bookworm-done'), 'jail', base64(fail2banJail([22])));

describe('fail2ban', () => {
  it('is in place on a server that was set up', () => {
    expect(ids(fail2ban, done, context)).toEqual([]);
  });

  it('is installed only where sshd shuts nobody out by itself', () => {
    expect(fail2ban.packages(context)).toEqual(['fail2ban', 'python3-systemd']);
    expect(fail2ban.packages(context, context.server)).toEqual(['fail2ban', 'python3-systemd']);
    expect(fail2ban.packages(context, withPenalties.server)).toEqual([]);
  });

  it('case 47: lays down a jail that reads the journal, on a server that has no auth.log', () => {
    const found = findings(fail2ban, fixture('fail2ban', 'bookworm-fresh'), context);
    expect(found).toMatchObject([{ id: 'fail2ban.jail', change: { kind: 'write' } }]);
    const change = found[0]?.change;
    if (change?.kind !== 'write') throw new Error('no write');
    expect(change.files.map(({ path }) => path)).toEqual([FAIL2BAN_JAIL]);
    expect(change.files[0]?.content).toMatch(/^\[sshd\]\nenabled = true\nbackend = systemd$/m);
    expect(change.activate?.run).toContain('fail2ban-client status sshd');
  });

  it('shuts out from the ports on which sshd really listens', () => {
    const moved = done.replace(/^ssh \[::\]:22$/m, 'ssh [::]:2222');
    const change = findings(fail2ban, moved, context)[0]?.change;
    expect(change?.kind === 'write' && change.files[0]?.content).toMatch(/^port = 22,2222$/m);
    expect(() => ids(fail2ban, done.replace(/^ssh .*\n/gm, ''), context)).toThrow('could not be found out');
  });

  it.each([
    ['was stopped', fixture('fail2ban', 'bookworm-stopped')],
    ['does not start by itself', answering(done, 'enabled', 'disabled')],
    ['has no jail for SSH', answering(done, 'status', '')],
    ['watches nothing', answering(done, 'status', 'File list:\t')],
  ])('is started where it %s', (_, stdout) => {
    const seen = answering(stdout, 'jail', base64(fail2banJail([22])));
    expect(ids(fail2ban, seen, context)).toEqual(['fail2ban.service']);
  });

  it('leaves the settings of an administrator alone, and says where they do not work', () => {
    expect(ids(fail2ban, fixture('fail2ban', 'bookworm-own'), context)).toEqual([]);
    expect(findings(fail2ban, fixture('fail2ban', 'bookworm-own-broken'), context)).toMatchObject([
      {
        id: 'fail2ban.own-jail',
        level: 'warn',
        summary: expect.stringContaining('/etc/fail2ban/jail.local'),
      },
    ]);
  });

  it('is not asked for where sshd does it, unless it was told not to', () => {
    expect(ids(fail2ban, fixture('fail2ban', 'trixie-fresh'), withPenalties)).toEqual([]);
    expect(findings(fail2ban, fixture('fail2ban', 'trixie-off'), withPenalties)).toMatchObject([
      { id: 'fail2ban.penalties', level: 'warn' },
    ]);
  });
});
