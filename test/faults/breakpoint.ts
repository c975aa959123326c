import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { directoryOf } from '../../src/rehearsal/state.js';
import type { Started } from '../e2e/ground.js';
import type { Position } from './cases.js';
import { NOTES, STAND_IN, STAND_IN_PATH } from './stand-in.js';

/** The server's disk, seen from this machine. */
export const diskOf = (server: string): string => join(directoryOf(server), 'disk');

/** Which change is to be stopped, and where in it. */
export interface Stop {
  /** Id of the finding, or `*` for every change. */
  change: string;
  position: Position;
  /** How far into the change the middle is, in seconds. */
  pause?: number;
}

/** Where a run stands still now. */
export interface Standing {
  change: string;
  /** late: the change was over before it could be stopped in the middle. */
  where: Position | 'late';
}

const LIMIT_MS = 240_000;

/** Stops the changes of a run on a server, so that something can happen to it there. Both ends write on the server's disk. */
export interface Breakpoint {
  set(stop: Stop): Promise<void>;
  /** Waits until the run stands there; undefined where it ended without. */
  reached(run: Started): Promise<Standing | undefined>;
  /** Lets the change go on, or never begin. */
  go(word: 'on' | 'never'): Promise<void>;
  /** Stops no further change. */
  clear(): Promise<void>;
  /** Takes the stand-in off the server. */
  remove(): Promise<void>;
  /** How long each change took, in seconds. */
  times(): Promise<{ change: string; seconds: number }[]>;
}

/** Puts the stand-in onto the disk of a server. */
export async function breakpoint(server: string): Promise<Breakpoint> {
  const notes = join(diskOf(server), NOTES);
  const note = (name: string) => join(notes, name);
  const write = async (name: string, text: string) => {
    await writeFile(note(`${name}.new`), `${text}\n`);
    await rename(note(`${name}.new`), note(name));
  };
  const read = (name: string) => readFile(note(name), 'utf8').catch(() => undefined);
  await rm(notes, { recursive: true, force: true });
  await mkdir(notes, { recursive: true });
  await writeFile(join(diskOf(server), STAND_IN_PATH), STAND_IN, { mode: 0o755 });
  return {
    async set({ change, position, pause = 0 }) {
      for (const old of ['there', 'go']) await rm(note(old), { force: true });
      await write('want', `${change} ${position} ${pause.toFixed(3)}`);
    },
    async reached(run) {
      const end = Date.now() + LIMIT_MS;
      let ended = false;
      const over = run.ended.then(() => {
        ended = true;
      });
      for (;;) {
        const there = await read('there');
        if (there !== undefined) {
          await rm(note('there'), { force: true });
          const [change = '', where = ''] = there.trim().split(' ');
          return { change, where: where as Standing['where'] };
        }
        if (ended) return undefined;
        if (Date.now() > end) throw new Error('the run neither came to the breakpoint nor ended');
        await Promise.race([sleep(20), over]);
      }
    },
    go: (word) => write('go', word),
    clear: () => rm(note('want'), { force: true }),
    async remove() {
      await rm(join(diskOf(server), STAND_IN_PATH), { force: true });
      await rm(notes, { recursive: true, force: true });
    },
    async times() {
      const lines = (await read('times'))?.trim().split('\n') ?? [];
      return lines.map((line) => {
        const [change = '', ms] = line.split(' ');
        return { change, seconds: Number(ms) / 1000 };
      });
    },
  };
}
