import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../settings/schema.js';
import { stateFolder } from '../xdg.js';
import type { Remembered } from './compare.js';

/** Looks from outside only see less, and are compared with their like. */
type From = 'inside' | 'outside';

const folder = () => join(stateFolder(), 'doctor');

/** One file for each server, whatever characters its address has. */
function fileOf({ server, domain }: Settings, from: From): string {
  return join(
    folder(),
    `${createHash('sha256').update(`${server}\n${domain}\n${from}`).digest('hex').slice(0, 16)}.json`,
  );
}

/** The last check-up of this server from this computer; undefined where there was none, or it cannot be read. */
export async function recall(settings: Settings, from: From): Promise<Remembered | undefined> {
  try {
    const kept = JSON.parse(await readFile(fileOf(settings, from), 'utf8')) as Remembered;
    return kept.version === 1 ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a check-up for the next one. @returns why it could not, in a sentence */
export async function remember(
  settings: Settings,
  from: From,
  kept: Remembered,
): Promise<string | undefined> {
  const file = fileOf(settings, from);
  try {
    await mkdir(folder(), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.${process.pid}`, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
    await rename(`${file}.${process.pid}`, file);
    return undefined;
  } catch (error) {
    return `What was found could not be kept for the next --changed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
