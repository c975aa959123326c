import { answers } from '../../engine/answers.js';
import { type Context, defineStep, type Finding } from '../../engine/step.js';
import { type Duty, faultHint, timerFault } from '../../engine/timer.js';
import { sh } from '../../sh.js';
import {
  AUTO_UPGRADES_PATH,
  FETCHED_STAMP,
  LISTS,
  LISTS_STAMPS,
  ROUND_OVERDUE,
  ROUND_STAMP,
} from '../../templates/auto-upgrades.js';

interface State {
  /** Whether the settings in force switch the daily round on, and the fetching of lists without which it knows of nothing. */
  on: boolean;
  lists: boolean;
  /** Whether the program that installs them is there. */
  program: boolean;
  /** Whether this set-up has switched it on; when, in seconds since 1970. */
  since: number | undefined;
  /** When unattended-upgrades last ran, and when the lists of packages were last fetched; 0 for never. */
  ran: number;
  fetched: number;
  /** When lists were last fetched, whoever did it, and when one of them last changed; apt's round notes a fetching that failed as well. */
  listsFetched: number;
  listsChanged: number;
  /** When the server was started. */
  started: number;
  /** Names of security updates that wait. */
  security: string[];
  /** Packages that somebody keeps as they are. */
  held: string[];
  /** What apt's timers are there for. */
  duties: Duty[];
}

/** What each of apt's timers starts (apt-daily.service and apt-daily-upgrade.service of Debian's apt). */
const DUTIES = [
  ['apt-daily', 'update'],
  ['apt-daily-upgrade', 'install'],
] as const;

/** A round a day; each is up to a day late, as ROUND_OVERDUE has it. */
const DAYS = ROUND_OVERDUE / 86_400;

/** Whether security updates really install themselves. */
export const updates = defineStep<State>({
  id: 'updates',
  title: 'Security updates by themselves',
  needs: () => ({
    upgrades: true,
    units: DUTIES.flatMap(([name]) => [`${name}.timer`, `${name}.service`]),
  }),
  probe:
    () => sh`apt-config shell enable APT::Periodic::Enable unattended APT::Periodic::Unattended-Upgrade lists APT::Periodic::Update-Package-Lists
if [ -x /usr/bin/unattended-upgrade ]; then echo program=there; fi
stat -c 'since=%Y' ${AUTO_UPGRADES_PATH}
stat -c 'ran=%Y' ${ROUND_STAMP}
stat -c 'at=%Y %n' ${LISTS_STAMPS}
printf 'started=%s\\n' "$(($(date +%s) - $(cut -d. -f1 /proc/uptime)))"
printf 'held=%s\\n' "$(echo $(dpkg-query -W -f '\${db:Status-Want} \${Package}\\n' | sed -n 's/^hold //p'))"`,
  parse: ({ stdout, facts }) => {
    const told = answers(stdout);
    const upgrades = facts.upgrades();
    if (upgrades === undefined)
      throw new Error(
        'apt does not tell what updates there are; “sudo apt-get -s upgrade” on the server shows why.',
      );
    const stamps = new Map(
      [...stdout.matchAll(/^at=(\d+) (\S+)$/gm)].map(([, at, path = '']) => [path, Number(at)] as const),
    );
    const value = (name: string) => told.get(name)?.replaceAll("'", '');
    return {
      on: value('enable') !== '0' && (value('unattended') ?? '0') !== '0',
      lists: (value('lists') ?? '0') !== '0',
      program: told.get('program') === 'there',
      since: told.has('since') ? Number(told.get('since')) : undefined,
      ran: Number(told.get('ran') ?? 0),
      fetched: stamps.get(FETCHED_STAMP) ?? 0,
      listsFetched: Math.max(0, ...stamps.values()),
      listsChanged: stamps.get(LISTS) ?? 0,
      started: Number(told.get('started')),
      security: upgrades.filter(({ security }) => security).map(({ name }) => name),
      // EMQX is held by this program: its version is for the settings to say.
      duties: DUTIES.map(([name, word]): Duty => {
        const program = `/usr/lib/apt/apt.systemd.daily ${word}`;
        return {
          timer: facts.unit(`${name}.timer`),
          service: facts.unit(`${name}.service`),
          days: DAYS,
          works: (command) => command.endsWith(program),
          program,
        };
      }),
      held: (told.get('held') ?? '').split(' ').filter((name) => name !== '' && !name.startsWith('emqx')),
    };
  },
  check: (state, context) => [
    ...(state.on && state.program
      ? [...schedule(state, context), ...stale(state, context), ...oldLists(state, context), ...left(state)]
      : off(state)),
    ...held(state),
  ],
});

function off({ since, on }: State): Finding[] {
  const overruled = since !== undefined && !on;
  return [
    {
      id: 'updates.off',
      level: 'stop',
      summary: overruled
        ? 'Another file switches the daily security updates off.'
        : 'Security updates do not install themselves on this server.',
      hint: overruled
        ? 'Find it on the server with: grep -r APT::Periodic /etc/apt/apt.conf.d. Files later in the alphabet win.'
        : 'Switch it on with: sudo apt install unattended-upgrades, then sudo dpkg-reconfigure -plow unattended-upgrades',
    },
  ];
}

function schedule({ duties }: State, { now }: Context): Finding[] {
  return duties.flatMap((duty): Finding[] => {
    const fault = timerFault(duty, now);
    if (fault === undefined) return [];
    return [
      {
        id: 'updates.schedule',
        level: fault.unknown ? 'warn' : 'stop',
        summary: `Security updates do not install themselves every day: ${fault.what}.`,
        hint: faultHint(fault, duty.timer.id),
      },
    ];
  });
}

function stale({ ran, since, started }: State, { now }: Context): Finding[] {
  const last = Math.max(ran, since ?? 0, started);
  const days = Math.floor((now.getTime() / 1000 - last) / 86_400);
  if (now.getTime() / 1000 - last <= ROUND_OVERDUE) return [];
  return [
    {
      id: 'updates.stale',
      level: 'stop',
      summary: `Security updates should install themselves every day, but have not for ${days} days.`,
      hint: 'See why with: systemctl status apt-daily-upgrade.service, and in /var/log/unattended-upgrades.',
    },
  ];
}

/** A distribution that is cared for changes its lists every few days. */
const UNCHANGED_DAYS = 30;

function oldLists(state: State, { now }: Context): Finding[] {
  const id = 'updates.lists';
  if (!state.lists)
    return [
      {
        id,
        level: 'stop',
        summary: 'The lists of packages are not fetched every day, so security updates are not noticed.',
        hint: 'Find the setting Update-Package-Lists on the server with: grep -r APT::Periodic /etc/apt/apt.conf.d. It should be "1"; files later in the alphabet win.',
      },
    ];
  const days = (since: number) => Math.floor((now.getTime() / 1000 - since) / 86_400);
  const last = Math.max(state.listsFetched, state.since ?? 0, state.started);
  if (now.getTime() / 1000 - last > ROUND_OVERDUE)
    return [
      {
        id,
        level: 'stop',
        summary: `The lists of packages should be fetched every day, but have not been for ${days(last)} days, so security updates are not noticed.`,
        hint: 'See why with: sudo apt-get update; and: systemctl status apt-daily.service',
      },
    ];
  const changed = Math.max(state.listsChanged, state.since ?? 0, state.started);
  if (state.listsChanged === 0 || days(changed) <= UNCHANGED_DAYS) return [];
  return [
    {
      id,
      level: 'warn',
      summary: `The lists of packages have not changed for ${days(changed)} days, although the server fetches them every day: it may not reach the mirror.`,
      hint: 'See whether all sources answer with: sudo apt-get update',
    },
  ];
}

/** What waits although the daily round has been here since it could know of it. */
function left({ security, ran, fetched }: State): Finding[] {
  if (security.length === 0 || ran <= fetched || fetched === 0) return [];
  return [
    {
      id: 'updates.left',
      level: 'stop',
      summary: `The daily round has left security updates out: ${security.join(', ')}.`,
      hint: 'Install them with: broker-setup doctor --fix. Why they were left out stands in /var/log/unattended-upgrades.',
    },
  ];
}

function held({ held: names }: State): Finding[] {
  if (names.length === 0) return [];
  return [
    {
      id: 'updates.held',
      level: 'warn',
      summary: `On hold, so they get no updates, not even those that close holes: ${names.join(', ')}.`,
      hint: `Where nobody needs the old version any more: sudo apt-mark unhold ${names.join(' ')}`,
    },
  ];
}
