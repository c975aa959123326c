import { describe, expect, it } from 'vitest';
import { CLI_INI, cliIniFindings } from '../../../src/steps/certbot/cli-ini.js';
import { contextWith } from '../../recorded.js';
import { renewal } from './renewal.js';

/** As Debian 12 ships it. */
const SHIPPED = `# Because we are using logrotate for greater flexibility, disable the
# internal certbot logrotation.
max-log-backups = 0
# Adjust interactive output regarding automated renewal
preconfigured-renewal = True
`;
const file = (content: string) => ({ content, mode: '0644', owner: 'root:root' });
const found = (lines: string, { due = false, path = CLI_INI[0] as string, by = renewal } = {}) =>
  cliIniFindings(new Map([[path, file(`${SHIPPED}${lines}\n`)]]), by, due, contextWith());
const levels = (lines: string, options = {}) => found(lines, options).map(({ level }) => level);

describe('case 215: settings of certbot that reach each of its runs', () => {
  // Each was tried with certbot 2.1 and a forced renewal: these failed, or kept nothing.
  it.each([
    'authenticator = webroot',
    'a: webroot',
    'webroot = true',
    'dns-cloudflare = true',
    'configurator = nginx',
    'cert-name = other',
    'key-type = rsa',
    'elliptic-curve = secp384r1',
    'preferred-challenges = dns',
    'staging = true',
    'test-cert',
    'server = https://ca.example/dir',
    'csr = /x',
    'http-01-port = 8080',
    'dry-run = true',
    '--dry-run',
    'force-renewal = true',
    'new-key = true',
    'no-directory-hooks = true',
  ])('%s: nothing is touched until it is removed', (line) => {
    expect(levels(line)).toEqual(['stop']);
    expect(levels(line, { due: true })).toEqual(['stop']);
  });

  it.each([
    '',
    'authenticator = standalone',
    'standalone = true',
    'domains = x.example',
    'rsa-key-size = 4096',
    'installer = nginx',
    'dry-run = false',
    'email = x@y.example # mine',
    'quiet',
    'preferred-challenges = http, dns',
    'key-type = ecdsa',
    'deploy-hook = /usr/local/bin/mine --with = words',
    '[section]',
    '---',
  ])('%s: renewals work', (line) => {
    expect(found(line)).toEqual([]);
  });

  it.each(['no-such = 1', 'dry_run = true', 'just words', 'dns-cloudflare-credentials = /x', 'account = x'])(
    '%s: whether they work only a rehearsal shows',
    (line) => {
      expect(levels(line)).toEqual(['warn']);
    },
  );

  it('names file, line and what it does; the last file wins', () => {
    const [home] = found('authenticator = webroot', { path: CLI_INI[1] });
    expect(home?.summary).toBe(
      '“authenticator = webroot” in /root/.config/letsencrypt/cli.ini makes certbot prove the domain by “webroot” at each renewal, not by “standalone”.',
    );
    const both = new Map([
      [CLI_INI[0] as string, file('authenticator = webroot')],
      [CLI_INI[1] as string, file('authenticator = standalone')],
    ]);
    expect(cliIniFindings(both, renewal, false, contextWith())).toEqual([]);
  });

  it('a certificate that is got by the owner’s way may keep it, until one is due from here', () => {
    const by = { ...renewal, authenticator: 'webroot' };
    expect(levels('authenticator = webroot', { by })).toEqual([]);
    expect(levels('authenticator = webroot', { by, due: true })).toEqual(['stop']);
  });
});
