import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ground, ground, hostKeyOf } from '../ground.js';
import { idsOf, reportOf } from './report-of.js';
import { BROKEN, HARDENING_SPOILS, MORE_SPOILS, SPOILS, type Spoil } from './spoils.js';

describe('what doctor finds on a server that was spoiled', () => {
  let on: Ground;
  beforeAll(async () => {
    on = await ground('bookworm');
    const first = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
    expect(first.exitCode, first.stderr).toBe(0);
  });
  afterAll(() => on?.down());

  const look = async (args: readonly string[] = []) => reportOf(await on.run(['doctor', '--json', ...args]));

  const OPEN = {
    spoil: 'mv /etc/ssh/sshd_config.d/00-broker-setup.conf /root/drop-in; systemctl restart ssh',
    mend: 'mv /root/drop-in /etc/ssh/sshd_config.d/00-broker-setup.conf; systemctl restart ssh',
  };

  const names = (spoils: readonly Spoil[]) =>
    spoils.map((spoil) => [spoil.title ?? spoil.found.join(', '), spoil] as const);

  it('is nothing, as long as nothing is spoiled', async () => {
    expect(idsOf(await look())).toEqual([]);
  });

  it.each(names([...SPOILS, ...HARDENING_SPOILS, ...MORE_SPOILS, ...BROKEN]))(
    '%s',
    async (_, { found, spoil, mend, args, dns, here, open }) => {
      const original = { a: [...on.server.records.a], aaaa: [...on.server.records.aaaa] };
      try {
        if (open) await on.inside(OPEN.spoil);
        if (spoil) await on.inside(spoil);
        if (dns) await on.server.setDns(dns(on));
        if (here) await execa('sh', ['-c', here[0]]);
        const report = await look(args);
        expect(idsOf(report)).toEqual([...found].sort());
      } finally {
        if (mend) await on.inside(mend);
        if (open) await on.inside(OPEN.mend);
        if (dns) await on.server.setDns(original);
        if (here) await execa('sh', ['-c', here[1]]);
      }
    },
  );

  it('is nothing again, once all of it is mended', async () => {
    expect(idsOf(await look())).toEqual([]);
  });
});
