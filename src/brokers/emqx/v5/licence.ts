import type { Fact, Finding } from '../../../engine/step.js';
import { type Erlang, erl } from '../erlang.js';

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

/** An Erlang term that parseLicence understands. */
export const LICENCE: Erlang = erl`try
    Told = emqx_license_checker:dump(),
    Part = fun(Key) -> element(2, lists:keyfind(Key, 1, Told)) end,
    list_to_atom(lists:flatten(io_lib:format("~s:~w:~s", [Part(type), Part(customer_type), Part(expiry_at)])))
  catch _:_ -> none end`;

/** Pure. @param term e.g. `community:11:2044-03-02`; undefined where this edition has no licence */
export function parseLicence(term: string): Licence | undefined {
  const [, type = '', kind, until] = /^([a-z]+):(\d+):(\d{4}-\d\d-\d\d)$/.exec(term) ?? [];
  return until === undefined ? undefined : { type, evaluation: kind === EVALUATION, until };
}

/** Pure. */
export function licenceFacts(licence: Licence | undefined): Fact[] {
  if (licence === undefined) return [];
  const { type, evaluation, until } = licence;
  return [
    {
      id: 'conf-edits.licence',
      label: 'Licence of EMQX',
      value: `${type}${evaluation ? ', for evaluation' : ''}, until ${until}`,
    },
  ];
}

/** Pure. @param age of the node in seconds */
export function licenceFindings(licence: Licence | undefined, age: number, now: Date): Finding[] {
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
