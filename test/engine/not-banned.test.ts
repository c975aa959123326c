import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spare, sparing } from '../../src/engine/not-banned.js';
import type { Host } from '../../src/host/host.js';

let folder: string;
let socket: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'banned-'));
  socket = createServer();
  await new Promise<void>((resolve) => socket.listen(join(folder, 'fail2ban.sock'), resolve));
});
afterEach(() => {
  socket.close();
  rmSync(folder, { recursive: true });
});

interface Strict {
  connection?: string;
  /** What each jail ignores; as fail2ban 1.1.0 prints it. */
  ignored?: string;
  /** Whether the timer of an earlier run is still there. */
  timer?: boolean;
  /** Whether there is an sshguard. */
  sshguard?: boolean;
}

/** A server that really runs the scripts, with stand-ins for fail2ban and systemd that note how they were called. */
function serverWith({
  connection = '198.51.100.9 4000 203.0.113.7 22',
  ignored = 'No IP address/network is ignored',
  timer = false,
  sshguard = false,
}: Strict) {
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  const program = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>${calls}\n${script}\n`, {
      mode: 0o755,
    });
  program(
    'fail2ban-client',
    `case "$1 $3" in
"status ") printf 'Status\\n|- Number of jail:\\t2\\n\`- Jail list:\\tsshd, web\\n' ;;
*ignoreip) cat <<'E'
${ignored}
E
esac`,
  );
  program(
    'systemctl',
    `case "$*" in *is-active*sshguard) ${sshguard ? 'exit 0' : 'exit 3'} ;; *is-active*) ${timer ? 'exit 0' : 'exit 3'} ;; esac`,
  );
  for (const name of ['systemd-run', 'sleep']) program(name, '');
  const host = {
    run: ({ script }) => {
      const moved = script.run
        .replaceAll('/run/fail2ban/', `${folder}/`)
        .replaceAll('/run/broker-setup', `${folder}/run`)
        .replaceAll('/run/systemd', `${folder}/systemd`)
        .replaceAll('/etc/sshguard', folder);
      const env = { PATH: `${folder}:${process.env.PATH}`, SSH_CONNECTION: connection };
      const { status, stdout, stderr } = spawnSync('sh', ['-c', moved], { env, encoding: 'utf8' });
      return Promise.resolve({ code: status ?? -1, stdout, stderr });
    },
  } as Host;
  return { host, calls: () => readFileSync(calls, 'utf8').trim().split('\n').filter(Boolean) };
}

const UNIT = 'broker-setup-not-banned-198.51.100.9';

describe('fail2ban on the server', () => {
  it('case 11: ignores our address in each jail, and a timer is there first that ends it', async () => {
    const { host, calls } = serverWith({});
    expect(await spare(host)).toBeDefined();
    const done = calls();
    const timer = done.findIndex((call) => call.startsWith('systemd-run'));
    expect(done[timer]).toMatch(new RegExp(`--unit=${UNIT} --on-active=3600 .* 198\\.51\\.100\\.9$`));
    expect(done.slice(timer + 1).filter((call) => call.includes('addignoreip'))).toEqual([
      'fail2ban-client set sshd addignoreip 198.51.100.9',
      'fail2ban-client set web addignoreip 198.51.100.9',
    ]);
  });

  it('names our address where our own jail looks, and takes it away again', async () => {
    const { host, calls } = serverWith({});
    const spared = await spare(host);
    const file = join(folder, 'run/not-banned/198.51.100.9');
    expect(readFileSync(file, 'utf8').trim()).toBe('sshd web');
    // What the timer runs, and so does the end.
    const [, ending = ''] = /Type=oneshot sh (\S+ \S+)$/m.exec(calls().join('\n')) ?? [];
    expect(ending).not.toContain('$');
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const [path = '', ...args] = ending.split(' ');
    const script = readFileSync(path.replace('/run/broker-setup', `${folder}/run`), 'utf8');
    expect(spawnSync('sh', ['-c', script, path, ...args], { env }).status).toBe(0);
    expect(existsSync(file)).toBe(false);
    const told = calls().filter((call) => call.startsWith('fail2ban-client'));
    expect(told.slice(-2)).toEqual([
      'fail2ban-client set sshd delignoreip 198.51.100.9',
      'fail2ban-client set web delignoreip 198.51.100.9',
    ]);
    await spared?.end();
  });

  it('case 11: is told again once it was started anew, in the middle of the work', async () => {
    const { host, calls } = serverWith({});
    const added = () => calls().filter((call) => call.includes('addignoreip')).length;
    await sparing(host, false, async (renew) => {
      const file = join(folder, 'run/not-banned/198.51.100.9');
      utimesSync(join(folder, 'fail2ban.sock'), 1, 1);
      await renew();
      expect(added()).toBe(2);
      utimesSync(file, 1, 1);
      utimesSync(join(folder, 'fail2ban.sock'), 2, 2);
      await renew();
      expect(added()).toBe(4);
    });
  });

  it('is spared from a fail2ban that the work itself brings', async () => {
    socket.close();
    rmSync(join(folder, 'fail2ban.sock'), { force: true });
    const { host, calls } = serverWith({});
    expect(await spare(host, true)).toBeDefined();
    expect(readFileSync(join(folder, 'run/not-banned/198.51.100.9'), 'utf8').trim()).toBe('');
    expect(calls().filter((call) => call.startsWith('fail2ban-client'))).toEqual([]);
  });

  it('case 11: counts us again when the work is over, however it ended', async () => {
    const { host, calls } = serverWith({});
    await expect(sparing(host, false, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(calls().slice(-3)).toEqual([
      // It may still be reading what sshd has written.
      'sleep 2',
      `systemctl start ${UNIT}.service`,
      `systemctl stop ${UNIT}.timer`,
    ]);
  });

  it('case 153: sshguard spares our address beside those of its owner, and is started anew for that', async () => {
    writeFileSync(join(folder, 'sshguard.conf'), 'WHITELIST_FILE=/etc/whitelist\n');
    const { host, calls } = serverWith({ sshguard: true });
    await spare(host);
    const dropIn = join(folder, 'systemd/system/sshguard.service.d/broker-setup.conf');
    expect(readFileSync(dropIn, 'utf8')).toBe(
      '[Service]\nEnvironment="WHITELIST_ARG=/etc/whitelist 198.51.100.9"\n',
    );
    expect(calls().slice(-3)).toEqual([
      'systemctl daemon-reload',
      'systemctl reset-failed sshguard',
      'systemctl restart sshguard',
    ]);
    // What the timer runs, and so does the end.
    const [, path = '', address = ''] = /Type=oneshot sh (\S+) (\S+)$/m.exec(calls().join('\n')) ?? [];
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const file = path.replace('/run/broker-setup', `${folder}/run`);
    expect(spawnSync('sh', ['-c', readFileSync(file, 'utf8'), file, address], { env }).status).toBe(0);
    expect(existsSync(dropIn)).toBe(false);
    expect(calls().at(-1)).toBe('systemctl restart sshguard');
  });

  it('case 153: sshguard alone is reason enough, and one that a person has stopped is not started', async () => {
    socket.close();
    rmSync(join(folder, 'fail2ban.sock'), { force: true });
    expect(await spare(serverWith({ sshguard: true }).host)).toBeDefined();
    const { host, calls } = serverWith({});
    expect(await spare(host)).toBeUndefined();
    expect(calls().filter((call) => call.includes('restart'))).toEqual([]);
  });

  it('is let alone where a person has told it already', async () => {
    const ignored = 'These IP addresses/networks are ignored:\n|- 198.51.100.9\n`- 10.0.0.0/8';
    const { host, calls } = serverWith({ ignored });
    expect(await spare(host)).toBeUndefined();
    expect(calls().filter((call) => /addignoreip|systemd-run/.test(call))).toEqual([]);
  });

  it('does not take what another run has left behind for a person’s own', async () => {
    const { host, calls } = serverWith({ timer: true });
    await spare(host);
    const done = calls();
    expect(done.indexOf(`systemctl start ${UNIT}.service`)).toBeLessThan(
      done.findIndex((call) => call.includes('get sshd')),
    );
    expect(done).toContain(`systemctl start ${UNIT}.service`);
  });

  it('knows an address of version 6, and one of version 4 in it', async () => {
    const six = serverWith({ connection: '2001:db8::9 4000 2001:db8::7 22' });
    await spare(six.host);
    expect(six.calls()).toContain('fail2ban-client set sshd addignoreip 2001:db8::9');
    const mapped = serverWith({ connection: '::ffff:198.51.100.9 4000 ::ffff:203.0.113.7 22' });
    await spare(mapped.host);
    expect(mapped.calls()).toContain('fail2ban-client set sshd addignoreip 198.51.100.9');
  });

  it.each<[string, () => Host]>([
    [
      'there is none',
      () => {
        socket.close();
        rmSync(join(folder, 'fail2ban.sock'), { force: true });
        return serverWith({}).host;
      },
    ],
    ['nobody knows our address', () => serverWith({ connection: '' }).host],
    [
      'the server does not answer',
      () => ({ run: () => Promise.reject(new Error('lost')) }) as unknown as Host,
    ],
  ])('is no reason to fail where %s', async (_, host) => {
    expect(await spare(host())).toBeUndefined();
    expect(await sparing(host(), false, () => Promise.resolve('done'))).toBe('done');
  });
});
