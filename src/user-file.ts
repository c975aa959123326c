import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Most that is read of files that people name, in bytes: far beyond any real one. */
export const MOST = {
  /** broker.yaml; one with every setting has some 5 kB. What YAML takes to read grows faster than its length. */
  settings: 64 * 1024,
  /** The roots of a computer take 220 kB. */
  certificates: 1024 * 1024,
  /** A private or public SSH key; the largest RSA keys take 13 kB. */
  key: 64 * 1024,
  /** known_hosts and ssh_config. */
  ssh: 16 * 1024 * 1024,
  /** A .deb; EMQX has some 70 MB. */
  package: 1024 * 1024 * 1024,
} as const;

/** A file that is there, but cannot be what somebody meant. */
export class UnfitFile extends Error {
  /** @param code not-regular: a folder, pipe, socket or device; too-long */
  constructor(
    readonly code: 'not-regular' | 'too-long',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Opens a file that a person has named. A pipe would be waited for without end, and a device may never end: neither can be
 * interrupted while Node reads it (O_NONBLOCK of open(2) makes a pipe open at once).
 * @param most bytes that it may have
 * @throws UnfitFile; or what open(2) says
 */
export async function openUserFile(path: string, most: number): Promise<FileHandle> {
  // Windows has no such flags, nor pipes among its files.
  const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;
  const file = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const seen = await file.stat();
    if (!seen.isFile())
      throw new UnfitFile(
        'not-regular',
        seen.isDirectory() ? 'it is a directory' : 'it is not a regular file',
      );
    if (seen.size > most) throw tooLong(most);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The content of such a file. @throws as openUserFile */
export async function readUserFile(path: string, most: number): Promise<Buffer> {
  const file = await openUserFile(path, most);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    // It may grow meanwhile, and files of the kernel's say that they are empty.
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > most) throw tooLong(most);
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

const tooLong = (most: number) =>
  new UnfitFile(
    'too-long',
    `it is longer than ${most < 1024 * 1024 ? `${most / 1024} kB` : `${most / 1024 / 1024} MB`}`,
  );
