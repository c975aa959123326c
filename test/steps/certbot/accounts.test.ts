import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseAccounts, tellAccounts } from '../../../src/steps/certbot/accounts.js';
import { accountsFolder } from '../../../src/steps/certbot/paths.js';

const DIRECTORY = 'https://acme-v02.api.letsencrypt.org/directory';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'broker-setup-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const told = () =>
  parseAccounts(
    execFileSync('sh', ['-euc', tellAccounts(DIRECTORY).run.replaceAll('/etc/', `${root}/etc/`)], {
      encoding: 'utf8',
    }),
  );

function account(name: string, content: string): void {
  const folder = join(root, accountsFolder(DIRECTORY), name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'regr.json'), content);
}

it('the accounts of certbot are those with the authority, and where it has none, there are none', () => {
  expect(told()).toEqual([]);
  account('41d3', `{"body": {}, "uri": "${DIRECTORY}/acct/1"}`);
  account('d33b', `{"body": {}, "uri": "${DIRECTORY}/acct/2"}\n`);
  expect(told()).toEqual([`${DIRECTORY}/acct/1`, `${DIRECTORY}/acct/2`]);
});

it.each(['', '{}', '{"uri": 7}', 'not JSON'])('a file that says %j names none', (content) => {
  account('41d3', content);
  expect(told()).toEqual([]);
});
