import { afterAll, beforeAll, expect, it } from 'vitest';
import { groupsOf } from '../../groups.js';
import type { Ground } from '../ground.js';
import { setUp } from '../snapshot.js';
import { expectAllFound, titleOf } from './broken.js';
import { idsOf, reportOf } from './report-of.js';
import { ALL_SPOILS } from './spoils.js';

/** Files with these tests: on two cores, one file would keep the other core waiting. */
const FILES = 2;

/**
 * Tests of what doctor finds on a server that is broken in several places at once. One by one: test/e2e/nightly/findings.test.ts.
 * @param part which of the FILES, from 0 on
 */
export function testFindings(part: number): void {
  let on: Ground;
  beforeAll(async () => {
    on = await setUp('bookworm');
  });
  afterAll(() => on?.down());

  const look = async () => reportOf(await on.run(['doctor', '--json']));

  it('is nothing, as long as nothing is broken', async () => {
    expect(idsOf(await look())).toEqual([]);
  });

  it.each(
    groupsOf(ALL_SPOILS)
      .filter((_, index) => index % FILES === part)
      .map((group) => [group.map(titleOf).join(' + '), group] as const),
  )('%s', (_, group) => expectAllFound(on, group));

  it('is nothing again, once all of it is repaired', async () => {
    expect(idsOf(await look())).toEqual([]);
  });
}
