import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../settings/schema.js';
import { stateFolder } from '../xdg.js';

/** One kind of thing that this computer keeps of each server. */
export interface Memory<Kept> {
  /** What was kept of this server; undefined where there is none, or it cannot be read. */
  recall(settings: Settings): Promise<Kept | undefined>;
  /** Replaces what was kept. @returns why it could not, in a sentence */
  remember(settings: Settings, kept: Kept): Promise<string | undefined>;
}

/** @param kind part of the file's name, so that kinds of one server are kept apart */
export function memory<Kept extends { version: 1 }>(kind: string): Memory<Kept> {
  return {
    async recall(settings) {
      try {
        const kept = JSON.parse(await readFile(fileOf(settings, kind), 'utf8')) as Kept;
        return kept.version === 1 ? kept : undefined;
      } catch {
        return undefined;
      }
    },
    async remember(settings, kept) {
      const file = fileOf(settings, kind);
      try {
        await mkdir(folder(), { recursive: true, mode: 0o700 });
        await writeFile(`${file}.${process.pid}`, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
        await rename(`${file}.${process.pid}`, file);
        return undefined;
      } catch (error) {
        return `What was found could not be kept for the next check-up: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
  };
}

const folder = () => join(stateFolder(), 'doctor');

/** One file for each server and kind, whatever characters its address has. */
function fileOf({ server, domain, login }: Settings, kind: string): string {
  const name = createHash('sha256').update(JSON.stringify([server, login.port, domain, kind]));
  return join(folder(), `${name.digest('hex').slice(0, 16)}.json`);
}
