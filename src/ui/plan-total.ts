import type { Look } from '../engine/look.js';

const counted = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** Pure. One line that says what a plan comes to: the plan itself may have scrolled away. */
export function planTotal(looks: readonly Look[]): string {
  const of = (level: 'change' | 'stop' | 'warn') =>
    looks.flatMap(({ findings }) => findings.filter((finding) => finding.level === level)).length;
  const steps = looks.filter(({ findings }) => findings.some(({ level }) => level === 'change')).length;
  const unknown = looks.filter((look) => look.unknown !== undefined).length;
  const guarded = looks.some(
    ({ step, findings }) => step.guard !== undefined && findings.some(({ level }) => level === 'change'),
  );
  const parts = [
    of('change') === 0
      ? 'no changes'
      : `${counted(of('change'), 'change')} in ${counted(steps, 'step')} of ${looks.length}`,
    ...(of('stop') > 0 ? [`${of('stop')} to be put right by you first`] : []),
    ...(unknown > 0 ? [`${counted(unknown, 'step')} could not be checked`] : []),
    ...(of('warn') > 0 ? [`${of('warn')} worth knowing`] : []),
  ];
  const guard = guarded
    ? ' Changes to the login and the firewall are rolled back by the server unless a new login works.'
    : '';
  return `In all: ${parts.join(', ')}.${guard}`;
}
