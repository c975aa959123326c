import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchLists, parseSourcesLeft, tellSourcesLeft } from '../../../src/steps/update/lists.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lists-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs it with these folders of the server in the one of the test. */
const run = (script: string) =>
  spawnSync(
    'sh',
    ['-c', script.replaceAll(/\/(?:etc|var\/lib)\/(?:apt|broker-setup)/g, (path) => join(folder, path))],
    { env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: 'utf8' },
  ).stdout;

/** Writes a file of the server into the folder of the test. */
function file(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** What is printed where `apt-get update` prints this and fails. */
function fetching(said: string): string {
  const stub = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'said'), said);
  stub('apt-get', `cat '${folder}/said'; exit 100`);
  stub('apt-config', ':');
  return run(fetchLists.run)
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

describe('case 319: what apt says is not taken for another cause', () => {
  const FAILED = 'Err:1 http://deb.debian.org/debian bookworm InRelease\n';
  const UNSIGNED = "E: The repository 'http://deb.debian.org/debian bookworm InRelease' is not signed.\n";

  it.each([
    [
      'a portal that answers',
      `E: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  Clearsigned file isn't valid, got 'NOSPLIT' (does the network require authentication?)\n${UNSIGNED}`,
      'a proxy or a network with a login',
    ],
    [
      'a key that is missing',
      `W: GPG error: http://deb.debian.org/debian bookworm InRelease: NO_PUBKEY 0E98404D386FA1D9\n${UNSIGNED}`,
      'the key for it is missing',
    ],
    ['a mirror without signatures', UNSIGNED, 'without a valid signature'],
    ['a program of the administrator’s', '/etc/hook.conf could not be read\n', 'could not be fetched'],
    [
      'a source that is none',
      'E: Malformed entry 1 in list file /etc/apt/sources.list.d/x.list (Suite)\nE: The list of sources could not be read.\n',
      'apt cannot read one of the files',
    ],
  ])('%s', (_, said, expected) => {
    expect(fetching(said.startsWith('E: Malformed') ? said : `${FAILED}${said}`)).toContain(expected);
  });
});

describe('case 291: a source that is not the distribution’s', () => {
  const FETCHED = 'Hit:1 http://deb.debian.org/debian bookworm InRelease\n';
  const DISC =
    '[Debian GNU/Linux 12.5.0 _Bookworm_ - Official amd64 DVD Binary-1 with firmware 20240210-11:27]';

  it.each([
    [
      'an installation disc',
      `${FETCHED}Ign:2 cdrom://${DISC} bookworm InRelease\nErr:3 cdrom://${DISC} bookworm Release\n  Please use apt-cdrom\n`,
      `deb cdrom:${DISC}/ bookworm main`,
      `cdrom://${DISC} bookworm`,
    ],
    [
      'a repository that has gone',
      `${FETCHED}Err:2 https://repo.example.net/debian bookworm InRelease\n  404  Not Found\n`,
      'deb [signed-by=/k.asc] https://repo.example.net/debian/ bookworm main',
      'https://repo.example.net/debian bookworm',
    ],
  ])('%s: it is done without, and the file that names it is told', (_, said, line, source) => {
    file('/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease', 'Origin: Debian\n');
    file('/etc/apt/sources.list', `deb http://deb.debian.org/debian bookworm main\n${line}\n`);
    file('/etc/apt/sources.list.d/other.list', 'deb http://other.example.net/ stable main\n');
    expect(fetching(said)).toBe('');
    expect(parseSourcesLeft(run(tellSourcesLeft.run))).toEqual([
      { source, files: [join(folder, '/etc/apt/sources.list')] },
    ]);
  });
});
