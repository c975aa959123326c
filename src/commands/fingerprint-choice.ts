import { UsageError } from '../errors.js';
import type { Digest } from '../fingerprint.js';
import type { FingerprintFlags } from '../session/flags.js';

/** What the flags of `fingerprint` ask for. */
export interface Choice {
  /** Printed in this order; of several each has its name before it. */
  digests: readonly Digest[];
  format: NonNullable<FingerprintFlags['format']>;
  from: NonNullable<FingerprintFlags['from']>;
}

/**
 * Pure. SHA-1 with colons unless the flags say otherwise, as most guides for devices use it; of a server of one's own
 * both certificates, of any other HOST the one that it presents.
 * @throws UsageError for flags that contradict each other
 */
export function choose(host: string | undefined, flags: FingerprintFlags): Choice {
  const { json, format = json ? 'json' : 'colon' } = flags;
  const digests = digestsOf(flags);
  if (json && format !== 'json') throw new UsageError(`--json and --format ${format} contradict each other.`);
  if (format === 'arduino' && digests.some((digest) => digest !== 'sha1')) {
    throw new UsageError('--format arduino is for the SHA-1 fingerprint alone.', [], {
      hint: "It is what ESP8266's setFingerprint takes. For ESP32's verify: --sha256, with any other format.",
    });
  }
  return { digests, format, from: flags.from ?? (host === undefined ? 'both' : 'served') };
}

function digestsOf({ all, sha256, spki }: FingerprintFlags): Choice['digests'] {
  if (all) return ['sha1', 'sha256', 'spki'];
  return [spki ? 'spki' : sha256 ? 'sha256' : 'sha1'];
}
