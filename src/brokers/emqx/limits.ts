import type { Finding } from '../../engine/step.js';
import { EMQX } from './facts.js';
import type { WantedFile } from './wanted-file.js';

const MB = 1_048_576;

/** EMQX's own default for a packet (mqtt.max_packet_size), which holds before the login. */
const PACKET = MB;

/**
 * A WebSocket frame is collected as a whole before MQTT looks at it, without a limit by default (cowboy_websocket, max_frame_size): a client
 * without an account could fill the memory. A packet fits into one frame with its head.
 */
export const FRAME = PACKET + 1024;

/** For each listener. EMQX 5 and 6 take any number by default. */
export const CONNECTIONS = 10_000;

/** EMQX knows no limit by bytes, and its default is no limit at all. */
export const RETAINED = 100_000;

/** In the plan. */
export const LIMITS_SUMMARY =
  'Limit what clients can use up: connections, WebSocket frames, retained messages, and the memory of EMQX';

/** A drop-in of its own, as the one for the start is not needed with every version. */
export const LIMITS_FILE = `/etc/systemd/system/${EMQX.unit}.d/broker-setup-limits.conf`;

/**
 * A node with nothing to do takes 350 MB, and 490 MB at its peak. The init script of 4.3 would have 1024 open files, which as many
 * silent connections use up.
 */
export const LIMITS: WantedFile = {
  path: LIMITS_FILE,
  content: `# Written by broker-setup: limits of the process. Your own settings belong into another file beside this one;
# its last word counts.
[Service]
LimitNOFILE=1048576
MemoryMax=80%
`,
  mode: '0644',
  owner: 'root:root',
};

/** What the owner's files may say beyond a default, by the last word of the key. */
const MOST: Readonly<Record<string, { value: number; default: string }>> = {
  max_packet_size: { value: PACKET, default: '1MB' },
  max_frame_size: { value: FRAME, default: String(FRAME) },
  // Packages of 4.x ship with up to 1,024,000 for the port on loopback.
  max_connections: { value: 1_024_000, default: String(CONNECTIONS) },
};

const UNITS: Readonly<Record<string, number>> = { '': 1, KB: 1024, MB, GB: 1024 * MB };

/** Lines `key = value` of both families, commented ones aside. */
const LINE =
  /^[^#\n]*?(?<![\w-])(max_(?:packet_size|frame_size|connections|retained_messages))"?[ \t]*[=:][ \t]*"?(\w+)"?/gim;

/** Pure. The limits that a text of the owner's mentions, wherever it does: those are the owner's to decide. */
export const mentioned = (theirs: string): ReadonlySet<string> =>
  new Set([...theirs.matchAll(LINE)].map(([, name = '']) => name.toLowerCase()));

/** Pure. Limits of the owner's that allow more than the default. @param theirs by path */
export function looseLimits(theirs: ReadonlyMap<string, string>): Finding[] {
  const found = [...theirs].flatMap(([path, content]) =>
    [...content.matchAll(LINE)].flatMap(([, name = '', value = '']) => {
      const most = MOST[name.toLowerCase()];
      return most && bytes(value) > most.value ? [{ path, name, value, usual: most.default }] : [];
    }),
  );
  return found.map(({ path, name, value, usual }) => ({
    id: 'conf-edits.limits',
    level: 'warn',
    summary: `${path} sets ${name} to ${value}: clients, some without an account, can fill the memory.`,
    hint: `The default is ${usual}. If you do not need more, delete that setting there, or change it in the dashboard. It stays as it is.`,
  }));
}

/** `1MB` → 1048576; no limit → Infinity. */
function bytes(value: string): number {
  const [, number = '', unit = ''] = /^(\d+)([KMG]B)?$/i.exec(value) ?? [];
  return number === '' ? Number.POSITIVE_INFINITY : Number(number) * (UNITS[unit.toUpperCase()] ?? 1);
}
