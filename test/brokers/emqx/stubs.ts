import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLOCK } from '../../clock.js';

/** A folder that stands in for the root of a server, with programs that stand in for its own. */
export interface Stubs {
  root: string;
  /** Lays down a program. */
  stub(name: string, script: string): void;
  /** Runs a script with a real sh; `paths` are those of the server that are looked for in the folder. */
  run(script: string, ...paths: string[]): { status: number | null; stdout: string; stderr: string };
  /** What the programs wrote down, one line a call. */
  calls(): string[];
  remove(): void;
}

/** @param names programs that only write down how they were called */
export function stubs(...names: string[]): Stubs {
  const root = mkdtempSync(join(tmpdir(), 'emqx-stubs-'));
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'calls'), '');
  const stub = (name: string, script: string) => {
    const file = join(root, 'bin', name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>'${root}/calls'\n${script}\n`);
    chmodSync(file, 0o755);
  };
  // There is no user of EMQX's here whose rights could be taken.
  writeFileSync(
    join(root, 'bin/setpriv'),
    `#!/bin/sh\nwhile [ "\${1#--}" != "$1" ]; do shift; done\nexec "$@"\n`,
    { mode: 0o755 },
  );
  writeFileSync(join(root, 'bin/chown'), '#!/bin/sh\n', { mode: 0o755 });
  for (const name of names) stub(name, ':');
  return {
    root,
    stub,
    run(script, ...paths) {
      // EMQX's programs are called by their paths.
      const called = paths.includes('/usr/bin/emqx')
        ? script
        : script.replaceAll('/usr/bin/emqx', `${root}/bin/emqx`);
      const input = paths.reduce((text, path) => text.replaceAll(path, `${root}${path}`), called);
      const { status, stdout, stderr } = spawnSync('sh', ['-eu'], {
        input,
        encoding: 'utf8',
        env: { PATH: `${root}/bin:/usr/bin:/bin`, TMPDIR: root, ...CLOCK },
      });
      return { status, stdout, stderr };
    },
    calls: () => readFileSync(join(root, 'calls'), 'utf8').split('\n').slice(0, -1),
    remove: () => rmSync(root, { recursive: true }),
  };
}
