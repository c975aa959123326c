import { type Sh, sh } from '../sh.js';

/**
 * Runs `work` (with -eu) so that it survives a broken link, and follows its output, which is kept in `log` until the next time.
 * Leaves the work's exit code in $code; all that it printed arrives on stdout. The work travels in argv, so it must hold no secret.
 */
export function detached(work: Sh, log: string): Sh {
  return sh`mkdir -p ${log.replace(/\/[^/]*$/, '')}
: >${log}
setsid sh -eu -c ${work.run} >${log} 2>&1 </dev/null &
work=$!
tail -s 0.1 --pid="$work" -n +1 -f ${log} &
follower=$!
code=0; wait "$work" || code=$?
wait "$follower" || true`;
}
