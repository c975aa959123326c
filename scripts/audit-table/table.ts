import type { Release } from '../../src/rehearsal/index.js';
import { between } from '../page.js';
import type { Exposure } from './inside.js';
import { KNOWN_UDP } from './nmap.js';
import { DEBIAN, type PolicyAudit, type SshAudit } from './ssh-audit.js';
import type { TlsAudit } from './testssl.js';

/** A server to measure. */
export interface Server {
  release: Release;
  /** Value of the setting `hardening`; undefined for a server that stays fresh. */
  profile: string | undefined;
  /** undefined: its broker, if it has one, is Mosquitto. */
  emqx: { version: string; origin: string } | undefined;
  /** What broker.yaml holds beyond what a rehearsal needs. */
  settings: object;
}

/** What was measured on it. */
export interface Audited extends Server {
  lynis: { index: number; version: string };
  ssh: SshAudit;
  policy: PolicyAudit;
  tls: TlsAudit[];
  tcp: number[];
  udp: number[];
  /** Ports that answer where everything is as the settings ask. */
  asked: { tcp: number[]; udp: number[] };
  units: Exposure[];
  /** The Erlang/OTP that EMQX is built with, by its own word. */
  erlang: string | undefined;
}

/** What stands in the README before and after each table. A table is measured whole or stays as it is, so each says when and with what. */
export const MARKS = { mosquitto: '<!-- audit -->', emqx: '<!-- audit of EMQX -->' } as const;

/** Pure. The text with the block between its two marks. @throws Error where the marks are not there */
export const withBlock = (readme: string, mark: string, block: string): string =>
  between(readme, mark, block, 'the numbers');

/** Pure. The table with its notes, as it stands in the README. @param tools name and version of those that look from outside */
export function block(all: readonly Audited[], tools: readonly string[], day: string): string {
  const head = [
    'Server',
    'Lynis index',
    'ssh-audit: failures, warnings',
    'beyond its hardened policy',
    'testssl.sh: grade, findings above low',
    'TCP ports that answer',
    'UDP ports that answer',
    'exposure of units (0 to 10)',
  ];
  const rows = all.map((one) => [
    title(one),
    String(one.lynis.index),
    `${one.ssh.failures.length}, ${one.ssh.warnings.length}`,
    policyCell(one.policy),
    one.tls.map(({ port, grade, above }) => `${port}: ${grade}, ${above.length}`).join('<br>') || '–',
    portsCell(one.tcp, one.asked.tcp),
    portsCell(one.udp, one.asked.udp),
    one.units
      .map(({ unit, exposure }) => `${unit.replace(/\.service$/, '')} ${exposure.toFixed(1)}`)
      .join('<br>') || '–',
  ]);
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${table}\n\n${notes(all, tools, day)}`;
}

/** Pure. What its name says of its broker. */
export const brokerIn = ({ emqx }: Server): string[] => (emqx ? [`EMQX ${emqx.version}`] : []);

function title(server: Server): string {
  const { release, profile } = server;
  const how = profile === undefined ? 'fresh' : `\`${profile}\``;
  return [DEBIAN[release], how, ...brokerIn(server)].join(', ');
}

function policyCell({ passed, outside, differs }: PolicyAudit): string {
  if (passed) return '0, passed';
  return `${outside.length}${outside.length === 0 ? `, fewer or in another order: ${differs.map(asWords).join(', ')}` : ''}`;
}

/** `Host keys` within a sentence; `MACs` stays. */
const asWords = (field: string) => field.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());

function portsCell(open: readonly number[], asked: readonly number[]): string {
  const more = open.filter((port) => !asked.includes(port));
  const less = asked.filter((port) => !open.includes(port));
  return [
    open.join(', ') || 'none',
    ...(more.length > 0 ? [`not asked for: ${more.join(', ')}`] : []),
    ...(less.length > 0 ? [`silent: ${less.join(', ')}`] : []),
  ].join('; ');
}

function notes(all: readonly Audited[], tools: readonly string[], day: string): string {
  const lynis = [
    ...new Set(all.map(({ release, lynis: { version } }) => `${version} on ${DEBIAN[release]}`)),
  ];
  const policies = [...new Set(all.map(({ release, policy }) => `${policy.policy} for ${DEBIAN[release]}`))];
  const origins = all.flatMap(({ emqx, erlang }) =>
    emqx
      ? [
          `EMQX ${emqx.version} from ${emqx.origin}. Its TLS is that of Erlang/OTP ${erlang}; another build may have another.`,
        ]
      : [],
  );
  const found = all.flatMap(aboveLow);
  return [
    `Measured on ${day} by \`npm run audit-table\` on throwaway servers (systemd-nspawn), from another machine over IPv4.`,
    `Tools: ${[...tools, ...lynis].join(', ')}. Policies: ${policies.join('; ')}.`,
    `UDP ports asked: ${KNOWN_UDP.join(', ')}.`,
    'Left out, as it is the rehearsal’s own doing: its certificate authority names no list of revoked certificates. Of what Lynis looks at, a container lets neither kernel nor boot loader be judged as on a virtual server.',
    ...origins,
    ...(found.length > 0 ? [`Above low: ${found.join('; ')}.`] : []),
  ].join('\n');
}

/** Each finding once, with the ports that have it. */
function aboveLow(one: Audited): string[] {
  const findings = new Set(one.tls.flatMap(({ above }) => above));
  return [...findings].map((finding) => {
    const ports = one.tls.filter(({ above }) => above.includes(finding)).map(({ port }) => port);
    return `${title(one)}, ${ports.join(', ')}: ${finding}`;
  });
}
