import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../settings/schema.js';
import { stateFolder } from '../xdg.js';
import type { Remembered } from './compare.js';
import type { RecentLogins } from './recent-logins.js';

/** What this computer keeps of a server, of check-ups above all: looks from outside only see less, and are compared with their like. */
interface Kinds {
  inside: Remembered;
  outside: Remembered;
  logins: RecentLogins;
  /** When this computer connected last to a server that counts connections, in milliseconds since 1970. */
  connections: { version: 1; begun: number[] };
}

const folder = () => join(stateFolder(), 'doctor');

/** One file for each server and kind, whatever characters its address has. */
function fileOf({ server, domain, login }: Settings, kind: keyof Kinds): string {
  const name = createHash('sha256').update(JSON.stringify([server, login.port, domain, kind]));
  return join(folder(), `${name.digest('hex').slice(0, 16)}.json`);
}

/** What was kept of this server by an earlier check-up; undefined where there was none, or it cannot be read. */
export async function recall<Kind extends keyof Kinds>(
  settings: Settings,
  kind: Kind,
): Promise<Kinds[Kind] | undefined> {
  try {
    const kept = JSON.parse(await readFile(fileOf(settings, kind), 'utf8')) as Kinds[Kind];
    return kept.version === 1 ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps something for the next check-up. @returns why it could not, in a sentence */
export async function remember<Kind extends keyof Kinds>(
  settings: Settings,
  kind: Kind,
  kept: Kinds[Kind],
): Promise<string | undefined> {
  const file = fileOf(settings, kind);
  try {
    await mkdir(folder(), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.${process.pid}`, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
    await rename(`${file}.${process.pid}`, file);
    return undefined;
  } catch (error) {
    return `What was found could not be kept for the next check-up: ${error instanceof Error ? error.message : String(error)}`;
  }
}
