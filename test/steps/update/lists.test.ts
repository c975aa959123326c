import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STATE_FOLDER } from '../../../src/server-folders.js';
import { fetchLists } from '../../../src/steps/update/lists.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lists-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is printed where `apt-get update` prints this and fails. */
function fetching(said: string): string {
  const stub = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'said'), said);
  stub('apt-get', `cat '${folder}/said'; exit 100`);
  stub('apt-config', ':');
  const { stdout } = spawnSync('sh', ['-c', fetchLists.run.replaceAll(STATE_FOLDER, join(folder, 'state'))], {
    env: { PATH: `${folder}:/usr/bin:/bin` },
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('broker-setup: '))
    .join('\n');
}

describe('case 231: package lists that could not be fetched', () => {
  const HIT = 'Hit:1 http://deb.debian.org/debian bookworm InRelease\n';

  it('are not blamed on the mirror where a hook of apt failed', () => {
    const words = fetching(
      `${HIT}Reading package lists...\nE: Problem executing scripts APT::Update::Post-Invoke-Success '/bin/false'\nE: Sub-process returned an error code\n`,
    );
    expect(words).toContain('apt-get update failed, though no mirror did');
    expect(words).not.toContain('could not be fetched');
  });

  it('are blamed on the mirror that apt names', () => {
    expect(
      fetching(
        'Err:1 http://deb.debian.org/debian bookworm InRelease\n  503  Service Unavailable [IP: 192.0.2.1 80]\n',
      ),
    ).toContain('The package lists could not be fetched from the mirror.');
  });
});
