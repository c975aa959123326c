import { rm } from 'node:fs/promises';
import { FAR_IS, FAR_MS, fromFarAway, withoutCable } from './far.js';
import { type Figure, median, seconds } from './figures.js';
import { type Fresh, firstInit, onFreshServer, stateOf, timeLogin, timeProgram } from './servers.js';
import { type Asked, counted } from './sshd-log.js';

const ROUNDS = 15;
/** What a first check-up may take longer than `ssh server true`, and what one soon after it may take altogether. */
const FIRST_MORE_MS = 800;
const AGAIN_MS = 700;
/** What either may take from far away. */
const FAR_GOAL_MS = 3000;

type There = readonly string[];

interface Rounds {
  ssh: number[];
  /** Check-ups that know of none before: these try the logins that are to be refused. */
  first: number[];
  /** Those that follow within minutes, which need not. */
  again: number[];
}

/** A check-up of a server that needs nothing: beside `ssh server true`, and from far away. */
export async function doctor(say: (line: string) => void): Promise<Figure[]> {
  say('doctor: a server set up by init');
  return onFreshServer(async (on) => {
    await firstInit(on);
    say(`doctor: ${ROUNDS} rounds in turns`);
    const near = await inTurns(on);
    const [first, again] = await counted(on, [() => firstCheckUp(on), () => checkUp(on)]);
    return [
      { what: 'ssh server true', seen: seconds(near.ssh), goal: '' },
      ...besideLogin('first doctor', near.first, near.ssh),
      ...asked(first),
      atMost('doctor again within minutes', near.again, AGAIN_MS),
      ...asked(again),
      ...(await farAway(on, say)),
    ];
  });
}

/** @throws Error where it did find something */
async function checkUp(on: Fresh, there: There = []): Promise<number> {
  const { ms, said } = await timeProgram(on, ['doctor'], there);
  if (!said.includes('Everything is in place.')) throw new Error(`Not everything is in place:\n${said}`);
  return ms;
}

async function firstCheckUp(on: Fresh, there: There = []): Promise<number> {
  await rm(stateOf(on), { recursive: true, force: true });
  return checkUp(on, there);
}

async function inTurns(on: Fresh, there: There = []): Promise<Rounds> {
  const seen: Rounds = { ssh: [], first: [], again: [] };
  for (let round = 0; round < ROUNDS; round++) {
    seen.ssh.push(await timeLogin(on, there));
    seen.first.push(await firstCheckUp(on, there));
    seen.again.push(await checkUp(on, there));
  }
  return seen;
}

function besideLogin(what: string, ours: readonly number[], ssh: readonly number[]): Figure[] {
  const more = median(ours) - median(ssh);
  return [
    { what, seen: seconds(ours), goal: '' },
    {
      what: '  more than ssh server true',
      seen: `${(more / 1000).toFixed(2)} s`,
      goal: `at most ${FIRST_MORE_MS / 1000} s`,
      met: more <= FIRST_MORE_MS,
    },
  ];
}

function atMost(what: string, ours: readonly number[], limitMs: number): Figure {
  return { what, seen: seconds(ours), goal: `at most ${limitMs / 1000} s`, met: median(ours) <= limitMs };
}

function asked(seen: Asked | undefined): Figure[] {
  if (!seen) return [];
  const { connections, logins, commands } = seen;
  return [
    { what: '  connections for the inside', seen: String(logins), goal: '1', met: logins === 1 },
    { what: '  exec round trips', seen: String(commands), goal: '1', met: commands === 1 },
    { what: '  logins that were refused', seen: String(connections - logins), goal: '' },
  ];
}

async function farAway(on: Fresh, say: (line: string) => void): Promise<Figure[]> {
  const what = `doctor, ${FAR_MS} ms there and back`;
  const reason = await withoutCable();
  if (reason !== undefined) return [{ what, seen: reason, goal: '' }];
  say(`doctor: the same from far away. That is ${FAR_IS}`);
  const far = await fromFarAway(on, async (there) => {
    // Whose address is whose (ARP) is asked once, and not by machines that are really far away.
    await checkUp(on, there);
    return inTurns(on, there);
  });
  return [
    { what: `ssh server true, ${FAR_MS} ms there and back`, seen: seconds(far.ssh), goal: '' },
    atMost(`first ${what}`, far.first, FAR_GOAL_MS),
    atMost(`again, ${what}`, far.again, FAR_GOAL_MS),
  ];
}
