import { createHash } from 'node:crypto';

/**
 * Instead of `tweetnacl`. bcrypt-pbkdf takes SHA-512 of it and nothing else, and Node has that. Any other part is missing here,
 * and calling it fails.
 */
export const lowlevel = {
  /** Writes the hash of the first `length` bytes of `message` to `out`. */
  crypto_hash(out: Uint8Array, message: Uint8Array, length: number): number {
    out.set(createHash('sha512').update(message.subarray(0, length)).digest());
    return 0;
  },
};
