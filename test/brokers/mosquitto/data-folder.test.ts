import { describe, expect, it } from 'vitest';
import { dataFolderFindings } from '../../../src/brokers/mosquitto/data-folder.js';
import { directives } from '../../../src/brokers/mosquitto/directives.js';

const conf = (text: string) => directives('/etc/mosquitto/mosquitto.conf', text);
const KEEPS = conf('persistence true\npersistence_location /var/lib/mosquitto/\n');

describe('case 217: the broker cannot write what it keeps', () => {
  it('is mended where the package keeps it', () => {
    const [finding] = dataFolderFindings(KEEPS, ['/var/lib/mosquitto', '/var/lib/mosquitto/mosquitto.db']);
    expect(finding).toMatchObject({ id: 'conf-edits.data-folder', level: 'change' });
    expect(finding?.change?.kind === 'run' && finding.change.script.run).toMatch(
      /^cd -P '?\/var\/lib\/mosquitto'?\nchown -h '?mosquitto:mosquitto'? \.\n/,
    );
  });

  it('is left to a person elsewhere, and is nothing where nothing is kept', () => {
    expect(dataFolderFindings(KEEPS, ['/data/m'])[0]?.level).toBe('stop');
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
