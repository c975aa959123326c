import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  namesOf,
  parseServices,
  printServices,
  replacedIn,
  whyOutOfDate,
} from '../../../src/engine/facts/services.js';

/** As the kernel prints /proc/PID/maps and cgroup. */
const EXE = '55e0a000-55e0b000 r-xp 00002000 00:2b 1042 ';
const PROCESSES: Readonly<Record<string, { cgroup: string; uid: number; maps: readonly string[] }>> = {
  '104': {
    cgroup: '0::/system.slice/ssh.service\n',
    uid: 0,
    maps: [`${EXE}/usr/sbin/sshd (deleted)`, `${EXE}/usr/lib/x86_64-linux-gnu/libc.so.6`],
  },
  '112': {
    cgroup: '9:name=systemd:/system.slice/mosquitto.service\n8:pids:/system.slice/mosquitto.service\n',
    uid: 102,
    maps: [
      `${EXE}/usr/sbin/mosquitto.dpkg-tmp (deleted)`,
      `${EXE}/usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)`,
      `${EXE}/usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)`,
      '55e0a000-55e0b000 rw-p 00002000 00:2b 1042 /usr/lib/x86_64-linux-gnu/libz.so.1 (deleted)',
      `${EXE}/memfd:lib (deleted)`,
      `${EXE}/tmp/.jit (deleted)`,
    ],
  },
  '120': { cgroup: '0::/system.slice/system-emqx.slice/emqx@a.service/worker\n', uid: 33, maps: [] },
  '200': { cgroup: '0::/user.slice/user-1000.slice/user@1000.service\n', uid: 1000, maps: [] },
  '201': { cgroup: '0::/user.slice/user-1000.slice/session-3.scope\n', uid: 0, maps: [] },
  '202': { cgroup: '0::/system.slice/docker-abc.scope/system.slice/web.service\n', uid: 0, maps: [] },
  '203': { cgroup: '0::/system.slice/box.service/libpod-payload-1\n', uid: 0, maps: [] },
  '2': { cgroup: '0::/\n', uid: 0, maps: [] },
};

describe('the processes of services', () => {
  let proc: string;
  beforeAll(() => {
    proc = mkdtempSync(join(tmpdir(), 'broker-setup-proc-'));
    for (const [pid, { cgroup, uid, maps }] of Object.entries(PROCESSES)) {
      mkdirSync(join(proc, pid));
      writeFileSync(join(proc, pid, 'cgroup'), cgroup);
      writeFileSync(join(proc, pid, 'status'), `Name:\tx\nUid:\t0\t${uid}\t0\t0\n`);
      writeFileSync(join(proc, pid, 'maps'), `${maps.join('\n')}\n`);
    }
    mkdirSync(join(proc, '999'));
  });
  afterAll(() => rmSync(proc, { recursive: true }));

  const seen = () => {
    const script = printServices.run.replace('/proc/[0-9]*', `${proc}/[0-9]*`);
    const stdout = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    return parseServices(stdout.replaceAll(`${proc}/`, ''));
  };

  it('case 219: tell as whom they run, and which of their files were replaced', () => {
    const services = seen().toSorted((one, other) => one.pid - other.pid);
    expect(services).toEqual([
      { pid: 104, uid: 0, unit: 'ssh.service', replaced: ['/usr/sbin/sshd'] },
      {
        pid: 112,
        uid: 102,
        unit: 'mosquitto.service',
        replaced: ['/usr/sbin/mosquitto', '/usr/lib/x86_64-linux-gnu/libssl.so.3'],
      },
      { pid: 120, uid: 33, unit: 'emqx@a.service', replaced: [] },
    ]);
    expect(replacedIn(services, 'ssh.service')).toEqual(['/usr/sbin/sshd']);
  });

  it('can be read on this computer, whatever runs here', () => {
    expect(() => execFileSync('sh', ['-c', printServices.run])).not.toThrow();
  });
});

it('names programs by their path and libraries by their name, the first three', () => {
  const libraries = ['/usr/lib/libssl.so.3', '/usr/lib/libcrypto.so.3', '/usr/lib/libz.so.1.2.13'];
  expect(namesOf([...libraries, '/usr/sbin/mosquitto'])).toBe(
    '/usr/sbin/mosquitto, libcrypto.so.3, libssl.so.3 and 1 more',
  );
  expect(whyOutOfDate([])).toBeUndefined();
  expect(whyOutOfDate(['/usr/sbin/sshd'])).toContain('(/usr/sbin/sshd)');
});
