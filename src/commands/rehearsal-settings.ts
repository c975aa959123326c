import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { attempt } from '../rehearsal/run.js';
import type { Rehearsal } from '../rehearsal/types.js';
import type { RehearseFlags } from '../session/flags.js';
import { readPackage } from '../settings/package-file.js';

/**
 * The block `broker` of a rehearsal's settings; a package file says itself which version it holds.
 * @throws UsageError where the version is not known, or the file is no package
 */
export async function rehearsalBroker(flags: RehearseFlags): Promise<string> {
  const { broker, brokerVersion, emqxPackage, agreeLicence } = flags;
  if (broker === 'mosquitto') return 'broker:\n  kind: mosquitto\n';
  const file = emqxPackage === undefined ? undefined : resolve(emqxPackage);
  if (file !== undefined) await readPackage(file, undefined);
  const version = brokerVersion ?? (file === undefined ? undefined : await versionIn(file));
  if (version === undefined) {
    throw new UsageError('Which version of EMQX shall be rehearsed?', [], {
      hint: 'Say it with --broker-version, such as --broker-version 6.3.1.',
    });
  }
  const lines = [
    'broker:',
    '  kind: emqx',
    `  version: ${JSON.stringify(version)}`,
    ...(file === undefined ? [] : [`  package: ${JSON.stringify(file)}`]),
    ...(agreeLicence === true ? ['  agree_licence: true'] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Without what Debian adds to it; undefined where this computer has no dpkg to ask. */
async function versionIn(file: string): Promise<string | undefined> {
  const { stdout } = await attempt('dpkg-deb', ['-f', file, 'Version']);
  return /^\d+\.\d+\.\d+/.exec(stdout)?.[0];
}

/** Everything that `init` needs to know of a rehearsal server, as a person would have written it. */
export function rehearsalSettings(
  server: Rehearsal,
  broker: string,
  hardening: RehearseFlags['hardening'],
): string {
  return `# Settings of a rehearsal: a throwaway server with a private certificate authority.
version: 1
server: ${server.address}
login:
  user: root
  port: ${server.sshPort}
domain: ${server.domain}
${broker}hardening: ${hardening}
key:
  file: ${JSON.stringify(join(dirname(server.acme.caBundle), 'key'))}
certificate:
  agree_terms: true
  directory: ${server.acme.directory}
  ca_bundle: ${JSON.stringify(server.acme.caBundle)}
  resolver: ${server.resolver}
reboot: yes
`;
}
