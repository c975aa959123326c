import { answers } from '../../engine/answers.js';
import type { FileChange } from '../../engine/change.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import { type Context, defineStep, type Finding, type Step } from '../../engine/step.js';
import { type Duty, faultHint, timerFault } from '../../engine/timer.js';
import { sh } from '../../sh.js';
import { blankedConf, channelsOf, watchConf } from '../../watch/conf.js';
import { SENDMAIL, WATCH } from '../../watch/paths.js';
import { watchScript } from '../../watch/script.js';
import { fallBack, removeWatch, runWatch, startWatch, TRACES } from '../../watch/shell.js';
import { watchService, watchTimer } from '../../watch/units.js';

interface State {
  files: ReadonlyMap<string, SeenFile>;
  /** What there is of the watch at all. */
  traces: boolean;
  timerOn: boolean;
  duty: Duty;
  /** How its last run ended for systemd: success, exit-code, timeout … */
  result: string;
  /** The line that its last run left. */
  last: string | undefined;
  curl: boolean;
  sendmail: boolean;
}

/** as-set: what the settings ask for, or what somebody installed, is in order. present: it is there. absent: it is not. */
export type WantedWatch = 'as-set' | 'present' | 'absent';

/** How long the watch may be silent about itself, in milliseconds: it runs once a day, at any time within two hours. */
const OVERDUE = 2 * 86_400_000;

/** Whether the server looks after itself every day, and says so where it was told to. */
export function watch(wanted: WantedWatch): Step {
  return defineStep<State>({
    id: 'watch',
    title: 'The daily watch',
    needs: () => ({
      units: [WATCH.timer, WATCH.service],
      files: [WATCH.script, WATCH.conf, WATCH.serviceFile, WATCH.timerFile, WATCH.last],
    }),
    probe:
      () => sh`for path in ${TRACES}; do if [ -e "$path" ] || [ -L "$path" ]; then echo traces=found; fi; done
if command -v curl >/dev/null; then echo curl=present; fi
if [ -x ${SENDMAIL} ]; then echo sendmail=present; fi
echo looked=yes`,
    parse: ({ stdout, facts }) => {
      const told = answers(stdout);
      const timer = facts.unit(WATCH.timer);
      if (!told.has('looked')) throw new Error('The server did not tell what there is of the daily watch.');
      return {
        files: facts.files(),
        traces: told.has('traces'),
        timerOn: timer.active === 'active' && timer.enabled === 'enabled',
        duty: {
          timer,
          service: facts.unit(WATCH.service),
          days: OVERDUE / 86_400_000,
          works: (command) => command.trim() === WATCH.script,
          program: WATCH.script,
        },
        result: facts.unit(WATCH.service).result,
        last: facts.file(WATCH.last)?.content.trim(),
        curl: told.has('curl'),
        sendmail: told.has('sendmail'),
      };
    },
    check: (state, context) => (wanted === 'absent' ? removed(state) : inOrder(state, context, wanted)),
    absent: ({ traces }) => (traces ? undefined : 'not installed'),
    facts: ({ traces, last }) => [
      {
        id: 'watch.last',
        label: 'Last run of the watch',
        value: traces ? (last ?? 'none yet') : 'none: it is not installed (doctor --install-watch)',
      },
    ],
  });
}

function removed({ traces }: State): Finding[] {
  if (!traces) return [];
  return [
    {
      id: 'watch.settings',
      level: 'change',
      summary: 'Remove the daily watch with all that it has kept',
      change: {
        kind: 'run',
        script: removeWatch,
        undo: {
          files: [WATCH.script, WATCH.conf, WATCH.serviceFile, WATCH.timerFile],
          activate: fallBack,
        },
      },
    },
  ];
}

function inOrder(state: State, context: Context, wanted: 'as-set' | 'present'): Finding[] {
  const channels = channelsOf(context.settings);
  if (channels.length === 0) {
    if (wanted === 'as-set' && !state.traces) return [];
    return [state.traces ? { ...NOBODY, hint: `${NOBODY.hint} ${OR_REMOVE}` } : NOBODY];
  }
  if (channels.includes('mail') && !state.sendmail) return [NO_SENDMAIL];
  const curl = channels.some((channel) => channel !== 'mail');
  const files = wantedFiles(state, context);
  const different = files.filter((file) => !isAsWanted(state.files.get(file.path), file));
  // A run that follows an old setting says nothing about what is wanted now.
  if (different.length > 0) return [installation(state, different, curl, channels)];
  if (curl && !state.curl) return [installation(state, files, curl, channels)];
  return [
    ...(state.timerOn ? [] : [TIMER_OFF]),
    ...schedule(state, context),
    ...lastRun(state, context, wanted),
  ];
}

function schedule({ duty }: State, { now }: Context): Finding[] {
  const fault = timerFault(duty, now);
  if (fault === undefined) return [];
  return [
    {
      id: 'watch.schedule',
      level: 'stop',
      summary: `The daily watch does not look every day: ${fault.what}.`,
      hint: faultHint(fault, WATCH.timer),
    },
  ];
}

const NOBODY = {
  id: 'watch.nobody',
  level: 'stop',
  summary: 'The daily watch has nobody to tell: broker.yaml names no address for it.',
  hint: 'Name one under watch: in broker.yaml. Without an account: choose a topic that nobody can guess, write “watch: { ntfy: https://ntfy.sh/my-topic-8d2k5x }” with it, and follow the topic in the ntfy app. Or name a webhook or a mail address.',
} as const satisfies Finding;

const OR_REMOVE = 'To be rid of the watch: broker-setup doctor --remove-watch';

const NO_SENDMAIL: Finding = {
  id: 'watch.mail',
  level: 'stop',
  summary: `The daily watch is to send mail, but the server has no program that sends any (${SENDMAIL}).`,
  hint: 'Install one: sudo apt install msmtp-mta, and write your mail account into /etc/msmtprc (man msmtp has an example). Or set watch.ntfy instead of watch.mail in broker.yaml: it needs no account.',
};

const TIMER_OFF: Finding = {
  id: 'watch.timer',
  level: 'change',
  summary: `Let the daily watch run every day (${WATCH.timer})`,
  change: { kind: 'run', script: sh`systemctl enable --now ${WATCH.timer}`, undo: 'nothing' },
};

function wantedFiles({ files }: State, { broker, settings }: Context): FileChange[] {
  const conf = files.get(WATCH.conf)?.content;
  const root = { owner: 'root:root' };
  const shown = (path: string) => ({ path, before: files.get(path)?.content });
  return [
    { ...root, ...shown(WATCH.script), content: watchScript(broker, settings), mode: '0755' },
    { ...root, ...shown(WATCH.serviceFile), content: watchService(broker, settings), mode: '0644' },
    { ...root, ...shown(WATCH.timerFile), content: watchTimer(), mode: '0644' },
    {
      ...root,
      path: WATCH.conf,
      before: conf === undefined ? undefined : blankedConf(conf),
      content: watchConf(settings),
      mode: '0600',
    },
  ];
}

function installation(
  { traces }: State,
  files: FileChange[],
  curl: boolean,
  channels: readonly string[],
): Finding {
  return {
    id: 'watch.settings',
    level: 'change',
    summary: `${traces ? 'Bring the daily watch up to date' : 'Let the server look after itself every day'}, and speak up by ${channels.join(', ')}`,
    change: { kind: 'write', files, activate: startWatch(curl), fallback: fallBack },
  };
}

function lastRun(state: State, { now }: Context, wanted: 'as-set' | 'present'): Finding[] {
  const wrong = complaint(state, now);
  if (wrong === undefined) return [];
  const id = 'watch.last-run';
  if (wanted === 'present')
    return [
      {
        id,
        level: 'change',
        summary: `Run the daily watch again: ${wrong}`,
        change: { kind: 'run', script: runWatch, undo: 'nothing' },
      },
    ];
  return [
    {
      id,
      level: 'stop',
      summary: `The daily watch does not get through: ${wrong}`,
      hint: `Check the addresses under watch: in broker.yaml, and that the server reaches them. Then run it again: broker-setup doctor --install-watch. Its own words: sudo journalctl -u ${WATCH.service}`,
    },
  ];
}

function complaint({ last, result }: State, now: Date): string | undefined {
  const [, at = '', outcome = ''] = /^(\S+) (.*)$/.exec(last ?? '') ?? [];
  if (outcome.startsWith('FAILED:')) return outcome.slice('FAILED:'.length).trim();
  if (result !== '' && result !== 'success') return `its last run failed (${result}).`;
  if (outcome !== 'ok') return 'it has not run to its end yet.';
  const silent = now.getTime() - Date.parse(at);
  if (silent > OVERDUE) return `its last run was ${Math.floor(silent / 86_400_000)} days ago.`;
  return undefined;
}
