import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Text that each library brings along, however it is minified. */
export const MARKS = {
  ssh2: 'chacha20-poly1305@openssh.com',
  mqtt: 'connack timeout',
  inquirer: 'ExitPromptError',
  execa: 'forceKillAfterDelay',
  listr2: 'LISTR_FORCE_UNICODE',
  valibot: '~standard',
  yaml: 'tag:yaml.org,2002:',
} as const;

export type Library = keyof typeof MARKS;

/** A run that has all settings that it needs, and tries to connect where nothing listens. */
export const CONNECTING: readonly string[] = [
  ...['init', '127.0.0.1', '--yes', '--agree-terms', '--domain', 'mqtt.example.org', '--broker', 'mosquitto'],
  ...['--set', 'login.port=9', '--host-key', `SHA256:${'A'.repeat(43)}`],
];

/** The libraries whose mark is in one of the files. */
export async function librariesIn(files: readonly string[]): Promise<Library[]> {
  const text = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  return (Object.keys(MARKS) as Library[]).filter((library) => text.includes(MARKS[library]));
}

/**
 * The files of `dir` that a run of the program executed, as Node's own coverage (NODE_V8_COVERAGE) lists them.
 * @param args command line, the script first
 */
export async function filesLoaded(node: string, args: readonly string[], dir: string): Promise<string[]> {
  const coverage = await mkdtemp(join(tmpdir(), 'broker-setup-loaded-'));
  try {
    await execa(node, args, {
      reject: false,
      stdin: 'ignore',
      cwd: coverage,
      env: { NODE_V8_COVERAGE: coverage, CI: 'true' },
    });
    const reports = (await readdir(coverage)).filter((name) => name.startsWith('coverage-'));
    const texts = await Promise.all(reports.map((name) => readFile(join(coverage, name), 'utf8')));
    const urls = texts.flatMap((text) =>
      (JSON.parse(text).result as { url: string }[]).map(({ url }) => url),
    );
    const files = urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
    return [...new Set(files)].filter((file) => file.startsWith(dir));
  } finally {
    await rm(coverage, { recursive: true, force: true });
  }
}
