import { FAR_IS, FAR_MS, fromFarAway, withoutCable } from './far.js';
import { type Figure, median, seconds } from './figures.js';
import { runPlaybook, withoutAnsible } from './peers.js';
import { type Fresh, firstInit, onFreshServer, timeLogin, timeProgram, trustAcme } from './servers.js';
import { counted } from './sshd-log.js';

const ROUNDS = 15;
const ROUNDS_OF_ANSIBLE = 3;
const FAR_GOAL_MS = 2200;

/** A second `init` with nothing to do, as its own process. @throws Error where it did find something */
async function secondInit(on: Fresh, there: readonly string[] = []): Promise<number> {
  const { ms, said } = await timeProgram(on, ['init', '--yes'], there);
  if (!said.includes('Nothing to do')) throw new Error(`There was something to do:\n${said}`);
  return ms;
}

interface Rounds {
  ssh: number[];
  init: number[];
  playbook: number[];
}

/** `init` again on a server that needs nothing: beside `ssh server true`, beside Ansible, and from far away. */
export async function second(say: (line: string) => void): Promise<Figure[]> {
  say('second: a server set up by init');
  return onFreshServer(async (on) => {
    await firstInit(on);
    await secondInit(on);
    const reason = await withoutAnsible();
    const rounds = reason === undefined ? await besideAnsible(on, say) : await inTurns(on, say);
    const [asked = { connections: 0, commands: 0 }] = await counted(on, [() => secondInit(on)]);
    const { connections, commands } = asked;
    const ratio = median(rounds.init) / median(rounds.ssh);
    return [
      { what: 'ssh server true', seen: seconds(rounds.ssh), goal: '' },
      { what: 'second init', seen: seconds(rounds.init), goal: '' },
      { what: '  times ssh server true', seen: ratio.toFixed(2), goal: 'at most 2', met: ratio <= 2 },
      { what: '  connections', seen: String(connections), goal: '1', met: connections === 1 },
      { what: '  exec round trips', seen: String(commands), goal: 'at most 3', met: commands <= 3 },
      ...ansible(rounds, reason),
      ...(await farAway(on, say)),
    ];
  });
}

function ansible({ playbook, init }: Rounds, reason: string | undefined): Figure[] {
  const what = 'playbook again, nothing to do';
  if (reason !== undefined) return [{ what, seen: reason, goal: '' }];
  const ratio = median(playbook) / median(init);
  return [
    { what, seen: seconds(playbook), goal: '' },
    { what: '  times second init', seen: ratio.toFixed(0), goal: 'at least 50', met: ratio >= 50 },
  ];
}

/** @param between run after every few rounds */
async function inTurns(
  on: Fresh,
  say: (line: string) => void,
  between?: () => Promise<number>,
): Promise<Rounds> {
  say(`second: ${ROUNDS} rounds in turns`);
  const seen: Rounds = { ssh: [], init: [], playbook: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    seen.ssh.push(await timeLogin(on));
    seen.init.push(await secondInit(on));
    if (between && round % (ROUNDS / ROUNDS_OF_ANSIBLE) === 0) seen.playbook.push(await between());
  }
  return seen;
}

/** The same rounds, with the playbook run again on a server that it has set up itself. */
async function besideAnsible(on: Fresh, say: (line: string) => void): Promise<Rounds> {
  say('second: a server set up by the playbook');
  return onFreshServer(async (theirs) => {
    await trustAcme(theirs);
    await runPlaybook(theirs, 'root');
    return inTurns(on, say, async () => {
      const { ms, changed } = await runPlaybook(theirs, 'researcher');
      if (changed === 0) return ms;
      throw new Error(`The playbook changed ${changed} things when run again; that would be no fair peer.`);
    });
  });
}

async function farAway(on: Fresh, say: (line: string) => void): Promise<Figure[]> {
  const what = `second init, ${FAR_MS} ms there and back`;
  const reason = await withoutCable();
  if (reason !== undefined) return [{ what, seen: reason, goal: '' }];
  say(`second: the same from far away. That is ${FAR_IS}`);
  const far = await fromFarAway(on, async (there) => {
    // Whose address is whose (ARP) is asked once, and not by machines that are really far away.
    await secondInit(on, there);
    const seen: number[] = [];
    for (let round = 0; round < ROUNDS; round++) seen.push(await secondInit(on, there));
    return seen;
  });
  const goal = `at most ${FAR_GOAL_MS / 1000} s`;
  return [{ what, seen: seconds(far), goal, met: median(far) <= FAR_GOAL_MS }];
}
