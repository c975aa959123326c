import type { Context, Fact, Finding } from '../../../engine/step.js';
import { type Erlang, erl } from '../erlang.js';

/** What a running node of 5.x or 6.x does, whatever its files say. */
export interface Running {
  /** undefined: this edition has none. */
  licence: Licence | undefined;
  /** Whether what no rule names is allowed, and whether nobody asks clients for an account. */
  allows: boolean;
  anonymous: boolean;
}

export interface Licence {
  /** official, trial, community (emqx_license_parser_v20220101.erl, format_type). */
  type: string;
  /** Under one for evaluation a node runs for a month (emqx_license.hrl: 10). */
  evaluation: boolean;
  /** YYYY-MM-DD */
  until: string;
}

const EVALUATION = '10';
/** For how long a node under such a licence takes new connections after its start, in days (changes/e5.9.0.en.md, #14590). */
const EVALUATION_DAYS = 30;
/** How long before its end a licence is spoken of, in days. */
const NOTICE_DAYS = 30;
const DAY = 86_400_000;

/** Three Erlang terms that parseRunning understands; all in one line of 80 characters, where `emqx eval` would break it. */
export const RUNNING: Erlang = erl`try
    Told = emqx_license_checker:dump(),
    Part = fun(Key) -> element(2, lists:keyfind(Key, 1, Told)) end,
    list_to_atom(lists:flatten(io_lib:format("~s:~w:~s", [Part(type), Part(customer_type), Part(expiry_at)])))
  catch _:_ -> none end,
  try lists:member(emqx_conf:get([authorization, no_match]), [allow, <<"allow">>]) catch _:_ -> false end,
  try emqx_conf:get([authentication]) of
    One when is_map(One) -> maps:get(enable, One, true) =:= false;
    Several -> not lists:any(fun(One) -> maps:get(enable, One, true) =/= false end, Several)
  catch _:_ -> false end`;

/** Pure. @param told what stands behind the accounts, e.g. `'community:11:2044-03-02',false,false` */
export function parseRunning([licence = '', allows, anonymous]: readonly string[]): Running {
  const [, type = '', kind, until = ''] = /^'([a-z]+):(\d+):(\d{4}-\d\d-\d\d)'$/.exec(licence) ?? [];
  return {
    licence: until === '' ? undefined : { type, evaluation: kind === EVALUATION, until },
    allows: allows === 'true',
    anonymous: anonymous === 'true',
  };
}

/** Pure. What the running node does against what its files say; only where it was started with these. @param age of the node in seconds */
export function runningFindings(running: Running | undefined, age: number, { now }: Context): Finding[] {
  if (running === undefined) return [];
  return [...overruled(running), ...licenceFindings(running.licence, age, now)];
}

/** Pure. */
export function licenceFacts(running: Running | undefined): Fact[] {
  if (running?.licence === undefined) return [];
  const { type, evaluation, until } = running.licence;
  return [
    {
      id: 'conf-edits.licence',
      label: 'Licence of EMQX',
      value: `${type}${evaluation ? ', for evaluation' : ''}, until ${until}`,
    },
  ];
}

/** Settings of the dashboard lie in cluster.hocon, which counts more than base.hocon (since 5.8.4); before, they last until the next start. */
function overruled({ allows, anonymous }: Running): Finding[] {
  const wrong = [
    ...(anonymous ? ['asks no client for an account (Access Control, Authentication)'] : []),
    ...(allows ? ['allows what no rule names (Access Control, Authorization, Settings: No Match)'] : []),
  ];
  if (wrong.length === 0) return [];
  return [
    {
      id: 'conf-edits.overruled',
      level: 'stop',
      summary: `EMQX ${wrong.join(' and ')}, although its files say otherwise: somebody has changed it in the dashboard.`,
      hint: 'Put it back in the dashboard, at the place named above; what is set there counts more than the file.',
    },
  ];
}

function licenceFindings(licence: Licence | undefined, age: number, now: Date): Finding[] {
  if (licence === undefined) return [];
  const { type, evaluation, until } = licence;
  const found = (over: boolean, summary: string, hint: string): Finding[] => [
    { id: 'conf-edits.licence', level: over ? 'stop' : 'warn', summary, hint },
  ];
  const anew =
    'Get a licence at https://www.emqx.com/apply-licenses/emqx and give it to EMQX on the server: sudo emqx ctl license update KEY';
  const days = Math.floor((Date.parse(until) - now.getTime()) / DAY) + 1;
  // An official one is never held against its owner (emqx_license_checker.erl, is_overdue).
  if (type !== 'official' && days < 0)
    return found(true, `The licence of EMQX ended on ${until}, so EMQX lets no new device in.`, `${anew}.`);
  if (evaluation) {
    const left = Math.ceil(EVALUATION_DAYS - age / 86_400);
    return found(
      left <= 0,
      left <= 0
        ? `EMQX runs under a licence for evaluation, and has done so for ${EVALUATION_DAYS} days: it lets no new device in.`
        : `EMQX runs under a licence for evaluation: in ${left} days it lets no new device in until it is started anew.`,
      `${anew}. Until then, another ${EVALUATION_DAYS} days: sudo systemctl restart emqx`,
    );
  }
  if (type !== 'official' && days <= NOTICE_DAYS)
    return found(
      false,
      `The licence of EMQX ends on ${until}; after that EMQX lets no new device in.`,
      `${anew}.`,
    );
  return [];
}
