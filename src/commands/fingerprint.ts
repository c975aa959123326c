import { EXIT } from '../errors.js';
import { type Fingerprint, fingerprintOf } from '../fingerprint.js';
import { presentedCertificate, type TlsDoor } from '../proofs/handshake.js';
import type { FingerprintFlags } from '../session/flags.js';
import { show } from '../terminal/screen.js';
import {
  fingerprintJson,
  fingerprintLines,
  fingerprintNotes,
  type Renewal,
  type Sighting,
} from '../ui/fingerprint-lines.js';
import { type Choice, choose } from './fingerprint-choice.js';
import { outcome, uncheckable } from './fingerprint-outcome.js';
import { parseDoor } from './host-port.js';

/**
 * Prints what devices pin. Of any HOST it is what one TLS handshake shows: no login, no settings, no trust. Of the server
 * that the settings describe it is compared with the certificate on the server's disk.
 * Settings, SSH and colours are loaded only where they are needed: `fingerprint HOST` is to be quick.
 * @returns the exit code: failed where the two certificates differ, unchecked where only the one on disk could not be read
 * @throws UsageError; SetupError with the exit code unchecked where there is nothing to print
 */
export async function fingerprint(host: string | undefined, flags: FingerprintFlags): Promise<number> {
  const choice = choose(host, flags);
  if (host === undefined || choice.from !== 'served') return ofOwnServer(host, choice, flags);
  const door = parseDoor(host);
  const served = await presented(door).catch(uncheckable);
  print({ host: door.servername, port: door.port, served, disk: undefined }, choice, 'perhaps');
  return EXIT.ok;
}

async function ofOwnServer(
  host: string | undefined,
  choice: Choice,
  flags: FingerprintFlags,
): Promise<number> {
  const { ownServer } = await import('./own-server.js');
  const { door, onDisk } = await ownServer(host, flags);
  const { from } = choice;
  const [served, disk] = await Promise.allSettled([
    from === 'disk' ? undefined : presented(door),
    from === 'served' ? undefined : onDisk(),
  ]);
  const { complaint, exitCode, ...seen } = outcome(served, disk, from);
  const port = from === 'disk' ? undefined : door.port;
  print({ host: door.servername, port, ...seen }, choice, exitCode === EXIT.failed ? 'replaced' : 'certbot');
  if (complaint) {
    const { printError } = await import('../ui/error.js');
    printError(complaint, { verbose: false });
  }
  return exitCode;
}

async function presented(door: TlsDoor): Promise<Fingerprint> {
  return fingerprintOf(await presentedCertificate(door));
}

/** The value alone on standard output; for a person what else to know on standard error. */
function print(sighting: Sighting, { digests, format }: Choice, renewal: Renewal): void {
  const { host, port, served, disk } = sighting;
  const seen = served ?? disk;
  if (!seen) return;
  if (format === 'json') {
    show(fingerprintJson(sighting));
    return;
  }
  show(fingerprintLines(seen, digests, format));
  if (!process.stdout.isTTY) return;
  const where = port === undefined ? `${host} on the server's disk` : `${host}:${port}`;
  show(fingerprintNotes(where, seen, renewal, new Date()), process.stderr);
}
