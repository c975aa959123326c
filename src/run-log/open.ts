import { randomBytes } from 'node:crypto';
import { detached } from '../engine/detached.js';
import { noteGuarded } from '../engine/guarded-accounts.js';
import type { Recorder } from '../engine/record.js';
import { type FilesSeen, tellChangedSince } from '../engine/same-files.js';
import type { MadePassword } from '../engine/step.js';
import { Cancelled, SetupError } from '../errors.js';
import type { Host } from '../host/host.js';
import { clean } from '../sanitize.js';
import { LOG_FOLDER, RUN_FOLDER, STATE_FOLDER } from '../server-folders.js';
import { lines, type Sh, sh, verbatim } from '../sh.js';
import { describe } from './describe.js';
import { keepBefore, noteAfter, prune } from './keep.js';
import { hold, LOCK, lockFunctions, type Runner, release, stillMine, tellLock } from './lock.js';
import { append, appendChanged, appendTo, listRuns, nextStamp, RUN_ID } from './log.js';
import type { Entry } from './log-entry.js';
import { ownLogFolder } from './log-folder.js';
import { parseLock } from './seen.js';
import { locked } from './sentences.js';
import { forgetTold, forgetUnproved, type Made } from './undelivered-passwords.js';
import { proofNotes } from './unproved.js';

/** Somebody else has the lock; another run has changed the server since it was looked at; somebody has edited a file of the plan. */
const HELD = 75;
const MEANWHILE = 76;
const EDITED = 77;

/** A run that has the lock of a server, and keeps its log there. */
export interface OpenRun extends Recorder {
  id: string;
  /** The connection that has the lock. */
  readonly host: Host;
  /**
   * Takes the lock again over another connection, after a restart of the server; this run closes that connection.
   * @throws SetupError `locked` where another run was quicker
   */
  regain(host: Host): Promise<void>;
  /**
   * Ends the log and gives the lock back; by now a person has been shown what passwords this run has made. Where the link is gone, the
   * lock dies with it.
   * @param error what the run ended with, where it did not end well
   * @param shown the passwords that a person was shown; default: all
   */
  close(error?: unknown, shown?: readonly MadePassword[]): Promise<void>;
}

export interface Opening {
  runner: Runner;
  /** The newest run that was there when the server was looked at. */
  seen: string | undefined;
  /** A lock that is known to be dead, though the server may not have noticed. */
  dead: string | undefined;
  /** The command that takes a lock off, for the error. */
  unlock: string;
  /** The files of the plan, as they were when it was made. */
  files?: FilesSeen | undefined;
  /** What this run may make, and a person is shown before it closes. */
  makes?: Made | undefined;
}

/**
 * Takes the lock and begins the log, before the first change.
 * @throws SetupError `locked`; `changed-meanwhile`
 */
export async function openRun(
  host: Host,
  { runner, seen = '', dead = '', unlock, files, makes }: Opening,
): Promise<OpenRun> {
  const begin: Entry = { type: 'run', version: 1, login: host.user, ...runner };
  const script = sh`set -u
umask 077
mkdir -p ${RUN_FOLDER}
${unlessHeld(dead)}
newest=$(${listRuns} | tail -n 1)
[ "$newest" = ${seen} ] || exit ${MEANWHILE}
edited=$(${files ? tellChangedSince(files) : sh`:`})
[ -z "$edited" ] || { echo "$edited"; exit ${EDITED}; }
mkdir -p -m 0755 ${STATE_FOLDER}
# The output of apt and certbot contains names and addresses. The renewal hook also writes here, with the umask of certbot.
${ownLogFolder}
own_log_folder || { echo "${verbatim(LOG_FOLDER)}: $why" >&2; exit 1; }
id=$(${nextStamp})-${randomBytes(2).toString('hex')}
rm -rf ${LOCK}
${hold(runner)}
from=$(printf '"from":"%s",' "$(tr -cd '0-9a-fA-F:.%' <${LOCK}/from)")
${appendTo(sh`${LOG_FOLDER}/"$id".jsonl`, begin, sh`"$from"`)} || {
  rm -rf ${LOCK} ${LOG_FOLDER}/"$id".jsonl
  exit 1
}
echo "$id"`;
  const { code, stdout, stderr } = await host.run({ script });
  const id = stdout.trim();
  if (code === HELD) throw locked(parseLock(stdout), unlock);
  if (code === MEANWHILE) throw meanwhile('Another run has changed the server since it was looked at.');
  if (code === EDITED) throw meanwhile(edited(stdout));
  if (code !== 0 || !RUN_ID.test(id)) {
    throw new SetupError(`The server did not let the run begin its log: ${stderr.trim() || stdout.trim()}`, {
      code: 'no-log',
      hint: `Nothing was changed. Look whether the disk is full or read-only: df -h ${LOG_FOLDER}`,
    });
  }
  return opened(id, { runner, unlock, makes }, host);
}

/** Shell that goes on alone, and only where no other run that lives has the lock. @param but the run whose lock does not count */
const unlessHeld = (but: string): Sh => sh`exec 9>${RUN_FOLDER}/mutex && flock 9 || exit 1
${lockFunctions}
if [ -e ${LOCK}/run ] && [ "$(cat ${LOCK}/run)" != ${but} ] && holds; then
${tellLock}
exit ${HELD}
fi`;

function endOf(error: unknown): Entry {
  if (error === undefined) return { type: 'end', outcome: 'done' };
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'end', outcome: error instanceof Cancelled ? 'cancelled' : 'failed', message };
}

const edited = (told: string): string =>
  `Since the plan was made, somebody or something on the server has changed ${told.trim().split('\n').map(clean).join(', ')}.`;

function meanwhile(what: string): SetupError {
  return new SetupError(what, {
    code: 'changed-meanwhile',
    hint: 'Nothing was changed by this one. Run the same command again, for a plan of how the server is now.',
  });
}

function opened(
  id: string,
  { runner, unlock, makes }: Pick<Opening, 'runner' | 'unlock' | 'makes'>,
  first: Host,
): OpenRun {
  let host = first;
  let changes = 0;
  const { pending, ...notes } = proofNotes(id);
  const working = new Set<MadePassword>();
  return {
    id,
    get host() {
      return host;
    },
    notes,
    confirmed: (password) => void working.add(password),
    guarded: ({ title }) => ({
      run: id,
      mayChange: stillMine(id),
      log: (state) => append(id, { type: 'guard', state, title }),
    }),
    recorded(step, finding, script, before = sh`:`) {
      changes += 1;
      const { change } = finding;
      const [entry, detail] = describe(changes, step, finding, script);
      return detached({
        work: script,
        before: lines(
          stillMine(id),
          before,
          sh`echo ${step.title} >${LOCK}/step`,
          append(id, entry),
          append(id, detail),
          keepBefore(id, changes, change),
          pending(),
        ),
        after: lines(appendChanged(id, changes), noteAfter(id, change), noteGuarded),
      });
    },
    async regain(next) {
      host = next;
      const script = sh`umask 077
mkdir -p ${RUN_FOLDER}
${unlessHeld(id)}
id=${id}
${hold(runner)}`;
      const { code, stdout } = await host.run({ script });
      if (code === HELD) throw locked(parseLock(stdout), unlock);
    },
    async close(error, shown) {
      const told =
        makes === undefined
          ? []
          : [forgetTold(makes, shown), ...[...working].map((name) => forgetUnproved(makes, name))];
      // Old copies go last: an undo needed them until now.
      const script = lines(
        ...told,
        pending(),
        append(id, endOf(error)),
        prune(LOG_FOLDER, listRuns),
        release(id),
      );
      await host.run({ script }).catch(() => undefined);
      if (host !== first) await host.close();
    },
  };
}
