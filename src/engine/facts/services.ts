import { type Sh, sh } from '../../sh.js';

/** A process of one of systemd's services. */
export interface ServiceProcess {
  pid: number;
  /** Its effective user: 0 is root. */
  uid: number;
  /** `mosquitto.service`. */
  unit: string;
  /** Programs and libraries that it still runs although their files were replaced or deleted since. */
  replaced: readonly string[];
}

/**
 * For awk, which gets folders of /proc. Only processes that run directly in a service count: those of containers are not
 * this server's to restart, and those of a login session end with it. Files that need no program, as of memfd_create(2) or
 * of just-in-time compilers, are deleted on purpose: only the folders of packages count, as for needrestart(1).
 */
const SERVICES = `BEGIN {
  for (i = 1; i < ARGC; i++) {
    unit = ""
    while ((getline line < (ARGV[i] "/cgroup")) > 0)
      if (line !~ /:\\/user\\.slice\\/|\\/payload|payload-/ && line ~ /^[0-9]+:[^:]*:\\/([^\\/]+\\.slice\\/)*[^\\/]+\\.service(\\/|$)/) {
        parts = split(line, part, "/")
        for (j = 2; j <= parts; j++) if (part[j] ~ /\\.service$/) { unit = part[j]; break }
      }
    close(ARGV[i] "/cgroup")
    if (unit == "") continue
    uid = "-"
    while ((getline line < (ARGV[i] "/status")) > 0) if (line ~ /^Uid:/) { split(line, field, /[ \\t]+/); uid = field[3]; break }
    close(ARGV[i] "/status")
    if (uid == "-") continue
    pid = ARGV[i]; sub(/^\\/proc\\//, "", pid)
    print "process " pid " " uid " " unit
    while ((getline line < (ARGV[i] "/maps")) > 0)
      if (line ~ /^[^ ]+ ..x. [^\\/]*\\/(usr|lib[^\\/]*|s?bin|opt)\\/.* \\(deleted\\)$/) {
        sub(/^[^\\/]*/, "", line); sub(/(\\.dpkg-(new|tmp))? \\(deleted\\)$/, "", line)
        if (!seen[pid, line]++) print "replaced " pid " " line
      }
    close(ARGV[i] "/maps")
  }
}`;

/**
 * Shell that prints the processes of services. One program for all of them: /proc tells what needrestart(1) would ask for. A process
 * that ends while it is read makes the read fail (ESRCH), and mawk gives up over that: then it is asked again.
 */
export const printServices: Sh = sh`services() { awk ${SERVICES} /proc/[0-9]*; }
said=$(services) || said=$(services) || said=$(services) || exit
printf '%s\\n' "$said"`;

/** Pure. */
export function parseServices(stdout: string): ServiceProcess[] {
  const replaced = [...stdout.matchAll(/^replaced (\d+) (.+)$/gm)];
  return [...stdout.matchAll(/^process (\d+) (\d+) (.+)$/gm)].map(([, pid, uid, unit = '']) => ({
    pid: Number(pid),
    uid: Number(uid),
    unit,
    replaced: replaced.filter(([, of]) => of === pid).map(([, , path = '']) => path),
  }));
}

/** Pure. The files that the processes of one unit still run in the version before, each once. */
export function replacedIn(services: readonly ServiceProcess[], unit: string): string[] {
  return [...new Set(services.filter((one) => one.unit === unit).flatMap((one) => one.replaced))];
}

/** Pure. Why a service is to be restarted, as the end of a sentence; undefined where it is not. */
export function whyOutOfDate(replaced: readonly string[]): string | undefined {
  return replaced.length === 0
    ? undefined
    : `it still runs the previous version of files that were replaced on disk (${namesOf(replaced)})`;
}

/** Pure. `/usr/sbin/mosquitto, libssl.so.3 and 4 more`: a program by its path, libraries by their names. */
export function namesOf(paths: readonly string[]): string {
  const short = (path: string) => (/\.so[.\d]*$/.test(path) ? path.slice(path.lastIndexOf('/') + 1) : path);
  const [programs, libraries] = [
    paths.filter((path) => short(path) === path),
    paths.filter((path) => short(path) !== path),
  ];
  const all = [...programs, ...libraries.map(short).sort()];
  const named = all.slice(0, 3).join(', ');
  return all.length > 3 ? `${named} and ${all.length - 3} more` : named;
}
