import { readdir, readFile, rmdir } from 'node:fs/promises';

/**
 * One directory for a rehearsal in each cgroup hierarchy of this machine.
 * systemd-nspawn is told not to make units (the machine may not even run systemd), and would then put every
 * server into the group of the calling process: they would stop each other's units.
 */
export function cgroupPaths(mountinfo: string, own: string, name: string): string[] {
  const mine = new Map(
    own
      .trim()
      .split('\n')
      .map((line) => {
        const [, controllers = '', path = '/'] = line.split(':');
        return [controllers, path] as const;
      }),
  );
  return mountinfo
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const mount = before.split(' ')[4];
      const [type, , superOptions = ''] = after.split(' ');
      if (mount === undefined) return [];
      // In v2 at the top: below a session's own group a log-out could take the server along.
      if (type === 'cgroup2') return [`${mount}/${name}`];
      if (type !== 'cgroup') return [];
      const options = superOptions.split(',');
      // In v1 below our own group, so that limits set on us hold for the server too.
      const entry = [...mine].find(
        ([controllers]) => controllers !== '' && controllers.split(',').every((c) => options.includes(c)),
      );
      return [`${mount}${entry === undefined || entry[1] === '/' ? '' : entry[1]}/${name}`];
    });
}

/** The directories for a rehearsal of this name on this machine. */
export async function cgroupsFor(name: string): Promise<string[]> {
  const [mountinfo, own] = await Promise.all(
    ['/proc/self/mountinfo', '/proc/self/cgroup'].map((path) => readFile(path, 'utf8')),
  );
  return cgroupPaths(mountinfo ?? '', own ?? '', name);
}

/** Shell that moves the running shell into `part` of a rehearsal's cgroups. A hierarchy that refuses is left out. */
export function joinCgroups(cgroups: string[], part: 'ground' | 'server'): string {
  return `for group in ${cgroups.join(' ')}; do
  mkdir -p $group/${part} || continue
  for file in cpuset.cpus cpuset.mems; do # v1: empty in a new group, which then takes no process
    for level in $group $group/${part}; do
      if [ -e $level/$file ] && [ -z "$(cat $level/$file)" ]; then cat $level/../$file >$level/$file; fi
    done
  done
  echo $$ >$group/${part}/cgroup.procs
done 2>/dev/null
`;
}

/** Ids of all processes in these cgroups and below. */
export async function processesIn(cgroups: string[]): Promise<number[]> {
  const walk = async (path: string): Promise<number[]> => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const below = await Promise.all(
      entries.filter((entry) => entry.isDirectory()).map((entry) => walk(`${path}/${entry.name}`)),
    );
    const own = await readFile(`${path}/cgroup.procs`, 'utf8').catch(() => '');
    return [...own.split('\n').filter(Boolean).map(Number), ...below.flat()];
  };
  return [...new Set((await Promise.all(cgroups.map(walk))).flat())].filter((pid) => pid > 0);
}

/** Removes empty cgroups, deepest first. */
export async function removeCgroups(cgroups: string[]): Promise<void> {
  const remove = async (path: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory()) await remove(`${path}/${entry.name}`);
    await rmdir(path).catch(() => undefined);
  };
  await Promise.all(cgroups.map(remove));
}
