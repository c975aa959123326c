import { SetupError } from '../errors.js';
import type { CutOff, Holder } from './seen.js';

/** 2026-11-24T14:30:05Z → 2026-11-24 14:30 UTC. */
export function moment(iso: string): string {
  return !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(iso)
    ? 'an unknown time'
    : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** Who is at work: one sentence, without its full stop. */
export function whoHolds({ by, from, since, step, command }: Holder): string {
  const where = from === '' ? '' : ` (from ${from})`;
  const what = step === undefined ? '' : `, now at “${step}”`;
  return `${by}${where} has been at work on this server since ${moment(since)} with “${command}”${what}`;
}

/** @param unlock the command that takes the lock off */
export function locked(holder: Holder | undefined, unlock: string): SetupError {
  const who = holder === undefined ? 'Another run is at work on this server' : whoHolds(holder);
  return new SetupError(`${who}.`, {
    code: 'locked',
    hint: `Nothing was changed. Wait until that run has ended. If nobody sits there any more: ${unlock}`,
  });
}

/** What became of a run that was cut off, for the person who starts the next one. */
export function whatHappened({ runner, at, last, guard }: CutOff): string {
  const began = `The run of ${runner.by} that began at ${moment(at)} was cut off`;
  if (last === undefined) return `${began} before it changed anything.`;
  const where = `${began} at “${last.title}”`;
  if (guard?.state === 'restored') {
    return `${where}. The server has taken the change of “${guard.title}” back by itself (${moment(guard.at)}), so the way in is as it was before.`;
  }
  if (guard?.state === 'armed')
    return `${where}. Nobody has proved that the way in still works after that change, so the server takes it back.`;
  if (last.code === 0) return `${where}; its last change was done (${last.summary}).`;
  return `${where} (${last.summary}).`;
}
