import { type Sh, sh } from '../../sh.js';

/** Who listens on a port of the server. */
export interface ListeningSocket {
  transport: 'tcp' | 'udp';
  /** As ss(8) prints it: `0.0.0.0`, `[::1]`, `*`, `127.0.0.53%lo`. */
  address: string;
  port: number;
  /** The programs that hold it, sshd and systemd with socket activation; none where ss does not say. */
  owners: readonly { program: string; pid: number }[];
}

/** Shell that prints all listeners. */
export const printListeners: Sh = sh`ss -Hltunp`;

/** `tcp LISTEN 0 100 0.0.0.0:8883 0.0.0.0:* users:(("mosquitto",pid=1,fd=5))` */
const LINE = /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(.*)$/gm;
const OWNER = /\("([^"]*)",pid=(\d+),/g;

/** Pure. */
export function parseListeners(stdout: string): ListeningSocket[] {
  return [...stdout.matchAll(LINE)].map(([, transport, address = '', port, users = '']) => ({
    transport: transport === 'udp' ? 'udp' : 'tcp',
    address,
    port: Number(port),
    owners: [...users.matchAll(OWNER)].map(([, program = '', pid]) => ({ program, pid: Number(pid) })),
  }));
}
