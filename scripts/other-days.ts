/**
 * Runs the unit tests that read a clock, or start programs that may, on other days and in other places: tests must not
 * depend on the day they run on. Takes faketime(1), which shifts the programs that they start as well.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** Each differs in day, zone and locale: days of one digit, a leap day, the end of a year, and both changes of the clock. */
const PLACES = [
  ['2026-12-01T00:00:30Z', 'Asia/Kolkata', 'de_DE.UTF-8'],
  ['2027-03-09T12:00:00Z', 'America/St_Johns', 'tr_TR.UTF-8'],
  ['2028-02-29T23:58:00Z', 'Pacific/Kiritimati', 'C.UTF-8'],
  ['2031-12-31T23:58:00Z', 'UTC', 'tr_TR.UTF-8'],
  ['2027-03-28T00:59:50Z', 'Europe/Berlin', 'de_DE.UTF-8'],
  ['2027-11-07T05:59:30Z', 'America/New_York', 'C'],
] as const;

/** What a test file holds that depends on a clock, itself or through a program. */
const READS_A_CLOCK = /\bDate\b|\bnow\b|\bexeca\b|\bspawn|\bexec(?:File)?(?:Sync)?\b|openssl|ertificate/;

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !/^(?:e2e|packaging|fuzz)\//.test(file))
  .map((file) => join('test', file))
  .filter((file) => READS_A_CLOCK.test(readFileSync(file, 'utf8')));

const folder = mkdtempSync(join(tmpdir(), 'another place '));
try {
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name));
  for (const [day, zone, locale] of PLACES) {
    console.log(`\n=== ${day} ${zone} ${locale}`);
    const vitest = ['vitest', 'run', '--project', 'unit', '--no-isolate', '--reporter=dot', ...files];
    // As a distance: under a faketime that is given a day (@…), “date -u -d” tells the time of TZ.
    const distance = Math.round((Date.parse(day) - Date.now()) / 1000);
    const { exitCode } = await execa(
      'faketime',
      ['-f', `${distance < 0 ? '' : '+'}${distance}s`, ...vitest],
      {
        preferLocal: true,
        reject: false,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          TZ: zone,
          LC_ALL: locale,
          LANG: locale,
          HOME: join(folder, 'home'),
          TMPDIR: join(folder, 'tmp'),
          // Timers go on as they are; under both names, of which versions of faketime know one.
          DONT_FAKE_MONOTONIC: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        },
      },
    );
    if (exitCode !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
