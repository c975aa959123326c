import type { FindingName } from '../../../catalogue/index.js';
import type { Finding } from '../../../engine/step.js';
import { DIGEST, digestOf } from '../cookie.js';
import { type Erlang, erl } from '../erlang.js';
import { EMQX } from '../facts.js';

/** What a running node of 4.x does, whatever its files say; undefined where it did not report it. */
export interface Running {
  /** digestOf() its cookie. */
  cookie: string | undefined;
  /** Whether clients without an account are let in, and what no rule names is allowed, on the ports for devices. */
  anonymous: boolean | undefined;
  allows: boolean | undefined;
  /** Whether the module that reads acl.conf is loaded. */
  rules: boolean | undefined;
}

/** Erlang terms that parseRunning understands (emqx_zone.erl and emqx_modules.erl at v4.3.5 and v4.4.19). */
export const RUNNING: Erlang = erl`list_to_atom("digest:" ++ (${DIGEST})(atom_to_list(erlang:get_cookie()))),
  try emqx_zone:get_env(external, allow_anonymous, false) catch _:_ -> unknown end,
  try emqx_zone:get_env(external, acl_nomatch, deny) =:= allow catch _:_ -> unknown end,
  try lists:member({emqx_mod_acl_internal, true}, emqx_modules:list()) catch _:_ -> unknown end`;

/** Pure. @param terms e.g. `['digest:0f3a…', 'false', 'false', 'true']` */
export function parseRunning([cookie = '', anonymous, allows, rules]: readonly string[]): Running {
  const known = (term: string | undefined) => (term === 'true' ? true : term === 'false' ? false : undefined);
  return {
    cookie: /^digest:([0-9a-f]+)$/.exec(cookie)?.[1],
    anonymous: known(anonymous),
    allows: known(allows),
    rules: known(rules),
  };
}

/**
 * Pure. What the running node does against files that it was started with, and that say what they should.
 * @param cookie the one of emqx.conf
 * @param held whether the files say of a setting what they should
 */
export function differenceFindings(
  running: Running,
  cookie: string | undefined,
  shipped: readonly string[],
  held: (id: FindingName<'conf-edits'>) => boolean,
): Finding[] {
  const digests = shipped.map(digestOf);
  const isShipped = running.cookie !== undefined && digests.includes(running.cookie);
  const wrong = [
    ...(isShipped && held('cookie') ? ['the cookie that its package ships with'] : []),
    ...(running.anonymous && held('authentication') ? ['allow_anonymous = true'] : []),
    ...(running.allows && held('authorization') ? ['acl_nomatch = allow'] : []),
    ...(!isShipped &&
    running.cookie !== undefined &&
    cookie !== undefined &&
    digestOf(cookie) !== running.cookie
      ? ['another cookie than its files name']
      : []),
  ];
  return [
    ...wrong.map(
      (has): Finding => ({
        id: 'conf-edits.overruled',
        level: 'change',
        summary: `Run EMQX as its files say: the running one has ${has}`,
        hint: `A start with its files ends it. If it is found again, a variable in its environment wins over them: systemctl cat ${EMQX.unit}`,
      }),
    ),
    ...(running.rules === false
      ? [
          {
            id: 'conf-edits.overruled' as const,
            level: 'stop' as const,
            summary: `The running EMQX does not apply the rules of ${EMQX.acl}: its module emqx_mod_acl_internal is not loaded.`,
            hint: 'Load it on the server: sudo emqx_ctl modules load emqx_mod_acl_internal',
          },
        ]
      : []),
  ];
}

/** Pure. What the running node did not report. */
export function unansweredFindings(running: Running): Finding[] {
  const missing = Object.entries({
    cookie: running.cookie,
    allow_anonymous: running.anonymous,
    acl_nomatch: running.allows,
    emqx_mod_acl_internal: running.rules,
  }).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === 0) return [];
  return [
    {
      id: 'conf-edits.unanswered',
      level: 'warn',
      summary: `Could not be checked: what the running EMQX has for ${missing.join(', ')}.`,
      hint: 'EMQX did not report it. After a new start it runs as its files say: sudo systemctl restart emqx',
    },
  ];
}
