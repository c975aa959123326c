import { type Sh, sh } from '../../sh.js';
import { JAIL } from '../../templates/fail2ban-jail.js';
import { FAIL2BAN_SOCKET } from './not-banned.js';

/**
 * Asks fail2ban for a jail over its socket, as fail2ban-client(1) does: pickled lists, each with an end mark (csocket.py).
 * The client itself takes a tenth of a second of processor time to start, so it is asked only where this fails. Without the
 * modules of Python's library that wrap these two, and without site, the interpreter starts in a tenth of that.
 */
const STATUS = `import sys
from _pickle import dumps, loads
from _socket import AF_UNIX, socket
END = b'<F2B_END_COMMAND>'
server = socket(AF_UNIX)
server.settimeout(5)
server.connect(sys.argv[1])
def ask(*words):
    server.send(dumps(list(words), 2) + END)
    reply = b''
    while not reply.endswith(END):
        piece = server.recv(4096)
        if not piece: sys.exit(1)
        reply += piece
    return loads(reply[:-len(END)])
def said(value): return ' '.join(map(str, value)) if isinstance(value, (list, tuple, set)) else str(value or '')
code, status = ask('status', sys.argv[2])
if code != 0: sys.exit(1)
for name, value in dict(status)['Filter']:
    if name in ('Journal matches', 'File list'): print('status=%s: %s' % (name, said(value)))
for name in ('ignoreip', 'maxretry', 'findtime', 'bantime', 'actions'):
    code, value = ask('get', sys.argv[2], name)
    if code == 0: print('jail=%s: %s' % (name, said(value)))
`;

/** Shell that prints what our jail watches, and as `jail=NAME: VALUE` how strict it is. */
export const tellWatching: Sh = sh`[ ! -S ${FAIL2BAN_SOCKET} ] || python3 -I -S -c ${STATUS} ${FAIL2BAN_SOCKET} ${JAIL} ||
  printf 'status=%s\n' "$(fail2ban-client status ${JAIL} | grep -oE '(Journal matches|File list):.*')"`;

/** Pure. Whether the jail watches a journal or a file. */
export const watches = (stdout: string): boolean => /^status=[^:\n]*:[^\S\n]*\S/m.test(stdout);
