import { answers } from '../engine/answers.js';
import type { FileChange } from '../engine/change.js';
import { type Memory, parseMemory, printMemory } from '../engine/memory.js';
import { isAsWanted, type SeenFile } from '../engine/seen-files.js';
import { type Asking, defineStep, type Finding } from '../engine/step.js';
import { sameLogin } from '../proofs/login.js';
import { STATE_FOLDER } from '../server-folders.js';
import { sh } from '../sh.js';
import { AUTO_UPGRADES_PATH, autoUpgrades, LISTS_STAMPS } from '../templates/auto-upgrades.js';
import { clockFindings } from './update/clock.js';
import { parseSourcesLeft, type SourceLeft, tellSourcesLeft } from './update/lists.js';
import { maskedFindings, maskedUnits, unitsOf } from './update/masked.js';
import { rebootDue } from './update/reboot.js';
import { type Room, roomFindings, tellRoom, toldRoom } from './update/room.js';
import { swapFindings } from './update/swap.js';
import { upgradeScript } from './update/upgrade.js';

/** Package lists older than this are fetched anew. The daily timer of a healthy server may be 36 hours late. */
const LISTS_MAX_DAYS = 3;
const MEMORY_MIN_MB = 400;
const TIMERS = ['apt-daily.timer', 'apt-daily-upgrade.timer'];

export interface UpdateState {
  firstBootRunning: boolean;
  interrupted: boolean;
  installed: ReadonlySet<string>;
  /** Names of the packages that an upgrade would install; undefined where apt cannot tell. */
  upgrades: string[] | undefined;
  listsDays: number;
  /** Package sources, `URI SUITE`, that did not answer when the lists were last fetched. */
  sourcesLeft: SourceLeft[];
  autoUpgrades: SeenFile | undefined;
  timersOn: boolean;
  /** Units that later steps have to switch on, and may not. */
  masked: string[];
  rebootRequired: boolean;
  memoryMb: number;
  memory: Memory;
  room: Room;
}

/** System up to date, packages of all steps installed, security updates by themselves from now on. */
export const update = defineStep<UpdateState>({
  id: 'update',
  title: 'Update the system, install what is needed',
  // The last one is what this program asks the server with; the smallest images lack it.
  afterwards: () => [sameLogin],
  packages: () => ['unattended-upgrades', 'ca-certificates', 'openssl', 'iproute2'],
  needs: ({ packages }) => ({
    units: [...TIMERS, ...unitsOf(packages)],
    files: [AUTO_UPGRADES_PATH],
    upgrades: true,
  }),
  probe: (asking: Asking) => sh`
if command -v cloud-init >/dev/null && [ -d /run/cloud-init ] && [ ! -e /run/cloud-init/disabled ] && [ ! -e /var/lib/cloud/instance/boot-finished ]; then echo first-boot=running; fi
for file in /var/lib/dpkg/updates/*; do if [ -e "$file" ]; then echo "interrupted=$file"; break; fi; done
printf 'installed=%s\n' "$(dpkg-query -W -f='\${Package}:\${db:Status-Status} ' ${asking.packages})"
newest=0
# Not the time of apt's cache: a package that is put on hold writes it anew as well.
for at in $(stat -c %Y ${[`${STATE_FOLDER}/updated`, ...LISTS_STAMPS]}); do
  [ "$at" -le "$newest" ] || newest=$at
done
set -- /var/lib/apt/lists/*_Packages*
[ -e "$1" ] || newest=0
printf 'lists-seconds=%s\n' "$(($(date +%s) - newest))"
${tellSourcesLeft}
if ${rebootDue}; then echo reboot=required; fi
${printMemory}
${tellRoom}`,
  parse: ({ stdout, facts }, { packages }) => {
    const told = answers(stdout);
    const words = (name: string) => (told.get(name) ?? '').split(' ').filter(Boolean);
    const installed = words('installed').filter((word) => word.endsWith(':installed'));
    return {
      firstBootRunning: told.get('first-boot') === 'running',
      interrupted: (told.get('interrupted') ?? '') !== '',
      installed: new Set(installed.map((word) => word.split(':')[0] ?? '')),
      upgrades: facts.upgrades()?.map(({ name }) => name),
      sourcesLeft: parseSourcesLeft(stdout),
      listsDays: Number(told.get('lists-seconds')) / 86_400,
      autoUpgrades: facts.file(AUTO_UPGRADES_PATH),
      timersOn: TIMERS.map(facts.unit).every(
        ({ enabled, active }) => enabled === 'enabled' && active === 'active',
      ),
      masked: maskedUnits(packages, facts),
      rebootRequired: told.get('reboot') === 'required',
      memoryMb: Number(told.get('memory-mb')),
      memory: parseMemory(told),
      room: toldRoom(stdout),
    };
  },
  check: (state, context) => [
    ...clockFindings(context),
    ...roomFindings(state.room, kernelDue(state)),
    ...shortages(state),
    ...maskedFindings(state.masked),
    ...packageFindings(state, context.packages),
    ...sourceFindings(state),
    ...autoUpgradeFindings(state),
    ...(state.rebootRequired ? [context.settings.reboot === 'no' ? REBOOT_LATER : REBOOT] : []),
  ],
});

export const REBOOT: Finding = {
  id: 'update.reboot',
  level: 'change',
  summary: 'Restart the server, so that the updated kernel and libraries are used',
  change: { kind: 'reboot' },
};

/** Where the settings or an answer say no, it is the person's to do and the server is in place without it. */
export const REBOOT_LATER: Finding = {
  id: 'update.reboot',
  level: 'warn',
  summary:
    'The server needs a restart to use its updated kernel and libraries. When it suits you: sudo reboot',
};

/** Undefined where old lists, or none, do not know of it. */
function kernelDue({ listsDays, upgrades }: UpdateState): boolean | undefined {
  return listsDays < LISTS_MAX_DAYS ? upgrades?.some((name) => name.startsWith('linux-')) : undefined;
}

function shortages({ memoryMb, memory }: UpdateState): Finding[] {
  const found: Finding[] = [];
  const swap = swapFindings(memory);
  if (memoryMb < MEMORY_MIN_MB && swap.length === 0) {
    found.push({
      id: 'update.memory',
      level: 'warn',
      summary: `The server has ${memoryMb} MB of memory and swap together; updates may be stopped half-way below ${MEMORY_MIN_MB} MB.`,
    });
  }
  return [...found, ...swap];
}

function packageFindings(state: UpdateState, packages: readonly string[]): Finding[] {
  const missing = packages.filter((name) => !state.installed.has(name));
  // Old lists and pending updates: every server has them from time to time; doctor looks whether its daily round works.
  const reasons: [string | false, 'urgent' | 'usual'][] = [
    [state.firstBootRunning && 'wait for the first-boot set-up', 'urgent'],
    [state.interrupted && 'repair an interrupted installation', 'urgent'],
    // A server whose lists are old does not know its pending updates.
    [!(state.listsDays < LISTS_MAX_DAYS) && 'update the list of packages', 'usual'],
    [state.upgrades === undefined && 'make apt tell again what updates there are', 'urgent'],
    [!!state.upgrades?.length && `upgrade ${count(state.upgrades ?? [], 'package')}`, 'usual'],
    [missing.length > 0 && `install ${missing.join(', ')}`, 'urgent'],
  ];
  const due = reasons.filter(([reason]) => reason !== false);
  if (due.length === 0) return [];
  const sentence = due.map(([reason]) => reason).join('; ');
  return [
    {
      id: 'update.packages',
      level: 'change',
      summary: sentence.charAt(0).toUpperCase() + sentence.slice(1),
      change: {
        kind: 'run',
        script: upgradeScript(packages),
        undo: { stays: 'Packages that were installed or upgraded stay so.' },
      },
      ...(due.every(([, how]) => how === 'usual') ? { minor: true } : {}),
    },
  ];
}

function sourceFindings({ sourcesLeft }: UpdateState): Finding[] {
  if (sourcesLeft.length === 0) return [];
  const files = [...new Set(sourcesLeft.flatMap((left) => left.files))];
  return [
    {
      id: 'update.sources',
      level: 'warn',
      summary: `No package lists could be fetched from ${sourcesLeft.map(({ source }) => source).join(', ')}. Software from there gets no updates.`,
      hint: `See why with: sudo apt update. If nobody needs a source any more, remove it from ${files.join(' and ') || 'the files in /etc/apt/sources.list.d'}.`,
    },
  ];
}

function autoUpgradeFindings(state: UpdateState): Finding[] {
  const found: Finding[] = [];
  const file: FileChange = {
    path: AUTO_UPGRADES_PATH,
    content: autoUpgrades(),
    mode: '0644',
    owner: 'root:root',
    before: state.autoUpgrades?.content,
  };
  if (!isAsWanted(state.autoUpgrades, file)) {
    found.push({
      id: 'update.auto-upgrades',
      level: 'change',
      summary: 'Let security updates install themselves every day',
      change: { kind: 'write', files: [file] },
    });
  }
  if (!state.timersOn) {
    found.push({
      id: 'update.timers',
      level: 'change',
      summary: 'Switch on the daily timers of apt',
      change: {
        kind: 'run',
        script: sh`systemctl unmask ${TIMERS} && systemctl enable --now ${TIMERS}`,
        undo: { stays: 'The daily timers of apt stay on.' },
      },
    });
  }
  return found;
}

function count(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? '' : 's'}`;
}
