import { readFile } from 'node:fs/promises';
import { type Rehearsal, up } from '../../src/rehearsal/index.js';
import { sh } from '../../src/sh.js';

/** A throwaway Debian 13 beside the servers, from which they are looked at: with its tools, so that versions are the same everywhere. */
export interface Auditor {
  /** Versions of the tools, e.g. `nmap 7.95+dfsg-3`. */
  versions: string[];
  /** Runs a script there. @returns what it printed; how a tool ends tells of what it found, not whether it worked */
  run(script: string): Promise<string>;
  /** Puts a file of this computer there, under the same name. */
  bring(file: string, to: string): Promise<void>;
  down(): Promise<void>;
}

const TOOLS = ['nmap', 'ssh-audit', 'testssl.sh'];

/** @param install whether packages that a rehearsal needs may be installed on this computer */
export async function auditor(install: boolean): Promise<Auditor> {
  const machine = await up({ release: 'trixie', way: 'nspawn', install });
  try {
    const versions = await installed(machine, TOOLS);
    return {
      versions,
      run: async (script) => (await machine.exec(script)).stdout,
      async bring(file, to) {
        const content = (await readFile(file)).toString('base64');
        await exec(machine, sh`echo ${content} | base64 -d >${to}`.run);
      },
      down: () => machine.down(),
    };
  } catch (error) {
    await machine.down();
    throw error;
  }
}

/** Installs packages on a throwaway machine. @returns name and version of each */
export async function installed(machine: Pick<Rehearsal, 'exec'>, packages: string[]): Promise<string[]> {
  const versions = await exec(
    machine,
    sh`export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o APT::Update::Error-Mode=any update >&2 && apt-get -qq -y --no-install-recommends install ${packages} >&2 &&
dpkg-query -W -f='\${Package} \${Version}\\n' ${packages}`.run,
  );
  return versions.trim().split('\n');
}

async function exec(machine: Pick<Rehearsal, 'exec'>, script: string): Promise<string> {
  const { code, stdout, stderr } = await machine.exec(script);
  if (code !== 0) throw new Error(`exit code ${code}: ${script}\n${stderr.slice(-2000)}`);
  return stdout;
}
