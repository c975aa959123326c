import { EMQX } from '../../../src/brokers/emqx/facts.js';
import { brokerFor } from '../../../src/brokers/index.js';
import type { FileChange } from '../../../src/engine/change.js';
import type { Probed } from '../../../src/engine/probe.js';
import type { SeenFile } from '../../../src/engine/seen-files.js';
import type { Context, Finding } from '../../../src/engine/step.js';
import type { Settings } from '../../../src/settings/schema.js';
import { withFile as fileInRecording, probed, withListeners, withServices, withUnit } from '../../facts.js';
import { contextWith } from '../../recorded.js';

/** A server with EMQX, as far as its probe tells. */
export interface Node {
  files: ReadonlyMap<string, SeenFile>;
  /** Whether it was ever started. */
  used: boolean;
  /** Seconds since 1970; undefined: it does not run. */
  started: number | undefined;
  /** For how many seconds. */
  age: number;
  changed: number;
  /** dashboard, device, application, everywhere; undefined: it does not answer. */
  accounts: string | undefined;
  listening: ReadonlyMap<number, string>;
  /** Names of the nodes that have left data. */
  nodes?: readonly string[];
  /** Folders that everybody may enter. */
  open: readonly string[];
  /** Whether it is started with the server. */
  enabled: boolean;
  /** Whether the package has brought the descriptions of objects for LwM2M. */
  lwm2mObjects: boolean;
  /** As printServices prints them. */
  services?: readonly string[];
  /** Properties of its unit, by systemd's names. */
  unit?: Readonly<Record<string, string>>;
  /** Whether a port for IPv6 takes IPv4 as well. */
  bothFamilies?: boolean;
  /** The cookies that the files of the package contain; default: those of 6.2.2. */
  shippedCookies?: string;
  /** The last words of a node that runs and does not answer. */
  unanswered?: string;
}

const PACKAGED = { mode: '0644', owner: 'emqx:emqx' };

export function contextFor(version: string, other: Partial<Settings> = {}): Context {
  return contextWith({ settings: { broker: { kind: 'emqx', version, agree_licence: true }, ...other } });
}

/** After the package was installed; it starts nothing, and is not started with the server. */
export function installed(files: ReadonlyMap<string, string>): Node {
  return {
    files: new Map([...files].map(([path, content]) => [path, { content, ...PACKAGED }])),
    used: false,
    started: undefined,
    age: 0,
    changed: 1000,
    accounts: undefined,
    listening: new Map(),
    open: ['/var/lib/emqx', '/var/log/emqx'],
    enabled: false,
    lwm2mObjects: true,
  };
}

/** What the probe prints on such a server. */
export function answer(node: Node): Probed {
  const lines = [
    'installed=yes',
    `shipped-cookies=${node.shippedCookies ?? 'emqxsecretcookie emqx50elixir'}`,
    ...(node.used ? ['used=yes'] : []),
    ...(node.lwm2mObjects ? ['lwm2m-objects=there'] : []),
    ...(node.bothFamilies ? ['families=both'] : []),
    `nodes=${(node.nodes ?? []).join(' ')}`,
    `open=${node.open.join(' ')}`,
    `changed=${node.changed}`,
    ...(node.started === undefined ? [] : [`age=${node.age}`, `started=${node.started}`]),
    ...(node.unanswered === undefined ? [] : [`unanswered=${node.unanswered}`]),
    ...(node.accounts === undefined ? [] : [`accounts=${node.accounts}`]),
  ];
  const listeners = [...node.listening].map(
    ([port, program]) => `tcp LISTEN 0 1024 0.0.0.0:${port} 0.0.0.0:* users:(("${program}",pid=7,fd=9))`,
  );
  const recording = withUnit(withListeners(`${lines.join('\n')}\n`, listeners.join('\n')), EMQX.unit, {
    UnitFileState: node.enabled ? 'enabled' : 'disabled',
    ...node.unit,
  });
  const whole = withServices(recording, ...(node.services ?? []));
  return probed([...node.files].reduce((text, [path, file]) => fileInRecording(text, path, file), whole));
}

export const findings = (node: Node, context: Context): Finding[] =>
  brokerFor(context.settings).conf.see(answer(node), context).findings;

/** Ids without the name of the step. */
export const ids = (node: Node, context: Context): string[] =>
  findings(node, context).map(({ id }) => id.replace('conf-edits.', ''));

export function written(node: Node, context: Context): FileChange[] {
  return findings(node, context).flatMap(({ change }) => (change?.kind === 'write' ? change.files : []));
}

export const text = ({ content }: FileChange): string =>
  typeof content === 'string' ? content : content.reveal();

/** After the change of files was applied and EMQX was started with them. */
export function begun(node: Node, context: Context): Node {
  const files = new Map(node.files);
  for (const file of written(node, context)) {
    files.set(file.path, { content: text(file), mode: file.mode, owner: file.owner });
  }
  const ports = context.broker.listeners(context.settings).filter(({ transport }) => transport === 'tcp');
  return {
    ...node,
    files,
    used: true,
    started: 2000,
    age: 100_000,
    changed: 1500,
    accounts: 'none,false,false,true',
    listening: new Map(ports.map(({ port }) => [port, 'beam.smp'])),
    open: [],
  };
}

/** After all changes. */
export function complete(node: Node, context: Context): Node {
  return { ...begun(node, context), accounts: 'own,true,false,true', enabled: true };
}

/** The same server with one file otherwise. @throws where there is nothing to spoil */
export function withFile(node: Node, path: string, change: (content: string) => string): Node {
  const file = node.files.get(path);
  const content = change(file?.content ?? '');
  if (!file || content === file.content) throw new Error(`nothing to spoil in ${path}`);
  return { ...node, files: new Map(node.files).set(path, { ...file, content }) };
}
