import { isAsWanted, type SeenFile } from '../engine/seen-files.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { tlsPorts } from '../engine/tls-ports.js';
import { firstCertificate } from '../fingerprint.js';
import { sh } from '../sh.js';
import { lineage } from '../templates/certificate-copy.js';
import { RENEWAL_LOG, renewalHook as template } from '../templates/renewal-hook.js';

const HOOK = '/etc/letsencrypt/renewal-hooks/deploy/broker-setup';
const MODE = '0755';
const OWNER = 'root:root';

interface State {
  hook: SeenFile | undefined;
  /** Whether the last run of the hook succeeded, for exactly the newest certificate. */
  proved: boolean;
}

/** Each renewed certificate reaches the broker, and the hook has shown that it can do that. */
export const renewalHook = defineStep<State>({
  id: 'renewal-hook',
  title: 'Hand renewed certificates to the broker',
  packages: () => ['openssl'],
  needs: ({ settings }) => ({ files: [HOOK, lineage(settings.domain).fullchain] }),
  probe: () => sh`if [ -f ${RENEWAL_LOG} ]; then tail -n 1 ${RENEWAL_LOG}; fi`,
  parse: ({ stdout, facts }, { settings }) => {
    const newest = firstCertificate(facts.file(lineage(settings.domain).fullchain)?.content ?? '');
    return {
      hook: facts.file(HOOK),
      proved: newest !== undefined && stdout.trimEnd().endsWith(` ok sha256=${newest.fingerprint256}`),
    };
  },
  check,
});

function check({ hook, proved }: State, { broker, settings }: Context): Finding[] {
  const ports = tlsPorts(broker, settings);
  const content = template(broker, settings.domain, ports);
  const right = isAsWanted(hook, { content, mode: MODE, owner: OWNER });
  const findings: Finding[] = [];
  if (!right) {
    findings.push({
      id: 'renewal-hook.file',
      level: 'change',
      summary: `Lay down certbot's deploy hook, which gives ${broker.title} each new certificate`,
      change: {
        kind: 'write',
        files: [
          {
            path: HOOK,
            content,
            mode: MODE,
            owner: OWNER,
            before: hook?.content,
          },
        ],
      },
    });
  }
  if (!right || !proved) {
    findings.push({
      id: 'renewal-hook.proved',
      level: 'change',
      summary: `Run the hook once, as certbot will: ports ${ports.join(', ')} must show the new certificate`,
      change: {
        kind: 'run',
        undo: 'nothing',
        script: sh`RENEWED_LINEAGE=${lineage(settings.domain).directory} RENEWED_DOMAINS=${settings.domain} ${HOOK}`,
      },
    });
  }
  return findings;
}
