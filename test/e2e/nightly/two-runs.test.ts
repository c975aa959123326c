import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../src/rehearsal/ready.js';
import { type Breakpoint, breakpoint } from '../../faults/breakpoint.js';
import { waysIn } from '../../faults/way-in.js';
import { changesNothing, said } from '../before-after.js';
import { type Ground, hostKeyOf } from '../ground.js';
import { packaged } from '../snapshot.js';

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('two runs', () => {
  let on: Ground;
  let stops: Breakpoint;

  beforeAll(async () => {
    on = await packaged('bookworm');
    stops = await breakpoint(on.server.name);
  });
  afterAll(() => on?.down());

  it('one killed while it makes the key on this computer: the next uses the half that is there', async () => {
    const folder = join(on.home, 'stand-in');
    const half = join(folder, 'half');
    await mkdir(folder);
    // A stand-in for ssh-keygen that stops between the two files of a new pair.
    const keygen = `#!/bin/sh
export PATH="\${PATH#*:}"
case " $* " in *' -t '*) ssh-keygen "$@"; rm '${on.key}.pub'; touch '${half}'; exec sleep 300 ;; esac
exec ssh-keygen "$@"
`;
    await writeFile(join(folder, 'ssh-keygen'), keygen, { mode: 0o755 });
    const init = ['init', '--yes', '--host-key', await hostKeyOf(on)];
    const run = on.start(init, { env: { PATH: `${folder}:${process.env.PATH}` } });
    await until('The half of the key', 120, () => exists(half));
    run.kill();
    await run.ended;
    const made = await readFile(on.key, 'utf8');
    expect(await waysIn(on)).toEqual(['old']);
    await stops.set({ change: 'ssh-keys.authorized', position: 'before' });
    const next = on.start(init);
    expect(await stops.reached(next)).toEqual({ change: 'ssh-keys.authorized', where: 'before' });
    await stops.clear();
    next.kill();
    await stops.go('never');
    expect(await readFile(on.key, 'utf8')).toBe(made);
  });

  it.each([
    ['ssh-keys.authorized', 'Set up the SSH key'],
    ['sshd-config.drop-in', 'Harden the SSH server'],
  ])(
    'case 68: at once, at %s: the second is told who is at work, and changes nothing; the first goes on',
    async (change, title) => {
      const init = ['init', '--yes', '--host-key', await hostKeyOf(on)];
      await stops.set({ change, position: 'after' });
      const first = on.start(init);
      expect((await stops.reached(first))?.where).toBe('after');
      const second = await changesNothing(on, () => on.run(init));
      expect(second.exitCode).toBe(1);
      const { username } = userInfo();
      const gateway = on.server.resolver;
      expect(said(second)).toMatch(
        new RegExp(
          `${username}@${hostname()} \\(from ${gateway}\\) has been at work on this server since \\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2} UTC with “init”, now at “${title}”`,
        ),
      );
      expect(said(second)).toContain('Nothing was changed');
      await stops.clear();
      await stops.go('on');
      const { exitCode, stderr } = await first.ended;
      expect(exitCode, stderr).toBe(0);
      await on.inside('rm /etc/ssh/sshd_config.d/00-broker-setup.conf; systemctl restart ssh');
    },
  );
});
