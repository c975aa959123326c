import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftBehind, newPace, type Pace, pauseBefore, takeTurn } from '../../../src/host/ssh/pace.js';
import { open, server } from '../connected.js';

/** Takes turns `between` seconds apart, as fast as it is let. @returns when each connection began, in milliseconds */
async function turns(pace: Pace, between: readonly number[]): Promise<{ at: number[]; said: string[] }> {
  let now = 1_000_000;
  const at: number[] = [];
  const said: string[] = [];
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  for (const seconds of between) {
    now += seconds * 1000;
    await takeTurn(pace, (text) => said.push(text), undefined, clock);
    at.push(now);
  }
  return { at, said };
}

/** What ufw does: `recent --set`, then `--update --seconds 30 --hitcount 6`: the sixth within 30 seconds is refused. */
const refused = (at: readonly number[]) =>
  at.some((time, index) => at.filter((other, i) => i <= index && time - other <= 30_000).length >= 6);

describe('the pace of our connections', () => {
  it('is ours where nobody counts', async () => {
    const { at, said } = await turns(newPace(), Array(20).fill(0));
    expect(new Set(at).size).toBe(1);
    expect(said).toEqual([]);
  });

  it('is four in 31 seconds where the server counts, and says why it waits', async () => {
    const pace = { ...newPace(), counted: true };
    const { at, said } = await turns(pace, [0, 1, 1, 1, 1]);
    expect(at.map((time) => (time - (at[0] ?? 0)) / 1000)).toEqual([0, 1, 2, 3, 31]);
    expect(said).toEqual([
      'The firewall of the server lets in few connections at a time (ufw limit): waiting 27 seconds before the next one.',
    ]);
  });

  it('counts those from before it was known', async () => {
    const pace = newPace();
    await turns(pace, [0, 0, 0, 0]);
    expect((await turns({ ...pace, counted: true }, [2])).at[0]).toBe(1_031_000);
  });

  it('goes on where the last run has ended', async () => {
    const before = [1_000_000, 1_010_000, 1_011_000, 1_012_000];
    const { at } = await turns(newPace(before), [13]);
    expect(at).toEqual([1_031_000]);
    expect(leftBehind({ begun: [...before, ...at], counted: true }, 1_042_500)).toEqual([
      1_012_000, 1_031_000,
    ]);
  });

  it('never waits longer than half a minute, whatever the clock did', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 })), fc.integer(), (begun, now) => {
        expect(pauseBefore(begun, now)).toBeGreaterThanOrEqual(0);
        expect(pauseBefore(begun, now)).toBeLessThanOrEqual(31_000);
      }),
    );
  });

  it('case 11: is never refused by ufw, and leaves room for somebody else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 40 }), { maxLength: 30 }),
        fc.nat({ max: 29 }),
        async (between, other) => {
          const { at } = await turns({ ...newPace(), counted: true }, between);
          expect(refused([...at, ...at.slice(other, other + 1)].sort((a, b) => a - b))).toBe(false);
        },
      ),
    );
  });

  it('gives two that begin at once two places', async () => {
    const pace = newPace([1, 2, 3].map((ago) => Date.now() - ago));
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
    await Promise.all([1, 2].map(() => takeTurn(pace, () => undefined, undefined, clock)));
    expect((pace.begun[4] ?? 0) - (pace.begun[3] ?? 0)).toBeGreaterThan(30_000);
  });

  it('counts each connection that connect() makes', async () => {
    const box = await server();
    const pace = newPace();
    await open(box, { options: { pace } });
    await open(box, { options: { pace } });
    expect(pace.begun).toHaveLength(2);
  });
});
