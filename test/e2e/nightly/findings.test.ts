import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectFound, titled } from '../doctor/broken.js';
import { idsOf, reportOf } from '../doctor/report-of.js';
import { ALL_SPOILS } from '../doctor/spoils.js';
import type { Ground } from '../ground.js';
import { setUp } from '../snapshot.js';

describe('what doctor finds on a server that was broken in one place', () => {
  let on: Ground;
  beforeAll(async () => {
    on = await setUp('bookworm');
  });
  afterAll(() => on?.down());

  it.each(titled(ALL_SPOILS))('%s', (_, one) => expectFound(on, one));

  it('is nothing again, once all of it is repaired', async () => {
    expect(idsOf(reportOf(await on.run(['doctor', '--json'])))).toEqual([]);
  });
});
