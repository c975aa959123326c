import { fileURLToPath } from 'node:url';
import { hostKeyOf } from '../test/e2e/ground.js';
import { startProxy } from '../test/host/proxy.js';
import { type Figure, median, seconds } from './figures.js';
import { time } from './machine.js';
import { runPlaybook, withoutAnsible } from './peers.js';
import { type Fresh, firstInit, onFreshServer, trustAcme } from './servers.js';

const BIN = fileURLToPath(new URL('../bin/broker-setup.js', import.meta.url));
const ROUNDS = 15;
const ROUNDS_OF_ANSIBLE = 3;
/** There and back, in milliseconds: from one side of the world to the other. */
const FAR = 150;

/** A second `init` with nothing to do, as its own process. @throws Error where it did find something */
async function secondInit({ home }: Fresh): Promise<number> {
  const args = [BIN, 'init', '--yes', '--config', 'broker.yaml', '--known-hosts', 'known_hosts'];
  const { ms, said } = await time(process.execPath, { args, cwd: home, env: { HOME: home, NO_COLOR: '1' } });
  if (!said.includes('Nothing to do')) throw new Error(`There was something to do:\n${said}`);
  return ms;
}

/** How often sshd was connected to, and asked to run a command, during `act`: as sshd itself logs it (LogLevel VERBOSE). */
async function counted(
  on: Fresh,
  act: () => Promise<unknown>,
): Promise<{ connections: number; commands: number }> {
  const file = '/etc/ssh/sshd_config.d/99-bench.conf';
  await on.inside(`echo 'LogLevel VERBOSE' >${file}; systemctl restart ssh`);
  const count = async (text: string) =>
    Number(
      await on.inside(
        `journalctl --sync; journalctl -q -o cat -t sshd -t sshd-session | grep -c '^${text}' || true`,
      ),
    );
  const look = async () => ({
    connections: await count('Connection from'),
    commands: await count('Starting session'),
  });
  const before = await look();
  await act();
  const after = await look();
  await on.inside(`rm ${file}; systemctl restart ssh`);
  return { connections: after.connections - before.connections, commands: after.commands - before.commands };
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
    const { connections, commands } = await counted(on, () => secondInit(on));
    say(`second: the same with ${FAR} ms there and back`);
    const far = await farAway(on);
    const ratio = median(rounds.init) / median(rounds.ssh);
    return [
      { what: 'ssh server true', seen: seconds(rounds.ssh), goal: '' },
      { what: 'second init', seen: seconds(rounds.init), goal: '' },
      { what: '  times ssh server true', seen: ratio.toFixed(2), goal: 'at most 3', met: ratio <= 3 },
      { what: '  connections', seen: String(connections), goal: '1', met: connections === 1 },
      { what: '  exec round trips', seen: String(commands), goal: 'at most 3', met: commands <= 3 },
      ...ansible(rounds, reason),
      {
        what: `second init, ${FAR} ms there and back`,
        seen: seconds(far),
        goal: 'below 3 s',
        met: median(far) < 3000,
      },
    ];
  });
}

function ansible({ playbook, init }: Rounds, reason: string | undefined): Figure[] {
  const what = 'playbook again, nothing to do';
  if (reason !== undefined) return [{ what, seen: reason, goal: '' }];
  const ratio = median(playbook) / median(init);
  return [
    { what, seen: seconds(playbook), goal: '' },
    { what: '  times second init', seen: ratio.toFixed(0), goal: 'at least 40', met: ratio >= 40 },
  ];
}

/** @param between run after every few rounds */
async function inTurns(
  on: Fresh,
  say: (line: string) => void,
  between?: () => Promise<number>,
): Promise<Rounds> {
  say(`second: ${ROUNDS} rounds in turns`);
  const login = [...on.ssh, '-i', on.key, `researcher@${on.server.address}`, 'true'];
  const seen: Rounds = { ssh: [], init: [], playbook: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    seen.ssh.push((await time('ssh', { args: login })).ms);
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

async function farAway(on: Fresh): Promise<number[]> {
  const proxy = await startProxy({ host: on.server.address, port: on.server.sshPort, delayMs: FAR / 2 });
  try {
    await on.configure({ server: '127.0.0.1', login: { user: 'root', port: proxy.port } });
    const first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
    if (first.exitCode !== 0) throw new Error(`init from far away failed:\n${first.stderr}`);
    const far: number[] = [];
    for (let round = 0; round < ROUNDS; round++) far.push(await secondInit(on));
    return far;
  } finally {
    await proxy.close();
  }
}
