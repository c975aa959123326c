import type { Algorithms } from 'ssh2';
import zlib from 'ssh2/lib/protocol/zlib.js';

/**
 * Scripts and the answers to probes shrink to a third. A new TCP connection carries some 14 kB in each direction before it waits
 * (RFC 6928), so over a long distance this saves two round trips. It begins after the login only, and a server may refuse it
 * (sshd_config(5), Compression), as one with the strict profile does.
 */
export const COMPRESSION: NonNullable<Algorithms['compress']> = ['zlib@openssh.com', 'none'];

/**
 * ssh2 closes the compressor with the connection. What a channel still has to say then throws from inside a stream, where nobody can
 * catch it (mscdex/ssh2#1178); without compression the closed cipher drops it. Left open, it is dropped there as well, and memory is freed
 * with the object.
 */
zlib.ZlibPacketWriter.prototype.cleanup = () => undefined;
