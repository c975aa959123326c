import { expect, it } from 'vitest';
import { cgroupPaths } from '../../src/rehearsal/cgroup.js';

it('goes to the top of a machine with version 2 only', () => {
  const mounts = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
  expect(cgroupPaths(mounts, '0::/user.slice/session-3.scope\n', 'bsr-1')).toEqual(['/sys/fs/cgroup/bsr-1']);
});

it('stays below its own group in version 1, and finds the part of version 2 of a mixed machine', () => {
  const mounts = [
    '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
    '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
    '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
    '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd',
    '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
  ].join('\n');
  const own = '4:memory:/build/7\n9:name=systemd:/\n2:cpu,cpuacct:/\n0::/\n';
  expect(cgroupPaths(mounts, own, 'bsr-2')).toEqual([
    '/sys/fs/cgroup/cpu,cpuacct/bsr-2',
    '/sys/fs/cgroup/memory/build/7/bsr-2',
    '/sys/fs/cgroup/systemd/bsr-2',
    '/sys/fs/cgroup/unified/bsr-2',
  ]);
});
