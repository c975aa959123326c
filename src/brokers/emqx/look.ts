import { answers } from '../../engine/answers.js';
import { programs } from '../../engine/listening.js';
import type { Probed } from '../../engine/probe.js';
import { type SeenFile, tellFiles, toldFiles } from '../../engine/seen-files.js';
import type { Asking } from '../../engine/step.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { type AccountCode, type Accounts, NO_ACCOUNTS, parseAccounts, tellAccounts } from './accounts.js';
import { EMQX } from './facts.js';

/** What was seen of an EMQX of any version. */
export interface Seen {
  /** The package's program is there. */
  installed: boolean;
  files: ReadonlyMap<string, SeenFile>;
  /** Seconds since 1970 at which the running node was started; undefined where none runs. */
  started: number | undefined;
  /** When the newest of its files in /etc was changed; those in its data it writes itself while it runs. */
  changed: number;
  /** undefined where they could not be asked for. */
  accounts: Accounts | undefined;
  /** Who listens where: TCP port → name of the program. */
  listening: ReadonlyMap<number, string>;
  /** Those of its folders with secrets in them that everybody on the server may enter. */
  open: readonly string[];
}

/** The Erlang virtual machine, as ss(8) and pgrep(1) name it. */
export const VM = 'beam.smp';

/** @param files words for tellFiles */
export function probe(files: Sh, code: AccountCode, { settings }: Asking): Sh {
  return lines(
    tellFiles(files),
    sh`if [ -e /usr/bin/emqx ]; then echo installed=yes; fi
if [ -d ${EMQX.data}/mnesia ]; then echo used=yes; fi
printf 'open=%s\\n' "$(echo $(find ${[EMQX.data, EMQX.log]} -maxdepth 0 -type d -perm /007))"
[ "$#" -eq 0 ] || printf 'changed=%s\\n' "$(stat -L -c '%Y %n' "$@" | grep ' ${verbatim(EMQX.etc)}/' | sort -n | tail -n 1 | cut -d' ' -f1)"
ss -ltnpH
pid=$(pgrep -o -u ${EMQX.user} -x ${VM})
if [ -n "$pid" ]; then
  printf 'started=%s\\n' "$(($(date +%s) - $(ps -o etimes= -p "$pid")))"`,
    tellAccounts(code, settings.device.name),
    sh`fi`,
  );
}

export function parse({ stdout }: Probed): Seen {
  const told = answers(stdout);
  const started = told.get('started');
  return {
    installed: told.get('installed') === 'yes',
    files: toldFiles(stdout),
    started: started === undefined ? undefined : Number(started),
    changed: Number(told.get('changed') ?? 0),
    accounts:
      started === undefined && told.get('used') !== 'yes' ? NO_ACCOUNTS : parseAccounts(told.get('accounts')),
    listening: programs(stdout),
    open: (told.get('open') ?? '').split(' ').filter(Boolean),
  };
}
