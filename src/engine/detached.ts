import { RUN_FOLDER } from '../server-folders.js';
import { asWord, lines, type Sh, sh, verbatim } from '../sh.js';
import { SAY } from './say.js';

/** The change that is under way on the server, or was the last: what it says, and how it ended. */
const CHANGE = `${RUN_FOLDER}/change`;

/** A shell condition: some run's change is under way. The kernel drops the lock with the last process that holds it. */
export const changeUnderWay: Sh = sh`{ [ -e ${CHANGE}/alive ] && ! flock -n ${CHANGE}/alive true; }`;

/** Shell that waits for a change that is under way, but not for ever, and lets none begin while this process holds descriptor 9. */
export const holdChanges = (seconds: number): Sh =>
  // Tried first: an exec that cannot open its file ends the shell (POSIX, special built-ins).
  sh`if mkdir -p ${CHANGE} && ( : >>${CHANGE}/alive ); then
  exec 9>>${CHANGE}/alive
  # One that does not end must not write over what is put back.
  flock -w ${seconds} 9 || systemctl kill --signal=KILL 'broker-setup-change-*.scope' 2>/dev/null || true
fi`;

export interface Work {
  /** Shell; it must hold no file descriptor 9. May hold secrets: it travels in a file that root alone can read, and briefly. */
  work: Sh;
  /** Shell that comes before, in the same process; where it exits, the work is not begun, and what it says is passed on. */
  before: Sh;
  /** Shell that comes behind, and finds the exit code of the work in $code. */
  after: Sh;
}

/**
 * Runs work on the server so that it is done whole, whatever becomes of the connection: in a session and a scope of
 * systemd of its own. A scope, not a service: needrestart would restart a service under apt's feet (needrestart(1)).
 * What it says is passed on as it comes, and so is its exit code; without systemd's bus a session of its own has to do.
 */
export function detached({ work, before, after }: Work): Sh {
  const runner = lines(
    sh`umask 077
echo $$ >${CHANGE}/pid
code=1
trap 'echo "$code" >${verbatim(CHANGE)}/code' EXIT
exec >${CHANGE}/out 2>${CHANGE}/err`,
    // What cannot be logged or kept, for want of room say, is not begun.
    sh`set -e`,
    before,
    sh`set +e`,
    sh`( exec 9>&-; umask 022; . ${CHANGE}/work ) </dev/null
code=$?`,
    after,
  );
  return sh`set -u
umask 077
mkdir -p ${CHANGE} && exec 9>>${CHANGE}/alive || exit 1
flock -n 9 || {
  echo '${verbatim(SAY)}A change of an earlier run is still under way on the server.' >&2
  echo '${verbatim(SAY)}Run the same command again: it waits for that change and goes on.' >&2
  exit 1
}
rm -f ${CHANGE}/pid ${CHANGE}/code
: >${CHANGE}/out; : >${CHANGE}/err
# Half of it must never run.
printf %s ${asWord(lines(sh`rm -f ${CHANGE}/work`, work))} >${CHANGE}/work && printf %s ${asWord(runner)} >${CHANGE}/runner || exit 1
cd /
{ setsid systemd-run --quiet --scope --collect --slice=system.slice --unit="broker-setup-change-$$" sh ${CHANGE}/runner ||
  [ -e ${CHANGE}/pid ] || setsid sh ${CHANGE}/runner; } </dev/null >/dev/null 2>&1 &
runner=$!
exec 9>&-
${follow}
[ -s ${CHANGE}/code ] || {
  echo '${verbatim(SAY)}The work on the server was ended before it was done: by a restart, or for lack of memory.' >&2
  echo '${verbatim(SAY)}Run the same command again.' >&2
  exit 1
}
exit "$(cat ${CHANGE}/code)"`;
}

/** Passes on what the work says until the process $runner has ended. */
const follow = sh`tail -s 0.02 --pid="$runner" -n +1 -f ${CHANGE}/out &
tail -s 0.02 --pid="$runner" -n +1 -f ${CHANGE}/err >&2 &
wait`;

/** Waits for the change of another run, passing on what it says. */
export const waitForChange: Sh = sh`if runner=$(cat ${CHANGE}/pid 2>/dev/null); then
${follow}
fi
flock ${CHANGE}/alive true`;

/**
 * Shell that runs `work` (with -eu), shows what it says and keeps it in `log` until the next time. Leaves the exit code
 * in $code. The work travels in argv, so it must hold no secret.
 */
export function logged(work: Sh, log: string): Sh {
  return sh`mkdir -p ${log.replace(/\/[^/]*$/, '')}
exec 4>&1
code=$({ { code=0; sh -eu -c ${work.run} </dev/null 2>&1 3>&- 4>&- || code=$?; echo "$code" >&3; } | tee ${log} >&4; } 3>&1)
exec 4>&-`;
}
