import { defineStep, type Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';

/** Secrets that every server has, in the places of Debian's packages; those of the broker are looked at by its own step. */
const PLACES = ['/etc/letsencrypt/archive', '/etc/ssh', '/etc/shadow', '/etc/gshadow'];

/** Private keys and password hashes that others on the server could read or change. */
export const secrets = defineStep<string[]>({
  id: 'secrets',
  title: 'Secrets on the server',
  // sshd passes over a host key that its group can read, too (sshd(8), FILES).
  probe: () => sh`set --
for place in ${PLACES}; do [ ! -e "$place" ] || set -- "$@" "$place"; done
found=$(find "$@" -type f \\( -name 'ssh_host_*_key' -perm /077 -o \\( -name 'privkey*.pem' -o -name shadow -o -name gshadow \\) -perm /007 \\) -print) || exit 1
[ -z "$found" ] || printf '%s\\n' "$found" | sed 's/^/open=/'
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
            change: {
              kind: 'run',
              undo: { stays: 'Files that were open to everybody stay closed.' },
              script: sh`for path in ${open}; do case $path in */ssh_host_*) chmod go-rwx "$path" ;; *) chmod o-rwx "$path" ;; esac; done`,
            },
          },
        ],
});
