import { hostname, userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Breakpoint, breakpoint } from '../../faults/breakpoint.js';
import { changesNothing, said } from '../before-after.js';
import { type Ground, ground, hostKeyOf } from '../ground.js';

describe('two runs at once', () => {
  let on: Ground;
  let stops: Breakpoint;

  beforeAll(async () => {
    on = await ground('bookworm');
    stops = await breakpoint(on.server.name);
  });
  afterAll(() => on?.down());

  it.each([
    ['hostname.name', 'Set the host name'],
    ['sshd-config.drop-in', 'Harden the SSH server'],
  ])(
    'at %s the second is told who is at work, and changes nothing; the first goes on',
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
