import { describe, expect, it } from 'vitest';
import { system } from '../../../src/doctor/checks/system.js';
import { answering } from '../../context.js';
import { probed, type Recorded } from '../../facts.js';
import { contextWith, recorded, seen, spoiled } from '../../recorded.js';

const well = recorded('system', 'bookworm-complete');
const RECORDED_AT = 1795522764;
const at = (seconds: number) => contextWith({ now: new Date(seconds * 1000) });
const context = at(RECORDED_AT);
const noon = (day: string) => Date.parse(`${day}T12:00:00Z`) / 1000;
const told = (name: string, value: string | undefined): Recorded =>
  probed(answering(well.recording, name, value));
const disk = (freeMb: number, sizeMb: number, mount = '/') =>
  spoiled(well, /^disk .*$/m, `disk ${freeMb * 1024} ${sizeMb * 1024} ${mount}`);
const first = (output: Recorded, now = context) => system.see(output, now).findings[0];

describe('a server that is well', () => {
  it('has nothing that is worth telling but the end of its release', () => {
    expect(system.see(well, context)).toMatchObject({
      findings: [],
      facts: [{ id: 'system.supported-until', value: '2028-06-30' }],
    });
    expect(seen(system, recorded('system', 'trixie-complete'), context)).toEqual([]);
  });

  it.each(['now', 'memory'])('could not be checked without an answer to %s', (name) => {
    expect(() => system.see(told(name, undefined), context)).toThrow('did not tell how it is');
  });
});

describe('the clock', () => {
  it.each([
    [60, []],
    [-60, []],
    [61, ['system.clock warn']],
    [-61, ['system.clock warn']],
  ])('%i s off', (seconds, expected) => {
    expect(seen(system, well, at(RECORDED_AT - seconds))).toEqual(expected);
  });

  it('says which of the two is ahead', () => {
    expect(first(well, at(RECORDED_AT - 90))?.summary).toContain('90 s ahead of this computer');
    expect(first(well, at(RECORDED_AT + 90))?.summary).toContain('90 s behind this computer');
  });
});

describe('the disk', () => {
  it.each<[string, Recorded, string[]]>([
    ['is large and has a hundredth left', disk(10_000, 1_000_000), []],
    ['is small, but half empty', disk(900, 1800), []],
    ['has less than a tenth and less than 2 GB', disk(1900, 20_000), ['system.disk warn']],
    ['is full', disk(0, 20_000), ['system.disk warn']],
    ['is full where updates are unpacked', disk(10, 500, '/var'), ['system.disk warn']],
    ['has no room for more files', spoiled(well, 'inodes 4 /', 'inodes 95 /'), ['system.disk warn']],
    ['has some', spoiled(well, 'inodes 4 /', 'inodes 94 /'), []],
  ])('%s', (_, output, expected) => {
    expect(seen(system, output, context)).toEqual(expected);
  });

  it('says which and how much', () => {
    expect(first(disk(10, 500, '/my data'))?.summary).toBe('The disk fills up: /my data has 10 MB left.');
    expect(first(spoiled(well, 'inodes 4 /', 'inodes 99 /'))?.summary).toContain(
      '/ has used 99 % of the files',
    );
  });
});

describe('memory', () => {
  it.each([
    ['24105', []],
    ['1206', []],
    ['1205', ['system.memory warn']],
    ['0', ['system.memory warn']],
  ])('%s MB of 24105 MB are left', (available, expected) => {
    expect(seen(system, told('available', available), context)).toEqual(expected);
  });
});

describe('services that failed', () => {
  it('are named, with the command that says why', () => {
    expect(first(told('failed', 'apache2.service backup.timer'))).toMatchObject({
      id: 'system.failed-units',
      level: 'warn',
      summary: 'Services that failed: apache2.service, backup.timer.',
      hint: expect.stringContaining('journalctl -u apache2.service'),
    });
  });

  it('are left to those who look at them more closely', () => {
    const failed = 'mosquitto.service certbot.service broker-setup-watch.service';
    expect(seen(system, told('failed', failed), context)).toEqual([]);
  });
});

describe('the release', () => {
  /** Bookworm gets fixes until 2028-06-30, that day included. */
  const on = (day: string) => {
    const now = noon(day);
    return seen(system, told('now', String(now)), at(now));
  };
  it.each([
    ['2028-04-29', []],
    ['2028-05-02', ['system.release warn']],
    ['2028-06-29', ['system.release warn']],
    ['2028-06-30', ['system.release warn']],
    ['2028-07-01', ['system.release stop']],
    ['2030-01-01', ['system.release stop']],
  ])('on %s', (day, expected) => {
    expect(on(day)).toEqual(expected);
  });

  it('is passed over where the server has no table', () => {
    const { findings, facts } = system.see(told('columns', undefined), context);
    expect([findings, facts]).toEqual([[], []]);
  });

  it('is called by its name', () => {
    const now = noon('2028-08-01');
    expect(first(told('now', String(now)), at(now))?.summary).toBe(
      'Debian GNU/Linux 12 (bookworm) has had no security fixes since 2028-06-30.',
    );
  });
});
