import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Host, Job } from '../../src/host/host.js';
import type { Sh } from '../../src/sh.js';

/** A connection to such a server: a process that is called sshd and runs one script after the other in a real sh. */
export interface Connection extends Host {
  pid: number;
  /** For how many milliseconds nothing was heard from the other side. */
  quiet(ms: number): void;
  /** The process dies at once. */
  drop(): void;
}

export interface Server {
  root: string;
  bin: string;
  /** The script with the folders of this program moved below `root`. */
  moved(script: Sh): string;
  run(script: Sh): { status: number | null; stdout: string; stderr: string };
  stub(name: string, script: string): void;
  connect(from?: string): Connection;
}

/** Folders of a server, real shell, and stand-ins for systemd and ss(8); removed after the test. */
export function serverFolders(): Server {
  const root = mkdtempSync(join(tmpdir(), 'runs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const env = { ...process.env, LC_ALL: 'C', PATH: `${bin}:${process.env.PATH}` };
  const stub = (name: string, script: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  for (const name of ['systemctl', 'logger']) stub(name, ':');
  stub('systemd-run', 'exit 1');
  stub('ss', `cat '${root}'/connection.* 2>/dev/null`);
  // The name of a process is that of its program (proc(5), comm).
  copyFileSync('/bin/sh', join(bin, 'sshd'));
  const moved = ({ run }: Sh) =>
    run
      .replaceAll('/var/lib/broker-setup', join(root, 'state'))
      .replaceAll('/var/log/broker-setup', join(root, 'log'))
      .replaceAll('/run/broker-setup', join(root, 'run'))
      .replaceAll('/etc/systemd/system', join(root, 'units'));
  return {
    root,
    bin,
    moved,
    stub,
    run(script) {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', moved(script)], { env, encoding: 'utf8' });
      return { status, stdout, stderr };
    },
    connect(from = '198.51.100.7') {
      const loop = `while read -r file; do sh "$file" </dev/null >"$file.out" 2>"$file.err"; echo $?; done`;
      const shell = spawn(join(bin, 'sshd'), ['-c', loop], { env });
      onTestFinished(() => void shell.kill('SIGKILL'));
      return connection(shell, root, from, moved);
    },
  };
}

let jobs = 0;

function connection(shell: ChildProcess, root: string, from: string, moved: Server['moved']): Connection {
  const pid = shell.pid ?? 0;
  const file = join(root, `connection.${pid}`);
  const quiet = (ms: number) =>
    writeFileSync(
      file,
      `0 0 192.0.2.1:22 ${from}:50022 users:(("sshd",pid=${pid},fd=4)) cubic lastsnd:8 lastrcv:${ms} lastack:${ms}\n`,
    );
  quiet(12);
  shell.stdin?.on('error', () => undefined);
  const closed = new Promise<never>((_, reject) =>
    shell.once('close', () => reject(new Error('connection lost'))),
  );
  closed.catch(() => undefined);
  const run = ({ script }: Job) => {
    jobs += 1;
    const job = join(root, `job-${jobs}`);
    writeFileSync(job, moved(script));
    const done = new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      shell.stdout?.once('data', (line) =>
        resolve({
          code: Number(line),
          stdout: readFileSync(`${job}.out`, 'utf8'),
          stderr: readFileSync(`${job}.err`, 'utf8'),
        }),
      );
      shell.stdin?.write(`${job}\n`);
    });
    return Promise.race([done, closed]);
  };
  const drop = () => {
    shell.kill('SIGKILL');
    rmSync(file, { force: true });
  };
  return {
    name: 'box',
    address: '192.0.2.1',
    user: 'root',
    pid,
    quiet,
    run,
    drop,
    close: async () => drop(),
  };
}
