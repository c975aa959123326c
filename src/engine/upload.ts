import type { Host } from '../host/host.js';
import { lines, type Sh, sh } from '../sh.js';
import { MOST, openUserFile } from '../user-file.js';
import type { Change } from './change.js';

/** How much travels in one script: few enough for a small server's memory, many enough for a far one's round trips. */
const PIECE = 2 * 1024 * 1024;

export type Upload = Extract<Change, { kind: 'upload' }>;

/** Lays a piece behind those that are there already; the first one begins anew. */
function piece(to: string, data: Buffer, first: boolean): Sh {
  const begin = sh`mkdir -p -m 0755 "$(dirname ${to})" && : >${`${to}.part`}`;
  return lines(
    sh`set -eu
umask 022`,
    ...(first ? [begin] : []),
    sh`printf %s ${data.toString('base64')} | base64 -d >>${`${to}.part`}`,
  );
}

/** What arrived takes its place only where it is what was meant to be sent. */
function finish({ to, sha256 }: Upload): Sh {
  return sh`set -eu
if ! printf '%s  %s\\n' ${sha256} ${`${to}.part`} | sha256sum --check --status; then
  rm -f ${`${to}.part`}
  echo 'broker-setup: The file arrived damaged, or changed on this computer meanwhile.' >&2
  echo 'broker-setup: Run the same command again.' >&2
  exit 1
fi
mv -f ${`${to}.part`} ${to}`;
}

/**
 * Sends a file of this computer in pieces, each a script of its own.
 * @param run runs one script. @throws whatever it throws
 */
export async function upload(
  run: (script: Sh) => ReturnType<Host['run']>,
  change: Upload,
  onLine: (line: string) => void,
): ReturnType<Host['run']> {
  const file = await openUserFile(change.file, MOST.package);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(PIECE);
    for (let sent = 0; sent < size; ) {
      const { bytesRead } = await file.read(buffer, 0, PIECE, sent);
      if (bytesRead === 0) break;
      const result = await run(piece(change.to, buffer.subarray(0, bytesRead), sent === 0));
      if (result.code !== 0) return result;
      sent += bytesRead;
      onLine(`Sending ${change.file}: ${Math.floor((100 * sent) / size)} %`);
    }
    return await run(finish(change));
  } finally {
    await file.close();
  }
}
