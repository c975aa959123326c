import { dirname, join } from 'node:path';
import { brokerFor } from '../brokers/index.js';
import type { Rehearsal } from '../rehearsal/types.js';
import { doctorCommand } from '../session/repeat.js';
import { readConfig } from '../settings/config-file.js';
import { requireSettings } from '../settings/load.js';
import { pasted, program } from '../terminal/program.js';
import { wrap } from '../terminal/wrap.js';
import { tryLines } from '../ui/try-line.js';

/** Lines to paste for a rehearsal server that stays: the login, a check, a client and its removal. */
export async function howToGetIn(
  server: Pick<Rehearsal, 'name' | 'address' | 'sshPort' | 'ports' | 'acme'>,
): Promise<string[]> {
  const folder = dirname(server.acme.caBundle);
  const config = join(folder, 'broker.yaml');
  const knownHosts = join(folder, 'known_hosts');
  const ssh = `ssh -p ${server.sshPort} -o UserKnownHostsFile=${pasted(knownHosts)} -i ${pasted(join(folder, 'key'))} researcher@${server.address}`;
  const settings = requireSettings(await readConfig(config));
  const listeners = brokerFor(settings).listeners(settings);
  const door = listeners.find(({ mqtt, tls }) => mqtt === 'tcp' && tls)?.port ?? 8883;
  const at = { host: server.address, port: server.ports[door] ?? door };
  const [about, line] = tryLines({ settings, listeners, at });
  return [
    `\nThe server stays: ${server.name}`,
    '',
    'Log in:',
    `  ${ssh}`,
    'Check it:',
    `  ${doctorCommand({ config, knownHosts })}`,
    ...(about && line ? [wrap(about, 0), `  ${line}`] : []),
    'Its settings:',
    `  ${config}`,
    'Remove it:',
    `  ${program} rehearse down ${server.name}`,
  ];
}
