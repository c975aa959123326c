import { homedir } from 'node:os';
import { SetupError } from '../errors.js';
import type { Target } from './host.js';
import { local } from './local.js';
import { expand, parseJump, parseSshG } from './ssh-g.js';

/** What was said on the command line or in the settings; it wins over ~/.ssh/config. */
export interface Override {
  user?: string | undefined;
  port?: number | undefined;
  /** The private key to offer, instead of those that ~/.ssh/config names. */
  key?: string | undefined;
  /** Another file than ~/.ssh/config, as `ssh -F` takes it. */
  config?: string | undefined;
}

/** More jumps than anybody has; two hosts that name each other would go on for ever. */
const MOST_JUMPS = 8;

/**
 * A server as ssh(1) would reach it, from `ssh -G`: alias, port, user, keys, known_hosts, jump hosts.
 * @throws SetupError `no-openssh`, `ssh-config` (a configuration that ssh refuses)
 */
export function resolve(name: string, override: Override = {}): Promise<Target> {
  return resolveHop(name, override, 0);
}

/** ssh(1) reads no configuration that others may write (readconf.c: "Bad owner or permissions on PATH"). */
function hintFor(said: string): string | undefined {
  const path = /^Bad owner or permissions on (.+?)\s*$/m.exec(said)?.[1];
  return path === undefined
    ? undefined
    : `The file must belong to you or root, and nobody else may write to it: ls -l ${path}; then chmod 600 ${path}, or chown it.`;
}

async function resolveHop(name: string, override: Override, depth: number): Promise<Target> {
  if (depth > MOST_JUMPS) {
    throw new SetupError(`~/.ssh/config sends ${name} through too many jump hosts.`, {
      code: 'ssh-config',
      hint: 'Look for ProxyJump lines that name each other.',
    });
  }
  const args = ['-G'];
  if (override.port !== undefined) args.push('-p', String(override.port));
  if (override.user !== undefined) args.push('-l', override.user);
  if (override.config !== undefined) args.push('-F', override.config);
  // Without the two dashes a name such as -oProxyCommand=... would be an option.
  const { code, stdout, stderr } = await local('ssh', [...args, '--', name]);
  if (code !== 0) {
    throw new SetupError(`ssh does not understand the server ${name}: ${stderr.trim()}.`, {
      code: 'ssh-config',
      hint: hintFor(stderr) ?? `Correct what ssh names here. To see it again: ssh -G ${name}`,
    });
  }
  const home = { directory: homedir() };
  const resolved = parseSshG(stdout, name, home);
  // Not through -i: ssh drops a file that is not there, and it is to be named in the error.
  const identityFiles =
    override.key === undefined ? resolved.target.identityFiles : [expand(override.key, home)];
  return {
    ...resolved.target,
    identityFiles,
    jumps: await jumpsOf(resolved.jumps, override.config, depth),
    transport: 'node',
  };
}

/** Each jump may have a jump of its own, which then comes first. */
async function jumpsOf(
  jumps: readonly string[],
  config: string | undefined,
  depth: number,
): Promise<Target[]> {
  const found = await Promise.all(
    jumps.map((jump, index) => {
      const { host, user, port } = parseJump(jump);
      return resolveHop(host, { user, port, config }, depth + 1).then((target) => ({
        target,
        first: index === 0,
      }));
    }),
  );
  // ssh goes from one named jump straight to the next; only the first one's own jumps still count (ssh_config(5)).
  return found.flatMap(({ target, first }) => [...(first ? target.jumps : []), { ...target, jumps: [] }]);
}
