import { answers } from '../../engine/answers.js';
import { type Context, defineStep, type Fact, type Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import { CLOCK_STOP, clockHint } from '../../steps/update/clock.js';
import { WATCH } from '../../watch/paths.js';
import { endOfSupport } from './release.js';

interface State {
  /** Seconds since 1970, by the server's clock. */
  now: number;
  failed: string[];
  disks: Disk[];
  /** Mount point → share of inodes in use, in percent. */
  inodes: ReadonlyMap<string, number>;
  memoryMb: number;
  /** Memory that programs could still get, with what is free of the swap. */
  availableMb: number;
  /** Last day of security fixes for the release, YYYY-MM-DD; undefined where the server cannot tell. */
  supportedUntil: string | undefined;
}

interface Disk {
  mount: string;
  freeMb: number;
  sizeMb: number;
}

/** Beyond what a slow answer may make of it, in seconds. */
const CLOCK_MAX = 60;
/** A disk is nearly full with less than both of these. */
const FREE_SHARE = 0.1;
const FREE_MB = 2000;
const INODES_PERCENT = 95;
const MEMORY_SHARE = 0.05;
/** How long before its end a release is spoken of, in days. */
const NOTICE_DAYS = 60;

/** Whether the machine itself is well: disk, memory, clock, services, its release. */
export const system = defineStep<State>({
  id: 'system',
  title: 'The server itself',
  probe: () => sh`date +now=%s
if failed=$(systemctl list-units --state=failed --plain --no-legend --full); then printf 'failed=%s\\n' "$(echo $(printf '%s\\n' "$failed" | awk '{print $1}'))"; fi
df -P -k / /var /boot /home | awk 'NR > 1 {print "disk " $4 " " $2 " " $6}' | sort -u
df -P -i / /var | awk 'NR > 1 {print "inodes " $5 + 0 " " $6}' | sort -u
awk '/^MemTotal:/ {total = $2} /^(MemAvailable|SwapFree):/ {free += $2} END {print "memory=" int(total / 1024) "\\navailable=" int(free / 1024)}' /proc/meminfo
. /etc/os-release
file=/usr/share/distro-info/$ID.csv
if [ -r "$file" ]; then printf 'columns=%s\\nrelease=%s\\n' "$(head -n 1 "$file")" "$(awk -F, -v name="$VERSION_CODENAME" '$3 == name' "$file")"; fi`,
  parse: ({ stdout }) => {
    const told = answers(stdout);
    const disks = [...stdout.matchAll(/^disk (\d+) (\d+) (.+)$/gm)];
    const inodes = [...stdout.matchAll(/^inodes (\d+) (.+)$/gm)];
    if (!told.has('now') || !told.has('memory') || !told.has('failed') || disks.length === 0)
      throw new Error('The server did not tell how it is.');
    return {
      now: Number(told.get('now')),
      failed: (told.get('failed') ?? '').split(' ').filter(Boolean),
      disks: disks.map(([, free, size, mount = '']) => ({
        mount,
        freeMb: Number(free) / 1024,
        sizeMb: Number(size) / 1024,
      })),
      inodes: new Map(inodes.map(([, used, mount = '']) => [mount, Number(used)])),
      memoryMb: Number(told.get('memory')),
      availableMb: Number(told.get('available')),
      supportedUntil: endOfSupport(told.get('columns'), told.get('release')),
    };
  },
  check: (state, context) => [
    ...clock(state, context),
    ...units(state, context),
    ...room(state),
    ...memory(state),
    ...release(state, context),
  ],
  facts: ({ supportedUntil }): Fact[] =>
    supportedUntil === undefined
      ? []
      : [
          {
            id: 'system.supported-until',
            label: 'Security fixes for this release until',
            value: supportedUntil,
          },
        ],
});

function clock({ now }: State, context: Context): Finding[] {
  const skew = Math.round(now - context.now.getTime() / 1000);
  // More than that is a problem, which the first step has named.
  if (Math.abs(skew) <= CLOCK_MAX || Math.abs(skew) > CLOCK_STOP) return [];
  return [
    {
      id: 'system.clock',
      level: 'warn',
      summary: `The clock of the server is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} this computer's. One of the two is wrong.`,
      hint: clockHint(context.now),
    },
  ];
}

/** What other checks look at more closely is left to them. */
function units({ failed }: State, { broker }: Context): Finding[] {
  const seen = [broker.unit, 'certbot.service', 'ssh.socket', WATCH.service];
  const others = failed.filter((unit) => !seen.includes(unit));
  if (others.length === 0) return [];
  return [
    {
      id: 'system.failed-units',
      level: 'warn',
      summary: `Services that failed: ${others.join(', ')}.`,
      hint: `See why with: sudo journalctl -u ${others[0]} -n 30. Once it is mended or not needed: sudo systemctl reset-failed ${others[0]}`,
    },
  ];
}

function room({ disks, inodes }: State): Finding[] {
  const full = disks.filter(({ freeMb, sizeMb }) => freeMb < FREE_MB && freeMb < sizeMb * FREE_SHARE);
  const words = [
    ...full.map(({ mount, freeMb }) => `${mount} has ${Math.round(freeMb)} MB left`),
    ...[...inodes]
      .filter(([, used]) => used >= INODES_PERCENT)
      .map(([mount, used]) => `${mount} has used ${used} % of the files that it can hold`),
  ];
  if (words.length === 0) return [];
  return [
    {
      id: 'system.disk',
      level: 'warn',
      summary: `The disk fills up: ${words.join('; ')}.`,
      hint: 'See what fills it with: sudo du -xh / | sort -h | tail. Old logs go with: sudo journalctl --vacuum-size=200M',
    },
  ];
}

function memory({ memoryMb, availableMb }: State): Finding[] {
  if (availableMb >= memoryMb * MEMORY_SHARE) return [];
  return [
    {
      id: 'system.memory',
      level: 'warn',
      summary: `Memory runs out: ${availableMb} MB of ${memoryMb} MB are left.`,
      hint: 'See what takes it with: ps aux --sort=-rss | head',
    },
  ];
}

function release({ supportedUntil }: State, { now, server }: Context): Finding[] {
  if (supportedUntil === undefined) return [];
  const days = (Date.parse(supportedUntil) - now.getTime()) / 86_400_000;
  if (days > NOTICE_DAYS) return [];
  // Its last day is still a day.
  const over = now.toISOString().slice(0, 10) > supportedUntil;
  return [
    {
      id: 'system.release',
      level: over ? 'stop' : 'warn',
      summary: `${server.pretty} ${over ? 'has had no security fixes since' : 'gets security fixes only until'} ${supportedUntil}.`,
      hint: 'Set up a new server with a newer release and move the devices there; or upgrade this one after a backup.',
    },
  ];
}
