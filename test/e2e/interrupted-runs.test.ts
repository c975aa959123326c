import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rootWithPassword, said } from './before-after.js';
import { record } from './calls.js';
import { type Ground, hostKeyOf, transportFor } from './ground.js';
import { packaged } from './snapshot.js';

const BIN = fileURLToPath(new URL('../../bin/broker-setup.js', import.meta.url));

let on: Ground;
let hostKey: string;

beforeAll(async () => {
  // No snapshot: these runs purge certbot, and get another certificate from the authority of the first run.
  on = await packaged('bookworm');
  hostKey = await hostKeyOf(on);
  const first = await init();
  expect(first.exitCode, first.stderr).toBe(0);
});
afterAll(() => on?.down());

const init = (args: string[] = []) => on.run(['init', '--yes', '--host-key', hostKey, ...args]);
const known = () => ['--known-hosts', join(on.home, 'known_hosts')];
const other = (args: string[], env: Record<string, string> = {}) => on.run([...args, ...known()], { env });

/** A run that is left to itself, to be interrupted. */
function begun() {
  const { node, ended } = record(['init']);
  const run = execa('node', [...node, BIN, 'init', '--yes', ...known(), ...transportFor(['init'])], {
    cwd: on.home,
    env: { HOME: on.home, BROKER_SETUP_LOGIN_PASSWORD: on.server.rootPassword, NO_COLOR: '1' },
    reject: false,
    stdin: 'ignore',
  });
  void run.then(({ exitCode }) => ended(exitCode));
  return run;
}

/** Takes a package away that init installs again, and makes that take a while. */
const slowWork = () =>
  on.inside(`apt-get -qq purge -y certbot >/dev/null 2>&1
[ -e /usr/bin/dpkg-deb.real ] || mv /usr/bin/dpkg-deb /usr/bin/dpkg-deb.real
printf '%s\\n' '#!/bin/sh' 'case " $* " in *certbot*) sleep 4;; esac' 'exec /usr/bin/dpkg-deb.real "$@"' >/usr/bin/dpkg-deb
chmod 755 /usr/bin/dpkg-deb`);

/** Waits until a change of the newest run is under way. */
async function untilAtWork(): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const step = await on.inside('cat /run/broker-setup/lock/step 2>/dev/null || true');
    if (step.trim() !== '') return;
    await sleep(50);
  }
  throw new Error('no change began');
}

interface Listed {
  id: string;
  outcome: string;
  entries: { type: string; outcome?: string; by?: string; from?: string; command?: string }[];
}
const runs = async (id?: string): Promise<Listed[]> =>
  JSON.parse((await other(['history', ...(id ? [id] : []), '--json'])).stdout).runs;

const etc = () =>
  on.inside(`cd /etc && find . -type f ! -name '*.rules.2*' ! -name '*-' -exec sha256sum {} + | sort -k 2
find . ! -name '*.rules.2*' -printf '%p %M %u:%g\\n' | sort
ufw status verbose; sshd -T | sort; ss -ltnH | awk '{print $4}' | sort`);

describe('what is kept of runs', () => {
  it('history tells who did what, from where; files are kept as they were, owner and mode with them', async () => {
    const [only, ...rest] = await runs();
    expect(rest).toEqual([]);
    expect(only?.entries[0]).toMatchObject({
      type: 'run',
      command: 'init',
      by: expect.stringContaining('@'),
    });
    expect(only?.entries[0]?.from).toMatch(/^10\.213\./);
    expect(only?.outcome).toBe('done');
    expect(only?.entries.at(-1)).toMatchObject({ type: 'end', outcome: 'done' });
    const text = (await other(['history'])).stdout;
    expect(text).toMatch(/changes: Update the system/);
    expect(text).toContain('Harden the SSH server');
    const [whole] = await runs(only?.id);
    expect(JSON.stringify(whole)).toContain('+PermitRootLogin no');
    const kept = `/var/lib/broker-setup/runs/${only?.id}`;
    expect(await on.inside(`stat -c '%a %U' ${kept} ${kept}/before/etc/hosts`)).toMatch(
      /^700 root\n644 root\n/,
    );
    expect(await on.inside(`cat ${kept}/before/etc/hostname`)).toBe('rehearsal\n');
  });

  it('no password is in what is kept', async () => {
    const broker = await readFile(join(on.home, 'broker.yaml'), 'utf8');
    expect(broker).not.toContain(on.server.rootPassword);
    expect(
      await on.inside(
        `grep -rlF ${on.server.rootPassword} /var/log/broker-setup /var/lib/broker-setup || true`,
      ),
    ).toBe('');
  });

  it('a run that changes nothing leaves no trace', async () => {
    expect((await init()).exitCode).toBe(0);
    expect(await runs()).toHaveLength(1);
  });
});

describe('a run that is interrupted', () => {
  it('Ctrl-C once: the change under way is finished, and what is done and what is not is said', async () => {
    await slowWork();
    const run = begun();
    await untilAtWork();
    run.kill('SIGINT');
    const { exitCode, stderr } = await run;
    expect(exitCode, stderr).toBe(130);
    expect(said({ exitCode, stdout: '', stderr })).toMatch(
      /Done: Update the system.* Not done: Set the host name/,
    );
    expect(await on.inside('dpkg-query -W certbot')).toContain('certbot');
    expect((await runs())[0]).toMatchObject({ outcome: 'cancelled' });
    expect((await init()).exitCode).toBe(0);
  });

  it.each([
    ['Ctrl-C twice', ['SIGINT', 'SIGINT'], 130],
    ['kill -9', ['SIGKILL'], undefined],
  ] as const)(
    '%s: it is left at once, the server goes on, and the next run follows',
    async (_, signals, code) => {
      await slowWork();
      const run = begun();
      await untilAtWork();
      for (const signal of signals) {
        run.kill(signal);
        await sleep(100);
      }
      expect((await run).exitCode).toBe(code);
      const next = await init();
      expect(next.exitCode, next.stderr).toBe(0);
      expect(said(next)).toMatch(
        /was cut off at “Update the system.*goes on by itself on the server.*waiting/,
      );
      expect((await on.run(['doctor'])).stdout).toContain('Everything is in place.');
      // Said once, and not again.
      expect(said(await init())).not.toContain('cut off');
    },
  );

  it('a run that loses its lock stops before its next change, and says so', async () => {
    await slowWork();
    const run = begun();
    await untilAtWork();
    const refused = await other(['unlock']);
    expect(refused.exitCode).toBe(2);
    expect(said(refused)).toMatch(
      /has been at work on this server since .* “init”, now at “Update the system/,
    );
    expect((await other(['unlock', '--yes'])).stdout).toContain('is off');
    const { exitCode, stderr } = await run;
    expect(exitCode).toBe(1);
    expect(said({ exitCode, stdout: '', stderr })).toContain('has lost its lock');
    expect((await other(['unlock'])).stdout).toContain('Nobody has the lock');
    expect((await init()).exitCode).toBe(0);
  });
});

describe('undo', () => {
  it('puts back what the newest run has changed, after showing it', async () => {
    const before = await etc();
    const changed = await init(['--set', 'exposure=guide']);
    expect(changed.exitCode, changed.stderr).toBe(0);
    expect(await etc()).not.toBe(before);
    const plan = await other(['undo']);
    expect(plan.exitCode).toBe(2);
    expect(plan.stderr).toMatch(/-allow tcp 1883 /);
    const undone = await other(['undo', '--yes']);
    expect(undone.exitCode, undone.stderr).toBe(0);
    expect(await etc()).toBe(before);
    await on.configure();
    expect((await on.run(['doctor'])).stdout).toContain('Everything is in place.');
  });

  // Where no login works afterwards, it is taken back: test/e2e/core/init.test.ts.
  it('of the first run is done with the first login', async () => {
    const first = (await runs()).at(-1)?.id ?? '';
    const undone = await other(['undo', first, '--yes']);
    expect(undone.exitCode, undone.stderr).toBe(0);
    expect(said(undone)).toMatch(/cannot be undone: .*Packages .*The account researcher stays/);
    expect(await rootWithPassword(on)).toBe('still here');
    expect(await on.inside('cat /etc/hostname; ufw status')).toBe('rehearsal\nStatus: inactive\n');
    // The exemption from fail2ban ends with the connection, although that has no sudo any more.
    await expect.poll(() => on.inside('ls /run/broker-setup/not-banned'), { timeout: 20_000 }).toBe('');

    const again = await init();
    expect(again.exitCode, again.stderr).toBe(0);
    expect((await on.run(['doctor'])).stdout).toContain('Everything is in place.');
  });
});
