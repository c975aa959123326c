import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  port: number;
  /** Bytes that went through, both ways. */
  readonly bytes: number;
  /** Breaks all connections that are open. */
  cut(): void;
  close(): Promise<void>;
}

export interface ProxyOptions {
  port: number;
  host?: string;
  /** Milliseconds that each byte takes, one way. */
  delayMs?: number;
  /** Hands on the server's bytes in pieces of this size, each in a packet of its own. */
  pieces?: number;
  /** Breaks a connection once the server has sent this many bytes over it. */
  cutAfter?: number;
  /** Breaks a connection once the client has sent this many bytes over it; the rest never arrives. */
  cutUploadAfter?: number;
}

/** A TCP proxy on loopback that delays and cuts: the long way to a server, on one machine. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const open = new Set<Socket>();
  let bytes = 0;
  const server = createServer((near) => {
    const far = connect(options.port, options.host ?? '127.0.0.1');
    let received = 0;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    let sent = 0;
    near.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      sent += chunk.length;
      if (options.cutUploadAfter !== undefined && sent >= options.cutUploadAfter) {
        near.destroy();
        return;
      }
      later(() => far.write(chunk));
    });
    far.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      received += chunk.length;
      const broken = options.cutAfter !== undefined && received >= options.cutAfter;
      later(() => {
        const size = options.pieces ?? chunk.length;
        for (let at = 0; at < chunk.length; at += size) near.write(chunk.subarray(at, at + size));
        if (broken) near.destroy();
      });
    });
    near.on('end', () => later(() => far.end()));
    far.on('end', () => later(() => near.end()));
  });
  const later = (act: () => void): void => {
    if (options.delayMs === undefined || options.delayMs === 0) act();
    else setTimeout(act, options.delayMs);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    get bytes() {
      return bytes;
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
