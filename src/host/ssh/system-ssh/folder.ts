import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of a path of a Unix socket: sun_path of macOS holds 104 bytes (unix(4)), of Linux 108 (unix(7)). */
const LONGEST = 103;
/** ssh makes its control socket under a name of its own first: a dot and 16 letters more (mux.c). */
const WHILE_MADE = 17;

export const controlSocket = (folder: string): string => join(folder, 'm');

/** A new folder that nobody else can look into, with a name short enough for sockets. */
export async function privateFolder(temporary: string = tmpdir()): Promise<string> {
  const made = await mkdtemp(join(temporary, 'bs-'));
  if (Buffer.byteLength(controlSocket(made)) + WHILE_MADE <= LONGEST) return made;
  await rm(made, { recursive: true });
  return mkdtemp('/tmp/bs-');
}
