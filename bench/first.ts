import { type Figure, median, seconds } from './figures.js';
import { runGuide, runPlaybook, withoutAnsible } from './peers.js';
import { firstInit, onFreshServer, trustAcme } from './servers.js';

/** The whole set-up of a fresh server: init, the guide's commands, the playbook; in turns, each on a server of its own. */
export async function first(rounds: number, say: (line: string) => void): Promise<Figure[]> {
  const reason = await withoutAnsible();
  const [init, guide, playbook]: [number[], number[], number[]] = [[], [], []];
  for (let round = 1; round <= rounds; round++) {
    say(
      `first: round ${round} of ${rounds}: init, then guide.sh${reason === undefined ? ', then the playbook' : ''}`,
    );
    init.push(await onFreshServer(firstInit));
    guide.push(
      await onFreshServer(async (on) => {
        await trustAcme(on);
        return runGuide(on);
      }),
    );
    if (reason !== undefined) continue;
    playbook.push(
      await onFreshServer(async (on) => {
        await trustAcme(on);
        return (await runPlaybook(on, 'root')).ms;
      }),
    );
  }
  const ratio = median(init) / median(guide);
  return [
    { what: 'guide.sh over one ssh session', seen: seconds(guide), goal: '' },
    { what: 'first init', seen: seconds(init), goal: '' },
    { what: '  times guide.sh', seen: ratio.toFixed(2), goal: 'at most 1.1', met: ratio <= 1.1 },
    ...(reason === undefined
      ? [
          { what: 'first run of the playbook', seen: seconds(playbook), goal: '' },
          { what: '  times first init', seen: (median(playbook) / median(init)).toFixed(2), goal: '' },
        ]
      : [{ what: 'first run of the playbook', seen: reason, goal: '' }]),
  ];
}
