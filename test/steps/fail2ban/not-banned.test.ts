import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/host/host.js';
import { DISTRIBUTION } from '../../../src/server-path.js';
import { spare } from '../../../src/steps/fail2ban/not-banned.js';

const python = spawnSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).stdout.trim();

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
  /** What each jail ignores. */
  ignored?: string[];
  /** Whether the unit of an earlier run still waits. */
  active?: boolean;
  /** Whether there is an sshguard. */
  sshguard?: boolean;
}

/** fail2ban's own client library, as far as it is used: it notes what it was told, and answers as fail2ban 1.1.0 does. */
const clientLibrary = (calls: string, ignored: readonly string[]) => `
class CSocket:
    def __init__(self, socket, timeout): pass
    def send(self, words):
        with open(${JSON.stringify(calls)}, 'a') as file: file.write('fail2ban ' + ' '.join(words) + '\\n')
        if words == ['status']: return (0, [('Number of jail', 2), ('Jail list', 'sshd, web')])
        return (0, ${JSON.stringify(ignored)})
`;

/** A server that really runs the scripts, with stand-ins for fail2ban and systemd that note how they were called. */
function serverWith({
  connection = '198.51.100.9 4000 203.0.113.7 22',
  ignored = [],
  active = false,
  sshguard = false,
}: Strict) {
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  const program = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>${calls}\n${script}\n`, {
      mode: 0o755,
    });
  mkdirSync(join(folder, 'fail2ban/client'), { recursive: true });
  writeFileSync(join(folder, 'fail2ban/client/csocket.py'), clientLibrary(calls, ignored));
  // Isolated, it would not find the stand-in.
  writeFileSync(join(folder, 'python3'), `#!/bin/sh\nshift\nPYTHONPATH=${folder} exec ${python} "$@"\n`, {
    mode: 0o755,
  });
  program(
    'systemctl',
    `case "$*" in *is-active*sshguard) ${sshguard ? 'exit 0' : 'exit 3'} ;; *is-active*) ${active ? 'exit 0' : 'exit 3'} ;; esac`,
  );
  for (const name of ['systemd-run', 'sleep']) program(name, '');
  const moved = (text: string) =>
    text
      .replaceAll('/run/fail2ban/', `${folder}/`)
      .replaceAll('/run/broker-setup', `${folder}/run`)
      .replaceAll('/run/systemd', `${folder}/systemd`)
      .replaceAll('/etc/sshguard', folder)
      .replaceAll(`PATH=${DISTRIBUTION}`, `PATH=${folder}:${DISTRIBUTION}`);
  const env = { PATH: `${folder}:${process.env.PATH}`, SSH_CONNECTION: connection };
  const host = {
    run: ({ script }) => {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', moved(script.run)], {
        env,
        encoding: 'utf8',
      });
      return Promise.resolve({ code: status ?? -1, stdout, stderr });
    },
  } as Host;
  return {
    host,
    calls: () => readFileSync(calls, 'utf8').trim().split('\n').filter(Boolean),
    /** What the unit that was started last does once its connection has ended. */
    end(): void {
      const started = readFileSync(calls, 'utf8')
        .trim()
        .split('\n')
        .findLast((call) => call.startsWith('systemd-run'));
      const [, path = '', address = ''] = / sh (\S+) (\S+) \d+$/.exec(started ?? '') ?? [];
      // Process 1, for which it waits here, does not end.
      program('timeout', '');
      const { status } = spawnSync(
        'sh',
        ['-c', moved(readFileSync(moved(path), 'utf8')), path, address, '1'],
        { env },
      );
      expect(status).toBe(0);
    },
  };
}

const ADDRESS = '198.51.100.9';
const UNIT = `broker-setup-not-banned-${ADDRESS}-1`;
const exempt = () => existsSync(join(folder, 'run/not-banned', ADDRESS));
const told = (calls: string[]) => calls.filter((call) => call.startsWith('fail2ban set'));

describe.skipIf(python === '')('fail2ban on the server', () => {
  it('case 11: ignores our address in each jail, and the unit is there first that ends it', async () => {
    const { host, calls } = serverWith({});
    await spare(host);
    const done = calls();
    const unit = done.findIndex((call) => call.startsWith('systemd-run'));
    // As the connection of a test has no sshd.
    expect(done[unit]).toMatch(new RegExp(`--unit=${UNIT} sh \\S+ 198\\.51\\.100\\.9 1$`));
    expect(done[unit]).not.toContain('$');
    expect(told(done.slice(unit + 1))).toEqual([
      'fail2ban set sshd addignoreip 198.51.100.9',
      'fail2ban set web addignoreip 198.51.100.9',
    ]);
  });

  it('names our address where our own jail looks, until the connection has ended', async () => {
    const { host, calls, end } = serverWith({});
    await spare(host);
    expect(readFileSync(join(folder, 'run/not-banned', ADDRESS), 'utf8')).toBe('sshd web');
    const before = calls().length;
    end();
    expect(exempt()).toBe(false);
    expect(calls().slice(before)).toEqual([
      `timeout 3600 tail --pid=1 -s 1 -f /dev/null`,
      // It may still be reading what sshd has written.
      'sleep 2',
      'fail2ban set sshd delignoreip 198.51.100.9',
      'fail2ban set web delignoreip 198.51.100.9',
      'systemctl -q is-active sshguard',
    ]);
  });

  it('case 11: goes on for a second run from the same address, until that one has ended as well', async () => {
    const first = serverWith({});
    await spare(first.host);
    // The jails ignore our address now, because the first run has told them: that is not the owner's doing.
    const second = serverWith({ ignored: [ADDRESS], active: true });
    await spare(second.host);
    expect(told(second.calls())).toEqual([]);
    writeFileSync(join(folder, 'run/not-banned-for', ADDRESS), '1\n777\n');
    second.end();
    expect(exempt()).toBe(true);
    expect(told(second.calls())).toEqual([]);
    writeFileSync(join(folder, 'run/not-banned-for', ADDRESS), '1\n');
    second.end();
    expect(exempt()).toBe(false);
    expect(told(second.calls())).toHaveLength(2);
  });

  it('forgets a run whose unit was stopped before it could end the exemption', async () => {
    const { host, end } = serverWith({});
    await spare(host);
    writeFileSync(join(folder, 'run/not-banned-for', ADDRESS), '777\n');
    await spare(host);
    end();
    expect(exempt()).toBe(false);
  });

  it('case 11: is told again once it was started anew, in the middle of the work', async () => {
    const { host, calls } = serverWith({});
    const added = () => calls().filter((call) => call.includes('addignoreip')).length;
    const renew = await spare(host);
    const file = join(folder, 'run/not-banned', ADDRESS);
    utimesSync(join(folder, 'fail2ban.sock'), 1, 1);
    await renew();
    expect(added()).toBe(2);
    utimesSync(file, 1, 1);
    utimesSync(join(folder, 'fail2ban.sock'), 2, 2);
    await renew();
    expect(added()).toBe(4);
  });

  it('is spared from a fail2ban that the work itself brings', async () => {
    socket.close();
    rmSync(join(folder, 'fail2ban.sock'), { force: true });
    const { host, calls } = serverWith({});
    await spare(host, true);
    expect(readFileSync(join(folder, 'run/not-banned', ADDRESS), 'utf8')).toBe('');
    expect(calls().filter((call) => call.startsWith('fail2ban'))).toEqual([]);
  });

  it('case 153: sshguard spares our address beside those of its owner, and is started anew for that', async () => {
    writeFileSync(join(folder, 'sshguard.conf'), 'WHITELIST_FILE=/etc/whitelist\n');
    const { host, calls, end } = serverWith({ sshguard: true });
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
    end();
    expect(existsSync(dropIn)).toBe(false);
    expect(calls().at(-1)).toBe('systemctl restart sshguard');
  });

  it('case 153: sshguard alone is reason enough, and one that a person has stopped is not started', async () => {
    socket.close();
    rmSync(join(folder, 'fail2ban.sock'), { force: true });
    await spare(serverWith({ sshguard: true }).host);
    expect(exempt()).toBe(true);
    const { host, calls } = serverWith({});
    await spare(host);
    expect(calls().filter((call) => call.includes('restart'))).toEqual([]);
  });

  it('is let alone where a person has told it already', async () => {
    const { host, calls } = serverWith({ ignored: [ADDRESS, '10.0.0.0/8'] });
    await spare(host);
    expect(told(calls())).toEqual([]);
    expect(exempt()).toBe(false);
  });

  it('exempts our address in our own jail even where fail2ban does not answer', async () => {
    const { host } = serverWith({});
    writeFileSync(join(folder, 'fail2ban/client/csocket.py'), 'raise OSError("no answer")\n');
    await spare(host);
    expect(exempt()).toBe(true);
  });

  it('knows an address of version 6, and one of version 4 in it', async () => {
    const six = serverWith({ connection: '2001:db8::9 4000 2001:db8::7 22' });
    await spare(six.host);
    expect(six.calls()).toContain('fail2ban set sshd addignoreip 2001:db8::9');
    const mapped = serverWith({ connection: '::ffff:198.51.100.9 4000 ::ffff:203.0.113.7 22' });
    await spare(mapped.host);
    expect(mapped.calls()).toContain('fail2ban set sshd addignoreip 198.51.100.9');
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
    const renew = await spare(host());
    await renew();
    expect(existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '').not.toMatch(
      /systemd-run|fail2ban/,
    );
  });
});
