import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseStorage, storageFindings, tellStorage } from '../../../src/steps/certbot/storage.js';

const DOMAIN = 'mqtt.example.org';
const KINDS = ['cert', 'privkey', 'chain', 'fullchain'];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'broker-setup-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (path: string) => join(root, path);
const here = (shell: string) =>
  execFileSync('sh', ['-c', shell.replaceAll(/\/(etc|root)\//g, `${root}/$1/`).replace('sudo ', '')], {
    encoding: 'utf8',
  });
/** What is found, with the paths as they are on a server. */
const found = () =>
  storageFindings(
    parseStorage(here(tellStorage(DOMAIN).run).replaceAll(root, '')),
    existsSync(at(`etc/letsencrypt/renewal/${DOMAIN}.conf`)),
    DOMAIN,
  );

/** As certbot lays it down. */
function lineage(): void {
  const letsencrypt = at('etc/letsencrypt');
  for (const folder of [`live/${DOMAIN}`, `archive/${DOMAIN}`, 'renewal'])
    mkdirSync(join(letsencrypt, folder), { recursive: true });
  for (const kind of KINDS) {
    writeFileSync(join(letsencrypt, `archive/${DOMAIN}/${kind}1.pem`), kind);
    symlinkSync(`../../archive/${DOMAIN}/${kind}1.pem`, join(letsencrypt, `live/${DOMAIN}/${kind}.pem`));
  }
  const named = KINDS.map((kind) => `${kind} = /etc/letsencrypt/live/${DOMAIN}/${kind}.pem\n`);
  writeFileSync(join(letsencrypt, `renewal/${DOMAIN}.conf`), `version = 2.1.0\n${named.join('')}`);
}

const live = (name: string) => at(`etc/letsencrypt/live/${DOMAIN}/${name}`);
const remove = (path: string) => rmSync(path, { recursive: true });

it('nothing is found where certbot has never been, and where all is whole', () => {
  expect(found()).toEqual([]);
  lineage();
  expect(found()).toEqual([]);
});

it.each<[string, string, () => void]>([
  [
    'links that have become files',
    'certbot.storage',
    () => {
      remove(live('chain.pem'));
      writeFileSync(live('chain.pem'), '');
    },
  ],
  ['links that lead nowhere', 'certbot.storage', () => remove(at(`etc/letsencrypt/archive/${DOMAIN}`))],
  ['a folder that was removed', 'certbot.storage', () => remove(at(`etc/letsencrypt/live/${DOMAIN}`))],
  [
    'an empty renewal file',
    'certbot.storage',
    () => writeFileSync(at(`etc/letsencrypt/renewal/${DOMAIN}.conf`), ''),
  ],
  ['no renewal file', 'certbot.folder', () => remove(at(`etc/letsencrypt/renewal/${DOMAIN}.conf`))],
])(
  'case 147: the hint for %s takes all of it away, a second time as well, and loses nothing',
  (_, id, spoil) => {
    const kept = () => readdirSync(at('root/old-certificate'), { recursive: true }).length;
    let before = 0;
    for (const _time of ['once', 'twice']) {
      lineage();
      spoil();
      const [finding] = found();
      expect(finding).toMatchObject({ id, level: 'stop' });
      const [, command = ''] = /: (sudo sh -c '.*')[;,]/.exec(finding?.hint ?? '') ?? [];
      here(command);
      expect(found()).toEqual([]);
      expect(kept()).toBeGreaterThan(before);
      before = kept();
    }
  },
);
