import type { Session } from '../session/session.js';
import { LETS_ENCRYPT } from '../settings/schema.js';
import { type Sh, sh } from '../sh.js';
import { line } from './lines.js';
import type { Line } from './report.js';

const GROUP = { id: 'certificate', title: 'The life of the certificate' };

/**
 * Lets certbot rehearse the renewal: it asks the authority's test directory where there is one, keeps nothing, and runs no
 * deploy hook (certbot docs, "Renewing certificates").
 */
export async function tryRenewal({ host, context }: Session): Promise<Line> {
  const { domain, certificate } = context.settings;
  const { code, stdout, stderr } = await host.run({
    script: asTheTimerDoes([
      ...['renew', '--cert-name', domain, '--dry-run', '--no-random-sleep-on-renew'],
      // By itself certbot rehearses with Let's Encrypt's test directory, whoever issued the certificate.
      ...(certificate.directory === LETS_ENCRYPT ? [] : ['--server', certificate.directory]),
    ]),
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

/**
 * Shell that runs certbot with these words in a copy of the unit that its timer starts, with all drop-ins: the same program,
 * variables and limits (systemd.service(5); a unit below /run is gone with the next start of the server at the latest).
 */
function asTheTimerDoes(words: readonly string[]): Sh {
  const unit = 'broker-setup-renewal.service';
  const file = `/run/systemd/system/${unit}`;
  // Both mean something in ExecStart.
  const line = words.map((word) => word.replaceAll('%', '%%').replaceAll('$', '$$$$')).join(' ');
  return sh`(
said=$(mktemp /run/broker-setup.XXXXXX) || exit 1
trap 'rm -f ${file} "$said"; systemctl daemon-reload; systemctl reset-failed ${unit} 2>/dev/null' EXIT
program=$(systemctl show -p ExecStart certbot.service | sed -n 's/.*path=\\([^ ;]*\\).*/\\1/p' | head -n 1)
case $program in */certbot) ;; *) echo "The renewal failed to start: certbot.service runs $program, not certbot. See why with: systemctl cat certbot.service"; exit 1 ;; esac
{ systemctl cat certbot.service && printf '\\n[Service]\\nExecStart=\\nExecStart=%s %s\\nStandardOutput=file:%s\\nStandardError=inherit\\n' "$program" ${line} "$said"; } >${file} || exit 1
systemctl daemon-reload
systemctl start ${unit} 2>/dev/null
code=$?
cat "$said"
exit "$code"
)`;
}
