/** Bytes that arrive piece by piece, kept in one place: a piece of one byte costs one byte. */
export interface Bytes {
  add(piece: Buffer): void;
  size(): number;
  /** A view that is good until the next piece. */
  all(): Buffer;
}

/** Doubles the room it has when that is full, so the time that it takes grows with the bytes only. */
export function bytes(): Bytes {
  let room = Buffer.alloc(0);
  let size = 0;
  return {
    add(piece) {
      if (size + piece.length > room.length) {
        const larger = Buffer.alloc(Math.max(1024, 2 * room.length, size + piece.length));
        room.copy(larger, 0, 0, size);
        room = larger;
      }
      size += piece.copy(room, size);
    },
    size: () => size,
    all: () => room.subarray(0, size),
  };
}
