import { createHash } from 'node:crypto';
import { type Sh, sh } from '../../sh.js';
import { type Erlang, erl } from './erlang.js';
import { EMQX } from './facts.js';

/**
 * Shell that prints `shipped-cookies=…`: every cookie that the files of the package contain, separated by spaces. Up to 4.3 the default is in the
 * schema of the configuration, later in emqx_vars; 6.2 names a second one in its start script (bin/emqx, EMQX_SAMPLE_ERLANG_COOKIE).
 */
export const printShippedCookies: Sh = sh`printf 'shipped-cookies=%s\\n' "$(echo $(sed -n -e ${String.raw`s/^EMQX_[A-Z_]*COOKIE=["']\([^"'$]*\)["'].*/\1/p`} -e ${String.raw`/"node\.cookie"/,/\]}/s/.*{default, "\([^"]*\)"}.*/\1/p`} ${EMQX.library}/releases/emqx_vars ${EMQX.library}/bin/emqx ${EMQX.library}/releases/*/emqx.schema))"`;

/** Pure. @param value what is printed behind `shipped-cookies=` */
export const parseShippedCookies = (value: string | undefined): readonly string[] =>
  (value ?? '').split(' ').filter(Boolean);

/** Pure. 16 hex digits that are the same for the same cookie: what the running node reports in place of the cookie itself. */
export const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, DIGITS);

const DIGITS = 16;

/** An Erlang function from text to the digits of digestOf, as text. */
export const DIGEST: Erlang = erl`fun(Plain) ->
  <<Head:64, _/binary>> = crypto:hash(sha256, unicode:characters_to_binary(Plain)),
  lists:flatten(io_lib:format("~16.16.0b", [Head]))
end`;

/**
 * Pure. Whether a cookie was made by the owner: the package does not contain it.
 * @param shipped those of the installed package
 * @throws Error where the package does not say what it ships with, so that no cookie of its configuration can be told from it
 */
export function isOwners(cookie: string | undefined, shipped: readonly string[]): boolean {
  if (cookie === undefined) return false;
  if (shipped.length === 0) {
    throw new Error(
      `Neither ${EMQX.library}/releases/emqx_vars nor the schema beside it names the cookie that EMQX ships with.`,
    );
  }
  return !shipped.includes(cookie);
}

/** In the plan. @param alone the node is not part of a cluster @param file that names the new cookie */
export const cookieSummary = (alone: boolean, file: string): string =>
  `A random cookie for the node, instead of the one that its package ships with${
    alone
      ? ''
      : `; all nodes of a cluster need the same one: copy it from ${file} to the others, and restart them`
  }`;
