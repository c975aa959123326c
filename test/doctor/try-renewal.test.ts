import { describe, expect, it } from 'vitest';
import { tryRenewal } from '../../src/doctor/try-renewal.js';
import type { Session } from '../../src/session/session.js';
import { contextWith, type Other } from '../recorded.js';

/** Outcome of the rehearsal where certbot says this; `ran` is what the server was given to run. */
async function rehearse(code: number, stdout = '', other: Other = {}) {
  const ran: string[] = [];
  const host = {
    run: ({ script }: { script: { run: string } }) => {
      ran.push(script.run);
      return Promise.resolve({ code, stdout, stderr: '' });
    },
  };
  const line = await tryRenewal({ host, context: contextWith(other) } as unknown as Session);
  return { line, ran: ran.join('\n') };
}

/** As certbot 2.1 says it (its logs in community.letsencrypt.org threads look like this). */
const FAILED = `Saving debug log to /var/log/letsencrypt/letsencrypt.log
Certbot failed to authenticate some domains (authenticator: standalone). The Certificate Authority reported these problems:
  Domain: mqtt.example.org
  Type:   connection
  Detail: 203.0.113.7: Fetching http://mqtt.example.org/.well-known/acme-challenge/x: Timeout during connect
Failed to renew certificate mqtt.example.org with error: Some challenges have failed.
`;

describe('a rehearsal of the renewal', () => {
  it('that went well', async () => {
    expect((await rehearse(0)).line).toMatchObject({ id: 'certificate.dry-run', state: 'ok' });
  });

  it('case 49: that failed says what the authority said, on one line', async () => {
    const { line } = await rehearse(1, FAILED);
    expect(line).toMatchObject({
      state: 'problem',
      group: 'certificate',
      mend: expect.stringContaining('sudo'),
    });
    expect(line.detail).toContain('Type:   connection Detail: 203.0.113.7: Fetching');
    expect(line.why).toBeDefined();
  });

  it('that failed without a word says something all the same', async () => {
    const { line } = await rehearse(127, 'sh: 1: certbot: not found\n');
    expect(line.detail).not.toBe('');
  });

  it('is one: nothing is kept, and no other certificate is tried', async () => {
    const { ran } = await rehearse(0);
    expect(ran).toContain('renew --cert-name mqtt.rehearsal.test --dry-run');
    expect(ran).not.toContain('--server');
  });

  it('case 49: is made in the surroundings of the unit that the timer starts, and asks the authority of the certificate', async () => {
    const { ran } = await rehearse(0, '', { certificate: { directory: 'https://ca.example.org/a%20b' } });
    expect(ran).toContain('systemctl cat certbot.service');
    expect(ran).toContain('--server https://ca.example.org/a%%20b');
  });
});
