import { type Sh, sh } from '../sh.js';
import type { Listening } from './inventory.js';

/** One line of `ss -ltnpH`: `LISTEN 0 100 127.0.0.1:1883 0.0.0.0:* users:(("mosquitto",pid=58,fd=5))` */
const LINE = /^LISTEN\s+\d+\s+\d+\s+\S+:(\d+)\s+\S+(?:\s+users:\(\("([^"]*)"(?:,pid=(\d+))?)?/gm;

/** Pure. Who listens where, from `ss -ltnpH`: TCP port → name of the program, '' where ss does not tell. */
export function programs(ss: string): Map<number, string> {
  return new Map([...ss.matchAll(LINE)].map(([, port, program = '']) => [Number(port), program]));
}

/** Pure. As programs(), TCP port → id of the process; only those that ss tells. */
export function processes(ss: string): Map<number, number> {
  const told = [...ss.matchAll(LINE)].filter(([, , , id]) => id !== undefined);
  return new Map(told.map(([, port, , id]) => [Number(port), Number(id)]));
}

/** Shell that tells who listens where, for listening(). */
export const tellListening: Sh = sh`ss -Hltunp`;

/** Pure. Lines of ss(8) -Hltunp: `tcp LISTEN 0 100 0.0.0.0:8883 0.0.0.0:* users:(("mosquitto",pid=1,fd=5))`. */
export function listening(stdout: string): Listening[] {
  const lines = stdout.matchAll(
    /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+users:\(\("([^"]*)")?/gm,
  );
  const found = new Map<string, Listening>();
  for (const [, transport, address = '', port, program = ''] of lines) {
    const one: Listening = {
      port: Number(port),
      transport: transport === 'udp' ? 'udp' : 'tcp',
      program,
      world: !/^(127\.|\[::1\]|\[?::ffff:127\.)|%lo$/.test(address),
    };
    const key = `${one.transport} ${one.port}`;
    const other = found.get(key);
    // The same port for both families, or for the world and the server itself: what reaches further counts.
    if (!other || (one.world && !other.world)) found.set(key, one);
  }
  return [...found.values()];
}
