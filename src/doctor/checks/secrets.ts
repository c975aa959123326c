import { defineStep, type Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';

/** Secrets that every server has, in the places of Debian's packages; those of the broker are looked at by its own step. */
const PLACES = ['/etc/letsencrypt/archive', '/etc/ssh', '/etc/shadow', '/etc/gshadow'];

/** Private keys and password hashes that others on the server could read or change. */
export const secrets = defineStep<string[]>({
  id: 'secrets',
  title: 'Secrets on the server',
  probe:
    () => sh`find ${PLACES} -type f \\( -name 'privkey*.pem' -o -name 'ssh_host_*_key' -o -name shadow -o -name gshadow \\) -perm /007 -print | sed 's/^/open=/'
echo looked`,
  parse: ({ stdout }) => {
    if (!stdout.includes('looked')) throw new Error('The server did not tell the modes of its secrets.');
    return [...stdout.matchAll(/^open=(.*)$/gm)].map(([, path = '']) => path);
  },
  check: (open): Finding[] =>
    open.length === 0
      ? []
      : [
          {
            id: 'secrets.modes',
            level: 'change',
            summary: `Keep everybody else on the server out of ${open.join(', ')}`,
            change: { kind: 'run', script: sh`chmod o-rwx ${open}` },
          },
        ],
});
