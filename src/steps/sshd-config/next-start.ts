import type { SeenFile } from '../../engine/facts/files.js';
import type { Unit } from '../../engine/facts/units.js';
import type { Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import { SSH_SOCKET, sshUnit } from './units.js';

/** Options for the service of Debian and Ubuntu (ssh.service, EnvironmentFile). */
export const SSHD_DEFAULTS = '/etc/default/ssh';

/** What decides whether and how the SSH server comes back after the server has restarted. */
export interface NextStart {
  service: Unit;
  socket: Unit;
  defaults: SeenFile | undefined;
}

/**
 * Pure.
 * @param wanted the settings of this set-up, by the names that sshd_config(5) has for them
 */
export function nextStartFindings(next: NextStart, wanted: ReadonlyMap<string, string>): Finding[] {
  return [...boot(next), ...command(next, wanted)];
}

/** Pure. sshd refuses its files: what runs goes on, and nothing starts any more. */
export function invalidFinding(complaint: string): Finding {
  return {
    id: 'sshd-config.invalid',
    level: 'stop',
    summary: `The SSH server would not start again: it refuses its own files. It says: ${complaint}`,
    hint: 'Do not restart the server or the SSH server before this is put right, and keep this session open: the SSH server that runs now is the last one. Correct what it names; “sudo sshd -t” says nothing any more when it is right.',
  };
}

/** In these states a link leads to it at the start; the others of systemctl(1) need somebody who asks, or are forgotten. */
const STARTED: readonly string[] = ['enabled', 'alias'];

/** Made from an init script or by a generator, or without an [Install] section: then only who wants it tells. */
const IF_WANTED: readonly string[] = ['generated', 'static', 'indirect'];

const comesBack = ({ load, enabled, wantedBy }: Unit): boolean =>
  load !== 'not-found' && (STARTED.includes(enabled) || (IF_WANTED.includes(enabled) && wantedBy.length > 0));

function boot({ service, socket }: NextStart): Finding[] {
  const runs = [service, socket].filter(({ active }) => active === 'active');
  // Whoever else has started it is told elsewhere.
  if (runs.length === 0 || comesBack(service) || comesBack(socket)) return [];
  const masked = [service, socket].filter(({ enabled }) => enabled.startsWith('masked'));
  const unit = service.active === 'active' ? service.id : SSH_SOCKET;
  const states = [service, socket]
    .filter(({ load }) => load !== 'not-found')
    .map(({ id, enabled }) => `${id} is ${enabled || 'not enabled'}`);
  const summary = `After the next restart of the server there will be no SSH: nothing starts it (${states.join(', ')})`;
  if (masked.some(({ id }) => id === unit))
    return [
      {
        id: 'sshd-config.boot',
        level: 'stop',
        summary: `${summary}.`,
        hint: `If that was not meant, on the server: sudo systemctl unmask ${unit} && sudo systemctl enable ${unit}. Then run the same command again.`,
      },
    ];
  return [
    {
      id: 'sshd-config.boot',
      level: 'change',
      summary: `Start the SSH server at every start of the server, which nothing does now (${states.join(', ')})`,
      change: {
        kind: 'run',
        script:
          unit === SSH_SOCKET
            ? sh`systemctl enable ${SSH_SOCKET} 2>&1`
            : sh`${sshUnit}
systemctl enable "$unit" 2>&1`,
        undo: { stays: 'The SSH server starts with the server.' },
      },
    },
  ];
}

/** A command line wins over all files: sshd(8). */
function command({ service, defaults }: NextStart, wanted: ReadonlyMap<string, string>): Finding[] {
  if (service.command === '') return [];
  const [, options = ''] = /^\s*SSHD_OPTS=(.*)$/m.exec(defaults?.content ?? '') ?? [];
  const places = [service.file, ...service.dropIns].join(', ');
  const [program = ''] = service.command.split(' ');
  const odd = [
    ...(/^\/(usr\/)?s?bin\/sshd$/.test(program) ? [] : [{ what: program, place: places }]),
    ...overruling(service.command, wanted).map((what) => ({ what, place: places })),
    ...overruling(options.replaceAll(/["']/g, ''), wanted).map((what) => ({ what, place: SSHD_DEFAULTS })),
  ];
  const [first] = odd;
  if (first === undefined) return [];
  return [
    {
      id: 'sshd-config.command',
      level: 'stop',
      summary: `${service.id} starts the SSH server with “${first.what}” (${first.place}), which counts more than all of its files.`,
      hint: `Take it out there (see it with: systemctl cat ${service.id}), then, on the server: sudo sshd -t && sudo systemctl daemon-reload && sudo systemctl restart ${service.id}. Keep this session open until a new login has worked, then run the same command again.`,
    },
  ];
}

/** Other files, or another value of a setting of ours; options that add something, as EC2 Instance Connect has, are nobody's harm. */
function overruling(line: string, wanted: ReadonlyMap<string, string>): string[] {
  const file = /(?:^|\s)-f\s*(\S+)/.exec(line)?.[1];
  const settings = [...line.matchAll(/(?:^|\s)-o\s*(\w+)[\s=]+(\S+)/g)];
  const names = new Map([...wanted].map(([name, value]) => [name.toLowerCase(), value]));
  return [
    ...(file === undefined || file === '/etc/ssh/sshd_config' ? [] : [`-f ${file}`]),
    ...settings
      .filter(([, name = '', value]) => (names.get(name.toLowerCase()) ?? value) !== value)
      .map(([, name, value]) => `-o ${name}=${value}`),
  ];
}
