import type { Fresh } from './servers.js';

/** What sshd was asked for, as it logs it itself with LogLevel VERBOSE. */
export interface Asked {
  connections: number;
  /** Those that were let in. */
  logins: number;
  /** exec requests (RFC 4254 section 6.5). */
  commands: number;
}

/** What sshd was asked for during each of `acts`, one after the other. It is started anew before the first. */
export async function counted(on: Fresh, acts: readonly (() => Promise<unknown>)[]): Promise<Asked[]> {
  const file = '/etc/ssh/sshd_config.d/99-bench.conf';
  await on.inside(`echo 'LogLevel VERBOSE' >${file}; systemctl restart ssh`);
  const asked: Asked[] = [];
  for (const act of acts) {
    const before = await look(on);
    await act();
    const after = await look(on);
    asked.push({
      connections: after.connections - before.connections,
      logins: after.logins - before.logins,
      commands: after.commands - before.commands,
    });
  }
  await on.inside(`rm ${file}; systemctl restart ssh`);
  return asked;
}

async function look(on: Fresh): Promise<Asked> {
  await on.inside('journalctl --sync');
  const count = async (text: string) =>
    Number(await on.inside(`journalctl -q -o cat -t sshd -t sshd-session | grep -c '^${text}' || true`));
  return {
    connections: await count('Connection from'),
    logins: await count('Accepted publickey for '),
    commands: await count('Starting session'),
  };
}
