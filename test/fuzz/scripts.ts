import { readdirSync, readFileSync } from 'node:fs';
import { brokerFor } from '../../src/brokers/index.js';
import { checks } from '../../src/doctor/checks/index.js';
import { watch } from '../../src/doctor/checks/watch.js';
import { toShell } from '../../src/engine/apply.js';
import type { Change } from '../../src/engine/change.js';
import { armScript } from '../../src/engine/guard.js';
import { parseServer } from '../../src/engine/server.js';
import type { Context, Finding, Step } from '../../src/engine/step.js';
import { reactivation } from '../../src/run-log/keep.js';
import type { Settings } from '../../src/settings/schema.js';
import { Secret, sh } from '../../src/sh.js';
import { steps } from '../../src/steps/index.js';
import { probed } from '../facts.js';

const PARTS: readonly Step[] = [...steps, ...checks, watch('present'), watch('absent')];

const read = (part: string, name: string) => readFileSync(`test/fixtures/${part}/${name}`, 'utf8');

/** What each part was answered by real servers, and no answer at all: between them most changes are found. */
const ANSWERS: ReadonlyMap<string, readonly string[]> = new Map(
  PARTS.map(({ id }) => {
    const there = readdirSync('test/fixtures').includes(id);
    const told = there ? readdirSync(`test/fixtures/${id}`).map((name) => read(id, name)) : [];
    return [id, ['', ...told, ...(id === 'watch' ? told.map((text) => `${text}sendmail=present\n`) : [])]];
  }),
);

const SERVER = parseServer(probed(read('server', 'bookworm-done.txt')), 'root', '203.0.113.7');

/** The oldest that is supported: some programs are told other things there. */
const OLD_SERVER = { ...SERVER, id: 'ubuntu', version: '20.04', codename: 'focal' };

/** Passwords that a person typed. */
export interface Typed {
  sudoPassword: string;
}

function contexts(settings: Settings, { sudoPassword }: Typed): Context[] {
  const { broker, certificate, user, domain } = settings;
  const file = broker.kind === 'emqx' ? broker.package : undefined;
  const context: Context = {
    settings,
    broker: brokerFor(settings),
    server: SERVER,
    laptop: {
      publicKey: `ssh-ed25519 ${'A'.repeat(68)} ${user.name}@${domain}`,
      hostEntry: undefined,
      dns: { a: ['203.0.113.7'], aaaa: [] },
      caa: { issuers: [] },
      caBundle: certificate.ca_bundle === undefined ? undefined : 'PEM\n',
      agentKeys: 0,
      brokerPackage: file === undefined ? undefined : { file, sha256: 'a'.repeat(64) },
    },
    secrets: {
      devicePassword: new Secret('device'),
      dashboardPassword: new Secret('dashboard'),
      nodeCookie: new Secret('cookie'),
      sudoPassword: new Secret(sudoPassword),
      sudoPasswordMade: false,
      keyPassphrase: undefined,
    },
    packages: ['x'],
    now: new Date('2026-11-22T12:00:00Z'),
  };
  return [
    context,
    { ...context, laptop: { ...context.laptop, publicKey: undefined, hostEntry: false } },
    { ...context, server: OLD_SERVER },
  ];
}

/** Everything that is sent to a server or laid down on it for these settings, by name: shell to run, and files. */
export function everything(
  settings: Settings,
  typed: Typed,
): { scripts: Map<string, string>; files: Map<string, string> } {
  const scripts = new Map<string, string>();
  const files = new Map<string, string>();
  const [context] = contexts(settings, typed);
  for (const part of PARTS) {
    if (context) scripts.set(`${part.id} asks`, part.probe(context).run);
    const guard = context && part.guard?.(context);
    if (guard)
      scripts.set(
        `${part.id} is guarded`,
        armScript(guard, { run: 'r', mayChange: sh`:`, log: () => sh`:` }).run,
      );
    for (const [index, change] of changes(part, settings, typed).entries())
      addChange(`${part.id} change ${index}`, change, scripts, files);
  }
  return { scripts, files };
}

/** Each once, in an order that does not depend on what is in them. */
function changes(part: Step, settings: Settings, typed: Typed): Change[] {
  const found = contexts(settings, typed).flatMap((context) =>
    (ANSWERS.get(part.id) ?? []).flatMap((stdout) => findings(part, stdout, context)),
  );
  return found.flatMap(({ change }) => change ?? []);
}

function findings(part: Step, stdout: string, context: Context): Finding[] {
  try {
    return part.see(probed(stdout), context).findings;
  } catch {
    // An answer that makes no sense to this part.
    return [];
  }
}

function addChange(
  name: string,
  change: Change,
  scripts: Map<string, string>,
  files: Map<string, string>,
): void {
  if (change.kind !== 'run' && change.kind !== 'write') return;
  scripts.set(name, toShell(change).run);
  const undone = reactivation(change);
  if (undone) scripts.set(`${name}, undone`, undone.run);
  if (change.kind === 'run') return;
  const { activate, fallback } = change;
  if (activate) scripts.set(`${name}, activated`, activate.run);
  if (fallback) scripts.set(`${name}, fallen back`, fallback.run);
  for (const { path, content } of change.files) {
    const text = typeof content === 'string' ? content : content.reveal();
    // Shell is run, any other file compared.
    if (text.startsWith('#!/bin/sh')) scripts.set(`${name}, ${path.replace(/.*\//, '')}`, text);
    else files.set(`${name}, ${path}`, text);
  }
}
