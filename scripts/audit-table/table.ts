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
  /** Of the broker; it is said of those that are not Mosquitto. */
  broker: string | undefined;
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
}

const MARK = '<!-- audit -->';

/** Pure. The text with the block between its two marks. @throws Error where the marks are not there */
export const withBlock = (readme: string, block: string): string =>
  between(readme, MARK, block, 'the numbers');

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

function title({ release, profile, broker }: Server): string {
  const how = profile === undefined ? 'fresh' : `\`${profile}\``;
  return [DEBIAN[release], how, ...(broker === undefined ? [] : [broker])].join(', ');
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
  const emqx = all.some(({ tls }) => tls.some(({ port }) => port === 18084));
  const found = all.flatMap((one) =>
    one.tls.flatMap(({ port, above }) => above.map((what) => `${title(one)}, ${port}: ${what}`)),
  );
  return [
    `Measured on ${day} by \`npm run audit-table\` on throwaway servers (systemd-nspawn), from another machine over IPv4.`,
    `Tools: ${[...tools, ...lynis].join(', ')}. Policies: ${policies.join('; ')}.`,
    `UDP ports asked: ${KNOWN_UDP.join(', ')}.`,
    'Left out, as it is the rehearsal’s own doing: its certificate authority names no list of revoked certificates. Of what Lynis looks at, a container lets neither kernel nor boot loader be judged as on a virtual server.',
    ...(emqx
      ? [
          'EMQX was built from its source at the tag, with Debian’s Erlang: the TLS of the vendor’s own build may differ.',
        ]
      : [
          'Port 18084, EMQX’s dashboard, was not measured: the tests have a stand-in for EMQX, and its TLS would say nothing about the real one.',
        ]),
    ...(found.length > 0 ? [`Above low: ${found.join('; ')}.`] : []),
  ].join('\n');
}
