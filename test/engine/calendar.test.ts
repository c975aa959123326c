import { expect, it } from 'vitest';
import { longestPause } from '../../src/engine/calendar.js';

// As systemd 252 prints them in TimersCalendar.
it.each([
  ['*-*-* 00,12:00:00', 1],
  ['*-*-* 06:00:00', 1],
  ['Mon *-*-* 00:00:00', 7],
  ['Mon..Fri *-*-* 00:00:00', 3],
  ['Mon,Thu *-*-* 00:00:00', 4],
  ['*-*-01 00:00:00', 31],
  ['*-*-01,16 00:00:00', 16],
  ['*-*-01/10 00:00:00', 10],
  ['*-*-01..07 00:00:00 UTC', 25],
  ['Mon *-*-01..07 00:00:00', 175],
  ['*-01-01 00:00:00', 403],
  ['*-01,07-01 00:00:00', 217],
  ['2030-*-* 00:00:00', Number.POSITIVE_INFINITY],
  ['*-*~01 00:00:00', Number.POSITIVE_INFINITY],
  ['nonsense', Number.POSITIVE_INFINITY],
])('%s leaves %d days at most between two runs', (expression, days) => {
  expect(longestPause(expression)).toBe(days);
});
