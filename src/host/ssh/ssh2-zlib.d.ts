/** Inside ssh2, so not in its types: what compresses the packets that are sent. */
declare module 'ssh2/lib/protocol/zlib.js' {
  const zlib: { ZlibPacketWriter: { prototype: { cleanup(): void } } };
  export default zlib;
}
