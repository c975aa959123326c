/**
 * Pure. One field of an SSH structure, which has its length before it (RFC 4251 section 5, "string").
 * @param at where its length begins
 * @returns the field; undefined where it is cut off, or nothing is left
 */
export function fieldAt(bytes: Buffer, at = 0): Buffer | undefined {
  if (at + 4 > bytes.length) return undefined;
  const end = at + 4 + bytes.readUInt32BE(at);
  return end > bytes.length ? undefined : bytes.subarray(at + 4, end);
}
