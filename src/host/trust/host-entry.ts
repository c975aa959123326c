import { randomBytes } from 'node:crypto';
import { chmod, mkdir, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { MOST, readUserFile } from '../../user-file.js';

/** What `ssh ALIAS` needs to know. */
export interface HostEntry {
  alias: string;
  hostname: string;
  port: number;
  user: string;
  identityFile: string;
}

function userConfigFile(): string {
  return join(homedir(), '.ssh', 'config');
}

/** Whether the user's ssh configuration has a `Host` line with exactly this word. */
export async function hostEntry(alias: string, file: string = userConfigFile()): Promise<boolean> {
  return hasHostEntry(await readConfig(file), alias);
}

/** Pure part of hostEntry; keywords are case-insensitive and may be followed by `=` (ssh_config(5)). */
export function hasHostEntry(config: string, alias: string): boolean {
  return config.split(/\r?\n/).some((line) => {
    const found = /^\s*host(?:\s*=\s*|\s+)(.*)$/i.exec(line);
    const words = found?.[1]?.match(/"[^"]*"|[^\s"]+/g) ?? [];
    return words.some((word) => word.replace(/^"|"$/g, '') === alias);
  });
}

/**
 * The configuration with a new entry in front: the first value found wins (ssh_config(5)), so that no `Host *` further
 * down can take it over. Every other byte stays. Settings that stood before the first `Host` applied to all hosts and
 * must go on doing so.
 */
export function withHostEntry(config: string, entry: HostEntry): string {
  const end = config.includes('\r\n') ? '\r\n' : '\n';
  const block = [
    `Host ${entry.alias}`,
    `  HostName ${literal(entry.hostname)}`,
    `  Port ${entry.port}`,
    `  User ${entry.user}`,
    `  IdentityFile "${literal(entry.identityFile)}"`,
    '  IdentitiesOnly yes',
  ];
  if (config === '') return [...block, ''].join(end);
  const first = config.split(/\r?\n/).find((line) => /^\s*[^\s#]/.test(line));
  const global = first !== undefined && !/^\s*(host|match)[\s=]/i.test(first);
  return [...block, '', ...(global ? ['Host *'] : []), config].join(end);
}

/** A per cent sign begins a token (ssh_config(5), TOKENS); it is part of some IPv6 addresses as well. */
const literal = (text: string): string => text.replaceAll('%', '%%');

/** Adds the entry to the user's ssh configuration, in one atomic step; the file keeps its mode. */
export async function addHostEntry(entry: HostEntry, file: string = userConfigFile()): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Many keep their configuration elsewhere and have only a link here.
  const real = await realpath(file).catch(() => file);
  const mode = await stat(real).then(
    (found) => found.mode & 0o7777,
    () => 0o600,
  );
  const fresh = `${real}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(fresh, withHostEntry(await readConfig(real), entry), { mode, flag: 'wx' });
    await chmod(fresh, mode);
    await rename(fresh, real);
  } catch (error) {
    await unlink(fresh).catch(() => undefined);
    throw error;
  }
}

async function readConfig(file: string): Promise<string> {
  try {
    return (await readUserFile(file, MOST.ssh)).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
