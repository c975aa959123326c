import { posix } from 'node:path';
import { answers } from '../../engine/answers.js';
import type { Unit } from '../../engine/facts/units.js';
import type { Needs } from '../../engine/facts.js';
import type { Probed } from '../../engine/probe.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import type { Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import { isSoonAgain } from '../restarts.js';
import { lastWords } from './activate.js';
import { CONF_FILES, confFiles, type Directive, directives } from './directives.js';
import { mosquittoDropIn, mosquittoLimits } from './drop-in.js';
import { MOSQUITTO } from './facts.js';
import { CONNECTIONS, SPARE_FILES } from './limits.js';

/** What is between the broker and the rest of the server. */
export interface Sandbox {
  dropIn: SeenFile | undefined;
  /** The kind of container that the server is, as systemd-detect-virt(1) names it; `none`. */
  container: string;
  /** systemd goes by files that are no longer there. */
  outdated: boolean;
  /** What is in force for the unit, whichever file has set it. */
  inForce: Pick<Unit, 'openFiles' | 'memoryMax' | 'restart' | 'restartSeconds'>;
  /** Folders of the owner's into which the broker writes and which the sandbox would close: messages that are kept, logs, sockets. */
  writable: string[];
  /** The broker has something for others in /tmp, such as a socket: in a /tmp of its own nobody would find it. */
  sharesTmp: boolean;
}

/** What ProtectHome= and ProtectSystem=full make read-only, systemd.exec(5). */
const CLOSED = /^\/(home|root|run\/user|usr|boot|efi|etc)\/[\w./-]+$/;

/** What PrivateTmp= puts folders of the broker's own in the place of. */
const TMP = /^\/(var\/)?tmp(\/|$)/;

/** Lines that name a file for the broker to write; a listener of port 0 is a socket, mosquitto.conf(5). */
const OUTPUT = /^(?:log_dest\s+file|listener\s+0|plugin_opt_config_file)\s+(\/.*)$/;

/** Their servers may not make the mounts that a sandbox is made of, and the broker would not start (status=226/NAMESPACE). */
const WITHOUT_MOUNTS = ['lxc', 'lxc-libvirt', 'openvz'];

/** What parseSandbox() needs. */
export const SANDBOX: Needs = {
  units: [MOSQUITTO.unit],
  files: [MOSQUITTO.dropIn, MOSQUITTO.ours, CONF_FILES],
};

/** Shell that prints the rest of what parseSandbox() reads. */
export const tellContainer = sh`printf 'container=%s\n' "$(systemd-detect-virt --container)"`;

/** Pure. */
export function parseSandbox({ stdout, facts }: Probed): Sandbox {
  const told = answers(stdout);
  const conf = confFiles(facts.files()).flatMap(([path, { content }]) => directives(path, content));
  const unit = facts.unit(MOSQUITTO.unit);
  const written = [...new Set(conf.flatMap(writes))].sort();
  return {
    dropIn: facts.file(MOSQUITTO.dropIn),
    container: told.get('container') ?? '',
    outdated: unit.outdated,
    inForce: unit,
    writable: written.filter((path) => CLOSED.test(path)),
    sharesTmp: written.some((path) => TMP.test(path)),
  };
}

/** The folder into which the broker writes because of a line: messages that are kept, a log, a socket, what a plugin keeps. */
function writes({ name, value }: Directive): string[] {
  if (name === 'persistence_location') return [value.replace(/\/$/, '')];
  const [, file] = OUTPUT.exec(`${name} ${value}`) ?? [];
  return file === undefined ? [] : [posix.dirname(file)];
}

/** The broker is restarted, as a sandbox is made at the start; where it does not come up, the old drop-in is put back. */
const restart = sh`systemctl daemon-reload
systemctl try-restart ${MOSQUITTO.unit} || {
  echo 'broker-setup: Mosquitto does not start when what it does not need is out of its reach.' >&2
  echo 'broker-setup: Its own words are below; a file outside its folders that it needs can be named in a drop-in of your own (ReadWritePaths=).' >&2
  ${lastWords}
  exit 1
}`;

/** Pure. */
export function sandboxFindings({
  dropIn,
  container,
  outdated,
  inForce,
  writable,
  sharesTmp,
}: Sandbox): Finding[] {
  const open = WITHOUT_MOUNTS.includes(container);
  const file = {
    path: MOSQUITTO.dropIn,
    content: open ? mosquittoLimits : mosquittoDropIn(writable, sharesTmp),
    mode: '0644',
    owner: 'root:root',
  };
  if (isAsWanted(dropIn, file) && !outdated) return looseProcess(inForce);
  return [
    {
      id: 'broker-install.sandbox',
      level: 'change',
      summary: open
        ? 'Limit the memory of Mosquitto, and raise the number of its connections'
        : 'Put what Mosquitto does not need out of its reach, limit its memory, and raise the number of its connections',
      change: { kind: 'write', files: [{ ...file, before: dropIn?.content }], activate: restart },
    },
  ];
}

/** What a file of the owner's says beside ours: fewer connections than devices may need, all memory, no new start after a crash. */
function looseProcess(inForce: Sandbox['inForce']): Finding[] {
  const { openFiles, memoryMax, restart, restartSeconds } = inForce;
  const { mqtt, websocket, loopback } = CONNECTIONS;
  const needed = mqtt + websocket + loopback + SPARE_FILES;
  const wrong = [
    ...(openFiles !== undefined && openFiles < needed
      ? [`may have only ${openFiles} files open: that many silent connections keep all devices out`]
      : []),
    ...(memoryMax === Number.POSITIVE_INFINITY
      ? ['may take all memory: then the system may kill the SSH server instead']
      : []),
    ...(restartSeconds !== undefined && !isSoonAgain(inForce)
      ? [`is not started again soon after a crash (Restart=${restart}, RestartSec=${restartSeconds}s)`]
      : []),
  ];
  return wrong.map((what) => ({
    id: 'broker-install.limits',
    level: 'warn',
    summary: `Mosquitto ${what}.`,
    hint: `Another file overrides ${MOSQUITTO.dropIn}. Show all of them with: systemctl cat ${MOSQUITTO.unit}. Delete its line LimitNOFILE=, MemoryMax=, Restart= or RestartSec=, then: sudo systemctl daemon-reload && sudo systemctl restart mosquitto`,
  }));
}
