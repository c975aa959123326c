import { describe, expect, it } from 'vitest';
import { parseUnits } from '../../src/engine/facts/units.js';
import { timerFault } from '../../src/engine/timer.js';

/** As `systemctl show` printed them on Debian 12, on the server of a rehearsal. */
const TIMER = `Unit=certbot.service
TimersCalendar={ OnCalendar=*-*-* 00,12:00:00 ; next_elapse=Mon 2026-11-30 12:00:00 UTC }
NextElapseUSecRealtime=Mon 2026-11-30 22:54:54 UTC
NextElapseUSecMonotonic=0
LastTriggerUSec=Mon 2026-11-30 11:27:04 UTC
Id=certbot.timer
Names=certbot.timer
LoadState=loaded
ActiveState=active
FragmentPath=/lib/systemd/system/certbot.timer
DropInPaths=`;
const SERVICE = `Id=certbot.service
Names=certbot.service
LoadState=loaded
ActiveState=inactive
FragmentPath=/lib/systemd/system/certbot.service
ExecStart={ path=/usr/bin/certbot ; argv[]=/usr/bin/certbot -q renew --no-random-sleep-on-renew ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
DropInPaths=/etc/systemd/system/certbot.service.d/broker-setup.conf
ConditionResult=no
ConditionTimestamp=`;
const MINE = '/etc/systemd/system/certbot.timer.d/mine.conf';

function fault(changes: Record<string, string | undefined>, of = { timer: TIMER, service: SERVICE }) {
  const [timer = '', service = ''] = [of.timer, of.service].map((block) =>
    Object.entries(changes).reduce(
      (text, [line, to]) =>
        text
          .split('\n')
          .flatMap((one) => (one.startsWith(line) ? (to === undefined ? [] : [to]) : [one]))
          .join('\n'),
      block,
    ),
  );
  const units = parseUnits(`${timer}\n\n${service}\n`);
  const unit = (name: string) => units.get(name) ?? expect.fail(name);
  return timerFault(
    {
      timer: unit('certbot.timer'),
      service: unit('certbot.service'),
      days: 15,
      works: (command) => command.includes('certbot -q renew'),
      program: 'certbot renew',
    },
    new Date('2026-11-30T11:40:00Z'),
  );
}

describe('a timer', () => {
  it('as the package brings it has no fault', () => {
    expect(fault({})).toBeUndefined();
  });

  it('that is off is for others to judge', () => {
    expect(
      fault({ ActiveState: 'ActiveState=inactive', NextElapseUSecRealtime: 'NextElapseUSecRealtime=' }),
    ).toBeUndefined();
  });

  it('case 214: that fires once a year is named with the file that says so', () => {
    expect(
      fault({
        TimersCalendar:
          'TimersCalendar={ OnCalendar=*-01-01 00:00:00 ; next_elapse=Fri 2027-01-01 00:00:00 UTC }',
        NextElapseUSecRealtime: 'NextElapseUSecRealtime=Fri 2027-01-01 00:00:00 UTC',
        'DropInPaths=': `DropInPaths=${MINE}`,
      }),
    ).toEqual({
      what: 'certbot.timer fires too seldom (OnCalendar=*-01-01 00:00:00, next on 2027-01-01)',
      files: [MINE],
    });
  });

  it('that fires once a month is too rare, even on the day before', () => {
    expect(
      fault({
        TimersCalendar:
          'TimersCalendar={ OnCalendar=*-*-01 00:00:00 ; next_elapse=Tue 2026-12-01 00:00:00 UTC }',
        NextElapseUSecRealtime: 'NextElapseUSecRealtime=Tue 2026-12-01 00:00:00 UTC',
      })?.what,
    ).toContain('fires too seldom (OnCalendar=*-*-01 00:00:00, next on 2026-12-01)');
  });

  it('whose settings systemd refuses will not fire', () => {
    expect(fault({ LoadState: 'LoadState=bad-setting' })?.what).toBe(
      'systemd does not accept the settings of certbot.timer (bad-setting)',
    );
  });

  it.each(['infinity', '0'])('that has no next moment (%s) will not fire', (monotonic) => {
    const never = {
      NextElapseUSecRealtime: 'NextElapseUSecRealtime=',
      NextElapseUSecMonotonic: `NextElapseUSecMonotonic=${monotonic}`,
    };
    expect(fault(never)?.what).toBe('certbot.timer is on, but will not fire again');
    // While certbot is at work systemd has not yet decided.
    expect(
      fault(never, { timer: TIMER, service: SERVICE.replace('inactive', 'activating') }),
    ).toBeUndefined();
  });

  it('that counts from the last run may have no date', () => {
    expect(
      fault({
        TimersCalendar: 'TimersMonotonic={ OnUnitActiveUSec=1d ; next_elapse=0 }',
        NextElapseUSecRealtime: 'NextElapseUSecRealtime=',
        NextElapseUSecMonotonic: 'NextElapseUSecMonotonic=8h 42min 36.058601s',
      }),
    ).toBeUndefined();
  });

  describe('case 323: that counts from a moment', () => {
    const counted = (...timers: string[]) =>
      fault({
        TimersCalendar: timers.map((one) => `TimersMonotonic={ ${one} ; next_elapse=0 }`).join('\n'),
        NextElapseUSecRealtime: 'NextElapseUSecRealtime=',
        NextElapseUSecMonotonic: 'NextElapseUSecMonotonic=8h 42min 36.058601s',
      })?.what;

    it.each(['OnUnitActiveUSec=1w 2d', 'OnUnitInactiveUSec=12h'])('%s fires in time', (timer) => {
      expect(counted(timer)).toBeUndefined();
      // The first run comes after a start of the server, and what is rarer does not count.
      expect(counted('OnBootUSec=15min', timer, 'OnUnitActiveUSec=1y')).toBeUndefined();
    });

    it.each(['OnUnitActiveUSec=1y', 'OnUnitInactiveUSec=1month 2d', 'OnBootUSec=5min', 'OnActiveUSec=1d'])(
      '%s does not',
      (timer) => {
        expect(counted(timer)).toContain(`too seldom (${timer.replace('USec', 'Sec')})`);
      },
    );
  });

  it.each(['RandomizedDelayUSec', 'AccuracyUSec'])('that may be late by %s counts with it', (setting) => {
    const late = (value: string) => fault({ 'Id=certbot.timer': `Id=certbot.timer\n${setting}=${value}` });
    expect(late('12h')).toBeUndefined();
    expect(late('1month')?.what).toContain('too seldom (OnCalendar=*-*-* 00,12:00:00, up to 30 days late');
  });

  it('that starts another service does not do this work', () => {
    expect(fault({ 'Unit=': 'Unit=other.service' })?.what).toBe(
      'certbot.timer starts other.service instead of certbot.service',
    );
  });
});

describe('the service of a timer', () => {
  const exec = (argv: string) =>
    `ExecStart={ path=${argv.split(' ')[0]} ; argv[]=${argv} ; ignore_errors=no }`;

  it('case 214: that runs a program which does nothing is named with the file that says so', () => {
    const drop = '/etc/systemd/system/certbot.service.d/mine.conf';
    expect(
      fault({
        ExecStart: exec('/bin/true'),
        'DropInPaths=/etc': `DropInPaths=/etc/systemd/system/certbot.service.d/broker-setup.conf ${drop}`,
      }),
    ).toEqual({
      what: 'certbot.service runs “/bin/true” instead of certbot renew',
      files: [drop],
    });
  });

  it('that runs a program of the administrator is not judged', () => {
    expect(fault({ ExecStart: exec('/usr/local/bin/renew-all') })).toMatchObject({ unknown: true });
    expect(fault({ ExecStart: exec('/usr/bin/flock /run/x /usr/bin/certbot -q renew') })).toBeUndefined();
    expect(
      fault({ ExecStart: `${exec('/bin/true')}\n${exec('/usr/bin/certbot -q renew')}` }),
    ).toBeUndefined();
  });

  it('that a condition keeps from starting does nothing', () => {
    expect(fault({ 'ConditionTimestamp=': 'ConditionTimestamp=Mon 2026-11-30 11:34:43 UTC' })?.what).toBe(
      'systemd skips certbot.service, because one of its conditions does not hold',
    );
  });

  it('that is masked cannot start', () => {
    expect(
      fault({}, { timer: TIMER, service: SERVICE.replace('LoadState=loaded', 'LoadState=masked') })?.what,
    ).toBe('systemd cannot start certbot.service (masked)');
  });
});
