import { createHash } from 'node:crypto';
import { UsageError } from '../errors.js';
import { MOST, openUserFile } from '../user-file.js';
import { expandHome } from './defaults.js';
import { show } from './show.js';

/** A package file on this computer, ready to be sent. */
export interface PackageFile {
  file: string;
  sha256: string;
}

/** How every .deb begins: deb(5), an ar(5) archive whose first member is this. */
const MAGIC = '!<arch>\ndebian-binary';

/** Whether `broker.package` is fetched by the server, not sent by this computer. */
export const isAddress = (from: string): boolean => /^https:/i.test(from);

/**
 * Reads a package file to its end.
 * @param wanted the SHA-256 that it must have, where one was given
 * @throws UsageError where it cannot be read, is no Debian package or another one than wanted
 */
export async function readPackage(file: string, wanted: string | undefined): Promise<PackageFile> {
  const wrong = (what: string, cause?: unknown) =>
    new UsageError(`broker.package is ${show(file)}, but ${what}.`, [], { code: 'package', cause });
  const path = expandHome(file);
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  try {
    const handle = await openUserFile(path, MOST.package);
    for await (const chunk of handle.createReadStream() as AsyncIterable<Buffer>) {
      if (head.length < MAGIC.length) head = Buffer.concat([head, chunk]).subarray(0, MAGIC.length);
      hash.update(chunk);
    }
  } catch (cause) {
    throw wrong(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (head.toString('latin1') !== MAGIC) throw wrong('it is no Debian package (.deb)');
  const sha256 = hash.digest('hex');
  if (wanted !== undefined && sha256 !== wanted)
    throw wrong(`its SHA-256 is ${sha256}, not the one of broker.sha256`);
  return { file: path, sha256 };
}
