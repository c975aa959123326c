import { type Secret, type Sh, sh } from '../../sh.js';
import { EMQX } from './facts.js';

/** A piece of Erlang: `run` is evaluated, `show` is the same with secrets blanked. */
export type Erlang = Sh;

/** Erlang text in which every interpolated value is one binary, `<<"…">>`, and another piece is spliced as it is. */
export function erl(strings: TemplateStringsArray, ...values: (string | Secret | Erlang)[]): Erlang {
  const pieces = values.map((value) => {
    if (typeof value === 'string') return { run: binary(value), show: binary(value) };
    if ('run' in value) return value;
    return { run: binary(value.reveal()), show: binary(value.toString()) };
  });
  const joined = (kind: 'run' | 'show') =>
    strings.map((text, index) => text + (pieces[index]?.[kind] ?? '')).join('');
  return { run: joined('run'), show: joined('show') };
}

/** @throws TypeError on what is not printable ASCII: it would depend on the encoding that the version expects */
function binary(text: string): string {
  if (!/^[ -~]*$/.test(text)) throw new TypeError('Erlang text must be printable ASCII.');
  return `<<"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}">>`;
}

/** Runs a command of EMQX's as its own user, as its start script does by itself for root, but also where that user has no shell. By its path: su(1) sets one that begins with /usr/local/bin. */
export const asEmqx = (command: string): Sh => sh`su - ${EMQX.user} -s /bin/bash -c ${`/usr/bin/${command}`}`;

/**
 * Shell that lets the running node evaluate Erlang and prints `{ok,VALUE}`. The text travels in a file that only EMQX can read:
 * an argument would be seen by everybody on the server (\`emqx eval\`, bin/nodetool), and its quoting differs by version.
 * In a subshell, so that the file is gone afterwards whatever happens.
 */
export function evaluate(program: Erlang): Sh {
  const content = {
    run: sh`${program.run}`.run,
    show: sh`${program.show}`.show,
  };
  return sh`(
umask 077
work=$(mktemp -d /run/broker-setup.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
printf '%s\\n' ${content} >"$work/program"
chown -R ${EMQX.user} "$work"
su - ${EMQX.user} -s /bin/bash -c "/usr/bin/emqx eval \\"file:script('$work/program')\\"" </dev/null
)`;
}
