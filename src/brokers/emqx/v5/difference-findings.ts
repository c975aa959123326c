import type { Finding } from '../../../engine/step.js';
import { EMQX } from '../facts.js';
import type { Difference } from './differences.js';
import { managedBy } from './managed.js';
import { type Running, UNKNOWN } from './running.js';
import type { Setting } from './setting.js';

/** A node younger than this, in seconds, was started with its files just now: another start would end nothing. */
const JUST_STARTED = 60;

/** Pure. Differences in the words of the plan: one finding for each setting, or for each thing that only a person ends. @param age of the node in seconds */
export function differenceFindings(
  differences: readonly Difference[],
  settings: readonly Setting[],
  age: number,
): Finding[] {
  const summaryOf = (id: Setting['id']) => settings.find((setting) => setting.id === id)?.summary ?? id;
  const mended = new Map<Setting['id'], Difference[]>();
  for (const one of differences)
    if (typeof one.ends === 'string') mended.set(one.id, [...(mended.get(one.id) ?? []), one]);
  return [
    ...[...mended].map(([id, those]): Finding => {
      const has = those.map((one) => one.has).join(', ');
      const again = age < JUST_STARTED && those.every(({ ends }) => ends === 'start');
      return {
        id: 'conf-edits.overruled',
        level: again ? 'warn' : 'change',
        summary: `${summaryOf(id)}: the running EMQX has ${has}`,
        hint: again
          ? `Its files say otherwise, but it was started only ${age} s ago. If it was not changed in the dashboard since, look which file or variable says so: systemctl cat ${EMQX.unit}`
          : 'Its files say otherwise. It was changed while EMQX ran, in the dashboard or through its API.',
      };
    }),
    ...differences.flatMap(({ has, ends }): Finding[] =>
      typeof ends === 'string'
        ? []
        : [
            {
              id: 'conf-edits.overruled',
              level: 'stop',
              summary: `The running EMQX has ${has}.`,
              hint: ends.hint,
            },
          ],
    ),
  ];
}

/** Pure. What the running node did not answer, of what was asked. */
export function unansweredFindings(running: Running, settings: readonly Setting[]): Finding[] {
  const missing = [
    ...managedBy(settings)
      .filter(({ key }) => [undefined, UNKNOWN].includes(running.values.get(key)))
      .map(({ key }) => key),
    ...(running.chains === undefined ? ['authentication'] : []),
    ...(running.sources === undefined ? ['authorization.sources'] : []),
  ];
  if (missing.length === 0) return [];
  return [
    {
      id: 'conf-edits.unanswered',
      level: 'warn',
      summary: `Could not be checked: whether the running EMQX has these settings as its files say: ${missing.join(', ')}.`,
      hint: 'EMQX did not report them. After a new start it runs as its files say: sudo systemctl restart emqx',
    },
  ];
}
