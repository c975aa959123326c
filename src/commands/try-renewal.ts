import { line } from '../doctor/lines.js';
import type { Line } from '../doctor/report.js';
import { LETS_ENCRYPT } from '../settings/schema.js';
import { lines as script, sh } from '../sh.js';
import { CA_FILE } from '../steps/certbot/paths.js';
import type { Session } from './session.js';

const GROUP = { id: 'certificate', title: 'The life of the certificate' };

/**
 * Lets certbot rehearse the renewal: it asks the authority's test directory where there is one, keeps nothing, and runs no
 * deploy hook (certbot docs, "Renewing certificates").
 */
export async function tryRenewal({ host, context }: Session): Promise<Line> {
  const { domain, certificate } = context.settings;
  const { code, stdout, stderr } = await host.run({
    script: script(
      ...(certificate.ca_bundle === undefined ? [] : [sh`export REQUESTS_CA_BUNDLE=${CA_FILE}`]),
      // By itself certbot rehearses with Let's Encrypt's test directory, whoever issued the certificate.
      sh`certbot renew --cert-name ${domain} --dry-run --no-random-sleep-on-renew ${certificate.directory === LETS_ENCRYPT ? [] : ['--server', certificate.directory]} 2>&1`,
    ),
  });
  if (code === 0)
    return line(GROUP, {
      id: 'certificate.dry-run',
      state: 'ok',
      seen: 'inside',
      summary: 'A rehearsal of the renewal went well',
    });
  const said = `${stdout}\n${stderr}`
    .split('\n')
    .map((text) => text.trim())
    .filter(Boolean);
  const telling = said.filter((text) => /error|fail|detail|type:/i.test(text)).slice(0, 4);
  const detail = (telling.length > 0 ? telling : said.slice(-1)).join(' ') || `exit code ${code}`;
  return line(GROUP, {
    id: 'certificate.dry-run',
    state: 'problem',
    seen: 'inside',
    summary: 'A rehearsal of the renewal failed',
    detail,
    mend: 'The whole story is on the server: sudo tail -n 50 /var/log/letsencrypt/letsencrypt.log',
  });
}
