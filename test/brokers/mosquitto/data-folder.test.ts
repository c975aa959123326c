import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolderFindings } from '../../../src/brokers/mosquitto/data-folder.js';
import { directives } from '../../../src/brokers/mosquitto/directives.js';

const conf = (text: string) => directives('/etc/mosquitto/mosquitto.conf', text);
const KEEPS = conf('persistence true\npersistence_location /var/lib/mosquitto/\n');

describe('case 217: the broker cannot write what it keeps', () => {
  it('is mended where the package keeps it', () => {
    const [finding] = dataFolderFindings(KEEPS, ['/var/lib/mosquitto', '/var/lib/mosquitto/mosquitto.db']);
    expect(finding).toMatchObject({ id: 'conf-edits.data-folder', level: 'change' });
  });

  it('is left to a person elsewhere, and is nothing where nothing is kept', () => {
    for (const path of ['/data/m', '/var/lib/../../data/m'])
      expect(dataFolderFindings(KEEPS, [path])[0]?.level).toBe('stop');
    expect(dataFolderFindings(KEEPS, [])).toEqual([]);
    expect(dataFolderFindings(conf('persistence false'), ['/var/lib/mosquitto'])).toEqual([]);
  });

  it('case 322: is found where the folder is not there at all', () => {
    expect(dataFolderFindings(KEEPS, [], '/data/m')).toMatchObject([
      { id: 'conf-edits.data-folder', level: 'stop', hint: expect.stringContaining('/data/m') },
    ]);
    expect(dataFolderFindings(conf('persistence false'), [], '/data/m')).toEqual([]);
  });
});

const NOBODY = 65_534;
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'data-'));
  chmodSync(root, 0o755);
});
afterEach(() => rmSync(root, { recursive: true }));

/** The real script, for a user that every Debian has, below another folder than /var/lib. */
function claim(folder: string) {
  const [finding] = dataFolderFindings(KEEPS, [`/var/lib/${folder}`]);
  const script = finding?.change?.kind === 'run' ? finding.change.script.run : 'exit 1';
  const moved = script
    .replaceAll('/var/lib', root)
    .replaceAll('mosquitto:mosquitto', 'nobody:nogroup')
    .replaceAll('as mosquitto', 'as nobody');
  return spawnSync('sh', ['-eu', '-c', moved], { encoding: 'utf8' });
}

describe.runIf(process.getuid?.() === 0)('giving the data to the broker', () => {
  it('works for a folder and a file that root has restored', () => {
    mkdirSync(join(root, 'm'), { mode: 0o700 });
    writeFileSync(join(root, 'm/mosquitto.db'), '', { mode: 0o400 });
    expect(claim('m')).toMatchObject({ status: 0, stderr: '' });
    for (const [name, mode] of [
      ['m', 0o700],
      ['m/mosquitto.db', 0o600],
    ] as const) {
      const seen = statSync(join(root, name));
      expect([seen.uid, seen.mode & 0o777]).toEqual([NOBODY, mode]);
    }
  });

  it('case 302: stops at a link in the place of a folder inside one of the broker’s, and leaves its target alone', () => {
    for (const name of ['m', 'cron.d']) mkdirSync(join(root, name));
    chownSync(join(root, 'm'), NOBODY, NOBODY);
    symlinkSync('../cron.d', join(root, 'm/data'));
    const { status, stderr } = claim('m/data');
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${join(root, 'm')} belongs to nobody`)]);
    expect(statSync(join(root, 'cron.d')).uid).toBe(0);
    expect(readdirSync(join(root, 'm'))).toEqual(['data']);
  });
});
