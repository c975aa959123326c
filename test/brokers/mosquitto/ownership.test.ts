import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { linkFindings, looseOnes, ownershipFindings } from '../../../src/brokers/mosquitto/ownership.js';
import type { SeenFile } from '../../../src/engine/seen-files.js';

const file = (path: string, owner: string, mode: string): [string, SeenFile] => [
  path,
  { content: '', owner, mode },
];
const found = (stdout: string, ...files: [string, SeenFile][]) => ownershipFindings(looseOnes(stdout, files));

describe('who can write the configuration of Mosquitto', () => {
  it('is root alone on a usual server', () => {
    expect(found('', file('/etc/mosquitto/mosquitto.conf', 'root:root', '0644'))).toEqual([]);
  });

  it('case 184: a folder and files of its own user are made root’s, the folder first', () => {
    const [finding, ...more] = found(
      'folder=755 mosquitto /etc/mosquitto/conf.d\nfolder=755 mosquitto /etc/mosquitto\n',
      file('/etc/mosquitto/mosquitto.conf', 'mosquitto:mosquitto', '0640'),
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      id: 'conf-edits.ownership',
      level: 'change',
      summary:
        'Let only root write the configuration of Mosquitto; now mosquitto can write /etc/mosquitto, /etc/mosquitto/conf.d, /etc/mosquitto/mosquitto.conf',
    });
  });

  it('case 184: a file that everybody can write', () => {
    expect(found('', file('/etc/mosquitto/conf.d/mine.conf', 'root:root', '0666'))).toMatchObject([
      {
        level: 'change',
        summary: expect.stringContaining('now others can write /etc/mosquitto/conf.d/mine.conf'),
      },
    ]);
  });

  it('case 300: a link of somebody else stops init, with the command that shows where it leads', () => {
    expect(linkFindings('link=mosquitto /etc/mosquitto/conf.d/x.conf\n')).toMatchObject([
      {
        level: 'stop',
        summary: expect.stringContaining('/etc/mosquitto/conf.d/x.conf (mosquitto)'),
        hint: expect.stringContaining('ls -l /etc/mosquitto/conf.d/x.conf'),
      },
    ]);
    expect(linkFindings('')).toEqual([]);
  });

  it('what lies elsewhere is left to its owner, in words', () => {
    expect(
      found('folder=755 pi /home/pi/mosquitto\n', file('/home/pi/mosquitto/a.conf', 'pi:pi', '0644')),
    ).toMatchObject([
      { id: 'conf-edits.ownership', level: 'warn', summary: expect.stringContaining('which pi can write') },
    ]);
  });

  it('gives shell that a POSIX shell can read', () => {
    for (const { change } of found('folder=755 mosquitto /etc/mosquitto\n'))
      execFileSync('sh', ['-n', '-c', change?.kind === 'run' ? change.script.run : 'exit 1']);
  });
});
