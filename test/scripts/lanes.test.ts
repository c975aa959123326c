import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inLanes } from '../../scripts/lanes.js';

it('runs the jobs of a lane one after the other and lanes at the same time; results keep the order of the jobs', async () => {
  const log: string[] = [];
  const jobs = [
    { name: 'a1', lane: 'a' },
    { name: 'b1', lane: 'b' },
    { name: 'a2', lane: 'a' },
  ];
  const results = await inLanes(jobs, async ({ name }) => {
    log.push(`${name} begins`);
    await sleep(1);
    log.push(`${name} ends`);
    return name;
  });
  expect(results).toEqual(['a1', 'b1', 'a2']);
  expect(log.slice(0, 2)).toEqual(['a1 begins', 'b1 begins']);
  expect(log.indexOf('a2 begins')).toBeGreaterThan(log.indexOf('a1 ends'));
});
