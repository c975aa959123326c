import { FAIL2BAN_SOCKET } from '../../engine/not-banned.js';
import { type Sh, sh } from '../../sh.js';
import { JAIL } from '../../templates/fail2ban-jail.js';

/**
 * Asks fail2ban for the status of a jail over its socket, as fail2ban-client(1) does: pickled lists, each with an end mark (csocket.py).
 * The client itself takes a tenth of a second of processor time to start, so it is asked only where this fails. Without the
 * modules of Python's library that wrap these two, and without site, the interpreter starts in a tenth of that.
 */
const STATUS = `import sys
from _pickle import dumps, loads
from _socket import AF_UNIX, socket
END = b'<F2B_END_COMMAND>'
server, reply = socket(AF_UNIX), b''
server.settimeout(5)
server.connect(sys.argv[1])
server.send(dumps(['status', sys.argv[2]], 2) + END)
while not reply.endswith(END):
    piece = server.recv(4096)
    if not piece: sys.exit(1)
    reply += piece
code, status = loads(reply[:-len(END)])
if code != 0: sys.exit(1)
for name, value in dict(status)['Filter']:
    if name in ('Journal matches', 'File list'): print('status=%s: %s' % (name, value or ''))
`;

/** Shell that prints what our jail watches. */
export const tellWatching: Sh = sh`[ ! -S ${FAIL2BAN_SOCKET} ] || python3 -I -S -c ${STATUS} ${FAIL2BAN_SOCKET} ${JAIL} ||
  printf 'status=%s\n' "$(fail2ban-client status ${JAIL} | grep -oE '(Journal matches|File list):.*')"`;

/** Pure. Whether the jail watches a journal or a file. */
export const watches = (stdout: string): boolean => /^status=[^:\n]*:[^\S\n]*\S/m.test(stdout);
