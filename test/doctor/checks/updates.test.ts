import { describe, expect, it } from 'vitest';
import { updates } from '../../../src/doctor/checks/updates.js';
import { answering } from '../../context.js';
import { probed, type Recorded } from '../../facts.js';
import { contextWith, recorded, seen } from '../../recorded.js';

const done = recorded('updates', 'bookworm-complete');
/** An hour after the round was switched on. */
const NOW = 1795519090 + 3600;
const DAY = 86_400;
const at = (seconds: number) => contextWith({ now: new Date(seconds * 1000) });
const told = (...changes: [name: string, value: string | number | undefined][]): Recorded =>
  probed(
    changes.reduce(
      (stdout, [name, value]) => answering(stdout, name, value === undefined ? undefined : String(value)),
      done.recording,
    ),
  );
const found = (output: Recorded, now = NOW) => updates.see(output, at(now)).findings;

describe('security updates', () => {
  it.each(['bookworm-complete', 'trixie-complete'])('install themselves on a real server (%s)', (name) => {
    expect(seen(updates, recorded('updates', name), at(NOW + 2000))).toEqual([]);
  });

  it.each<[string, Recorded]>([
    ['the round is off', told(['unattended', "'0'"])],
    ['all rounds are off', told(['enable', "'0'"])],
    ['nobody has switched it on', told(['unattended', undefined])],
  ])('do not install themselves where %s', (_, output) => {
    expect(seen(updates, output, at(NOW))).toEqual(['updates.off stop']);
  });

  it('are switched off by somebody, or were never switched on: each has a remedy of its own', () => {
    const [overruled] = found(told(['unattended', "'0'"]));
    const [never] = found(told(['unattended', "'0'"], ['since', undefined]));
    expect(overruled).toMatchObject({
      summary: 'Another file switches the daily security updates off.',
      hint: expect.stringContaining('grep -r APT::Periodic'),
    });
    expect(never).toMatchObject({
      summary: 'Security updates do not install themselves on this server.',
      hint: expect.stringContaining('apt install unattended-upgrades'),
    });
  });
});

describe('the daily round', () => {
  const long = NOW + 10 * DAY;
  const fetched: [string, string] = ['at', `${long} /var/lib/apt/lists`];
  it.each<[string, Recorded, string[]]>([
    ['ran yesterday', told(fetched, ['ran', long - DAY]), []],
    ['may take two days', told(fetched, ['ran', long - 2 * DAY]), []],
    ['has not run for longer', told(fetched, ['ran', long - 2 * DAY - 1]), ['updates.stale stop']],
    ['has never run', told(fetched), ['updates.stale stop']],
    ['was switched on today', told(fetched, ['since', long - 60]), []],
    ['could not run while the server was off', told(fetched, ['started', long - 3600]), []],
  ])('%s', (_, output, expected) => {
    expect(seen(updates, output, at(long))).toEqual(expected);
  });

  it('says for how long it has not run', () => {
    expect(found(told(fetched, ['ran', long - 5 * DAY]), long)[0]?.summary).toContain('not for 5 days');
  });
});

describe('what waits', () => {
  const [earlier, later] = [NOW - 600, NOW - 60];
  it.each<[string, Recorded, string[]]>([
    [
      'a hole that the last round knew of',
      told(
        ['upgrades', 'openssl! vim'],
        ['at', `${earlier} /var/lib/apt/periodic/update-success-stamp`],
        ['ran', later],
      ),
      ['updates.left stop'],
    ],
    [
      'a hole that became known after the last round',
      told(
        ['upgrades', 'openssl!'],
        ['at', `${later} /var/lib/apt/periodic/update-success-stamp`],
        ['ran', earlier],
      ),
      [],
    ],
    [
      'no hole',
      told(
        ['upgrades', 'vim tzdata'],
        ['at', `${earlier} /var/lib/apt/periodic/update-success-stamp`],
        ['ran', later],
      ),
      [],
    ],
    ['a hole, and nothing was ever fetched', told(['upgrades', 'openssl!'], ['ran', later]), []],
  ])('%s', (_, output, expected) => {
    expect(seen(updates, output, at(NOW))).toEqual(expected);
  });

  it('is named without the mark, and without what closes no hole', () => {
    const output = told(
      ['upgrades', 'openssl! vim libc6!'],
      ['at', `${earlier} /var/lib/apt/periodic/update-success-stamp`],
      ['ran', later],
    );
    expect(found(output)[0]?.summary).toBe('The daily round has left security updates out: openssl, libc6.');
  });
});

describe('case 320: the lists of packages, without which nobody knows of updates', () => {
  const long = NOW + 80 * DAY;
  const STAMP = '/var/lib/apt/periodic/update-stamp';
  const fetched = (stamp: number, changed = stamp): [string, string] => [
    'at',
    `${stamp} ${STAMP}\nat=${changed} /var/lib/apt/lists`,
  ];
  it.each<[string, Recorded, string[]]>([
    ['were fetched yesterday', told(fetched(long - DAY), ['ran', long]), []],
    ['were last fetched 80 days ago', told(fetched(NOW), ['ran', long]), ['updates.lists stop']],
    ['were never fetched', told(['ran', long]), ['updates.lists stop']],
    ['are no longer fetched', told(fetched(long), ['ran', long], ['lists', "'0'"]), ['updates.lists stop']],
    ['are tried, and never changed', told(fetched(long, NOW), ['ran', long]), ['updates.lists warn']],
    ['could not be while the server was off', told(['ran', long], ['started', long - 60]), []],
  ])('%s', (_, output, expected) => {
    expect(seen(updates, output, at(long))).toEqual(expected);
  });
});
