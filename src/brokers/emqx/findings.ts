import type { FindingName } from '../../catalogue/index.js';
import type { FileChange } from '../../engine/change.js';
import { whyOutOfDate } from '../../engine/facts/services.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import type { Context, Finding } from '../../engine/step.js';
import { packageName } from '../../settings/emqx-versions.js';
import { type Sh, sh } from '../../sh.js';
import { asRootFinding } from '../as-root.js';
import { takenPorts } from '../taken-ports.js';
import { type AccountCode, accountFindings } from './accounts.js';
import { namesIpv4, refuseAtTheEnd } from './acl.js';
import { activate, ready } from './activate.js';
import { EMQX, PORTS, VM } from './facts.js';
import { LIMITS, LIMITS_FILE, LIMITS_SUMMARY } from './limits.js';
import { isSinceItsFiles, type Seen } from './look.js';
import { RESTARTS_FILE, RESTARTS_SUMMARY, restartFiles, slowRestarts } from './restarts.js';
import type { WantedFile } from './wanted-file.js';

/** What a family knows of its files. */
export interface FamilyView {
  version: string;
  code: AccountCode;
  /** Prints what EMQX finds wrong with its files and exits non-zero for that. */
  validate: Sh;
  /** How acl.conf spells "every client that has logged in". */
  everyone: string;
  /** Files that only a person can put right. */
  broken: Finding[];
  /** Settings that do not hold, each in the words of the plan. */
  lacking: readonly { id: FindingName<'conf-edits'>; summary: string }[];
  /** All files but acl.conf, as they should be. */
  files: readonly WantedFile[];
  /** What the running node does against files that it was started with. */
  overruled?: readonly Finding[];
  /** What cannot be kept from the world but by the firewall. */
  open: readonly string[];
  /** What no setting mends. @param settled the node runs with the files as they should be */
  warnings?(settled: boolean): readonly Finding[];
}

/**
 * Pure. Each setting is a finding of its own; one change brings all of them, as a start takes up to half a minute. Accounts live
 * in the running node, so they come last.
 */
export function findings(seen: Seen, context: Context, view: FamilyView): Finding[] {
  const impossible = [
    ...takenPorts(seen.listening, context.broker.listeners(context.settings), VM, seen.files, context.broker),
    ...missing(seen, view.version),
    ...withoutObjects(seen, context),
    ...asRootFinding('EMQX', seen.root, OWN_USER),
    ...view.broken,
  ];
  if (impossible.length > 0) return impossible;
  const { overruled = [] } = view;
  const acl = seen.files.get(EMQX.acl);
  const rules = refuseAtTheEnd(acl?.content ?? '', view.everyone);
  const files = fileChanges(seen.files, [
    ...view.files,
    LIMITS,
    ...restartFiles(view.version, seen.restarts, seen.files.has(RESTARTS_FILE)),
    { path: EMQX.acl, content: rules, mode: acl?.mode ?? '0644' },
  ]);
  const start = activate(view.validate, { tcp: portsOf('tcp', context), udp: portsOf('udp', context) });
  // Before the package is there, its files are not known: the plan names what will hold, not how they will look.
  const begun = seen.installed
    ? (writing(files, start, seen) ??
      restart(
        seen,
        start,
        context,
        overruled.some(({ level }) => level === 'change'),
      ))
    : BEGIN;
  if (!seen.accounts && !begun) throw new Error(unanswered(seen));
  return [
    ...named([
      ...view.lacking,
      ...(files.some(({ path }) => path === LIMITS_FILE)
        ? [{ id: 'limits' as const, summary: LIMITS_SUMMARY }]
        : []),
      ...(files.some(({ path }) => path === RESTARTS_FILE)
        ? [{ id: 'restarts' as const, summary: RESTARTS_SUMMARY }]
        : []),
    ]),
    ...(acl?.content === rules ? [] : [RULES]),
    ...overruled,
    ...(begun ? [begun] : []),
    ...openData(seen),
    ...(seen.accounts ? accountFindings(seen.accounts, context, view.code) : []),
    ...(seen.enabled ? [] : [ENABLE]),
    ...byFirewall(view),
    ...addressRules(seen, rules),
    ...slowRestarts(
      seen.restarts,
      seen.files.has(RESTARTS_FILE) && !files.some(({ path }) => path === RESTARTS_FILE),
    ),
    ...(view.warnings?.(begun === undefined) ?? []),
  ];
}

const OWN_USER = `See which file says so with: systemctl cat ${EMQX.unit}. Take it out there; then have it start as its own user, with the files that root has written: sudo systemctl stop ${EMQX.unit}; sudo chown -R ${EMQX.user}:${EMQX.user} ${EMQX.data} ${EMQX.log}; sudo systemctl daemon-reload; sudo systemctl start ${EMQX.unit}`;

/** Of a node that is not alone: the others must reach them. */
export const INNER_PORTS = `the inner ports (${PORTS.distribution}, ${PORTS.rpc}) of a node that is not alone`;

/** A node that cannot be asked is not known to do what its files say. */
const unanswered = ({ unanswered: words }: Seen): string =>
  `EMQX runs, but does not answer what accounts and settings it has${words === undefined ? '.' : `: ${words}`}`;

/** In the plan of a server without EMQX. */
const BEGIN: Finding = {
  id: 'conf-edits.config',
  level: 'change',
  summary: 'Write these settings into the files of EMQX, and start it with them',
};

/** Last: a server that restarts after a run that failed must not open what ships with EMQX. */
const ENABLE: Finding = {
  id: 'conf-edits.service',
  level: 'change',
  summary: 'Start EMQX at every start of the server',
  change: {
    kind: 'run',
    script: sh`systemctl enable ${EMQX.unit} 2>&1`,
    undo: { activate: sh`systemctl disable ${EMQX.unit}` },
  },
};

/** acl.conf is a setting like the others, but a list of rules. */
const RULES: Finding = {
  id: 'conf-edits.rules',
  level: 'change',
  summary:
    'Let the rules in acl.conf end in a refusal; clients with an account may use all topics, but not read # and $SYS',
};

/** Several parts of one thing are one line of the plan. */
function named(lacking: FamilyView['lacking']): Finding[] {
  const found = new Map(lacking.map(({ id, summary }) => [id, summary]));
  return [...found].map(([id, summary]) => ({ id: `conf-edits.${id}`, level: 'change', summary }));
}

function missing({ installed, files }: Seen, version: string): Finding[] {
  if (!installed || files.has(EMQX.conf)) return [];
  return [
    {
      id: 'conf-edits.missing',
      level: 'stop',
      summary: `EMQX is installed, but ${EMQX.conf} is missing.`,
      hint: `Lay it down again on the server: sudo apt-get install --reinstall -o Dpkg::Options::=--force-confmiss ${packageName(version)}`,
    },
  ];
}

/** Without them the gateway is not started, and EMQX says so only in its log (emqx_gateway_app.erl at 6.2.2). */
function withoutObjects({ installed, lwm2mObjects }: Seen, { settings }: Context): Finding[] {
  if (!installed || lwm2mObjects || !settings.protocols.includes('lwm2m')) return [];
  return [
    {
      id: 'conf-edits.lwm2m-objects',
      level: 'stop',
      summary: `This EMQX came without the descriptions of objects that LwM2M needs (${EMQX.etc}/lwm2m_xml).`,
      hint: 'Lay the XML files of the Open Mobile Alliance for your devices there, or leave lwm2m out of protocols.',
    },
  ];
}

function byFirewall({ version, open }: FamilyView): Finding[] {
  if (open.length === 0) return [];
  return [
    {
      id: 'conf-edits.by-firewall',
      level: 'warn',
      summary: `EMQX ${version} cannot keep ${open.join(' and ')} to the server itself: only the firewall does.`,
      hint: 'Leave ufw on.',
    },
  ];
}

/** Of one port for both families EMQX is told IPv4 as ::ffff:192.0.2.1, and compares as it is told (esockd_cidr.erl). */
function addressRules({ files, bothFamilies }: Seen, rules: string): Finding[] {
  const contents = new Map([
    [EMQX.acl, rules],
    [EMQX.conf, files.get(EMQX.conf)?.content ?? ''],
  ]);
  const named = [...contents].filter(([, content]) => namesIpv4(content)).map(([path]) => path);
  if (!bothFamilies || named.length === 0) return [];
  return [
    {
      id: 'conf-edits.address-rules',
      level: 'warn',
      summary: `Rules for IPv4 addresses in ${named.join(' and ')} do not fit clients of the open ports: EMQX sees them as ::ffff:192.0.2.1.`,
      hint: 'Name both: "192.0.2.1" and "::ffff:192.0.2.1". Of a network, 192.0.2.0/24 is ::ffff:192.0.2.0/120.',
    },
  ];
}

/** The ports that must be open on the server once EMQX runs. */
function portsOf(of: 'tcp' | 'udp', { broker, settings }: Context): number[] {
  return broker
    .listeners(settings)
    .filter(({ transport }) => transport === of)
    .map(({ port }) => port);
}

/** One change for all files, so that EMQX is started once, and all of them go back where it does not come up. */
function writing(files: FileChange[], start: Sh, { started }: Seen): Finding | undefined {
  if (files.length === 0) return undefined;
  // As it ships it lets everybody in: if it did not run before, it does not run with those files now.
  const stop = sh`systemctl stop ${EMQX.unit}`;
  const otherwise =
    started === undefined
      ? { fallback: stop }
      : { undo: sh`systemctl daemon-reload; systemctl try-restart ${EMQX.unit}` };
  return { ...BEGIN, change: { kind: 'write', files, activate: start, ...otherwise } };
}

/** For files that are right while the running EMQX is not what they say. */
function restart(seen: Seen, start: Sh, context: Context, overruled: boolean): Finding | undefined {
  const anew = (reason: string): Finding => ({
    id: 'conf-edits.restart',
    level: 'change',
    summary: `Start EMQX anew: ${reason}`,
    change: { kind: 'run', script: start, undo: 'nothing' },
  });
  const { started, listening, age, replaced } = seen;
  if (started === undefined) return anew('it does not run');
  if (!isSinceItsFiles(seen)) return anew('its files were changed after it was started');
  const outOfDate = whyOutOfDate(replaced);
  if (outOfDate !== undefined) return anew(outOfDate);
  if (overruled) return anew('it does something else than its files say');
  const closed = portsOf('tcp', context).filter((port) => !listening.has(port));
  if (closed.length === 0) return undefined;
  const doors = `${closed.join(', ')}, which its configuration opens`;
  if (age > STARTING) return anew(`nothing listens on ${doors}`);
  return {
    id: 'conf-edits.restart',
    level: 'change',
    summary: `Wait until EMQX, which was started just now, has opened ${doors}`,
    change: {
      kind: 'run',
      undo: 'nothing',
      script: sh`(
${ready}
for port in ${closed}; do ss -ltnH "sport = :$port" | grep -q . || exit 1; done
) || {
${start}
}`,
    },
  };
}

/** As long as a node is younger than this, in seconds, its ports may still be to come: 4.3.5 took up to 36. */
const STARTING = 120;

/** The cookie lies in the data as well; and 4.3 logs the password of each login that failed (seen with 4.3.5). */
function openData({ open }: Seen): Finding[] {
  if (open.length === 0) return [];
  return [
    {
      id: 'conf-edits.data',
      level: 'change',
      summary: `Keep everybody else on the server out of ${open.join(' and ')}, where EMQX leaves secrets`,
      change: {
        kind: 'run',
        script: sh`chmod o-rwx ${open}`,
        undo: { stays: `Others stay kept out of ${open.join(' and ')}.` },
      },
    },
  ];
}

/** The changes that make files as they should be; none for a file that already is. */
function fileChanges(files: ReadonlyMap<string, SeenFile>, wanted: readonly WantedFile[]): FileChange[] {
  const own = `${EMQX.user}:${EMQX.user}`;
  return wanted.flatMap(({ path, content, before, mode, owner = own }) => {
    const seen = files.get(path);
    if (isAsWanted(seen, { content, mode, owner })) return [];
    return [{ path, content, mode, owner, before: before ?? seen?.content }];
  });
}
