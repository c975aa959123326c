import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { groupsOf } from '../../groups.js';
import { said } from '../before-after.js';
import { expectAllFound } from '../doctor/broken.js';
import { idsOf, reportOf } from '../doctor/report-of.js';
import { ALL_SPOILS } from '../doctor/spoils.js';
import { firstRun } from '../first-run.js';

describe('init on a fresh bookworm, hardening: standard', () => {
  const on = firstRun('bookworm', 'standard');
  afterAll(() => on()?.down());

  const broken = async () => idsOf(reportOf(await on().run(['doctor', '--json'])));

  // All groups: test/e2e/doctor/findings.ts.
  it('broken in several places, the login among them: doctor finds exactly these', async () => {
    const group = groupsOf(ALL_SPOILS).find((some) => some.some(({ found }) => found.includes('login.user')));
    expect(group?.length).toBeGreaterThan(4);
    await expectAllFound(on(), group ?? []);
    expect(await broken()).toEqual([]);
  });

  it('an undo of the first run is taken back where no login works afterwards', async () => {
    const known = ['--known-hosts', join(on().home, 'known_hosts')];
    const { runs } = JSON.parse((await on().run(['history', '--json', ...known])).stdout) as {
      runs: { id: string }[];
    };
    const none = await on().run(['undo', runs.at(-1)?.id ?? '', '--yes', ...known], {
      env: { BROKER_SETUP_LOGIN_PASSWORD: '' },
    });
    expect(none.exitCode).toBe(1);
    expect(said(none)).toContain('no login worked, so it was taken back');
    expect((await on().run(['doctor'])).stdout).toContain('Everything is in place.');
  });
});
