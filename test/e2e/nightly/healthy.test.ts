import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Release } from '../../../src/rehearsal/index.js';
import type { Settings } from '../../../src/settings/schema.js';
import { changesNothing } from '../before-after.js';
import { describeHealthy } from '../doctor/healthy.js';
import { idsOf, reportOf } from '../doctor/report-of.js';
import type { Ground } from '../ground.js';
import { setUp } from '../snapshot.js';

describeHealthy('trixie', 'standard');

/** How often a healthy server must be called healthy. */
const TIMES = 10;

describe.each<[Release, Settings['hardening']]>([
  ['bookworm', 'strict'],
  ['trixie', 'standard'],
])('doctor on a healthy %s, hardening: %s', (release, hardening) => {
  let on: Ground;
  beforeAll(async () => {
    on = await setUp(release, { changes: { hardening } });
  });
  afterAll(() => on?.down());

  it(`finds nothing, ${TIMES} times of ${TIMES}, and changes nothing`, async () => {
    await changesNothing(on, async () => {
      for (let time = 1; time < TIMES; time++)
        expect(idsOf(reportOf(await on.run(['doctor', '--json']))), `time ${time}`).toEqual([]);
      const last = await on.run(['doctor', '--json']);
      expect([idsOf(reportOf(last)), last.exitCode]).toEqual([[], 0]);
      return last;
    });
  });
});
