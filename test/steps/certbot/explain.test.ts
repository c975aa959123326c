import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explain } from '../../../src/steps/certbot/issue.js';

/** What is said where certbot has failed with these words. */
function explained(words: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'explain-'));
  try {
    writeFileSync(join(folder, 'certbot.log'), words);
    const { run } = explain('mqtt.example.org', 'https://acme.example.org/directory');
    const script = run.replaceAll('/var/log/broker-setup', folder);
    return spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const MAX =
  'requests.exceptions.SSLError: HTTPSConnectionPool(host=acme.example.org, port=443): Max retries exceeded';
const BUNDLE = 'certificate.ca_bundle';

it.each([
  [`${MAX} (Caused by SSLError(SSLEOFError(8, 'EOF occurred in violation of protocol')))`, false],
  [`${MAX} (Caused by SSLError(SSLError(1, '[SSL: WRONG_VERSION_NUMBER] wrong version number')))`, false],
  [`${MAX} ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired)`, false],
  [`${MAX} ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch)`, false],
  [
    `${MAX} ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate)`,
    true,
  ],
  [`${MAX} ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate)`, true],
  [
    `${MAX} ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate in chain)`,
    true,
  ],
])('case 319: roots are asked for only where they are missing: %s', (words, roots) => {
  const said = explained(words);
  expect(said.includes(BUNDLE)).toBe(roots);
  expect(said).toContain(words.slice(-30));
});
