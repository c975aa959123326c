import { type Sh, sh } from '../../sh.js';

const SSHGUARD = 'sshguard';

/** Gone after a restart of the server, whatever became of the run. */
const FOLDER = `/run/systemd/system/${SSHGUARD}.service.d`;
const DROP_IN = `${FOLDER}/broker-setup.conf`;

/** A shell condition. */
export const atWork: Sh = sh`systemctl -q is-active ${SSHGUARD}`;

/**
 * Shell that lets sshguard spare the addresses that files in the folder are named after, and no others but those of its owner's. It bans after
 * three refused logins within half an hour, and from all ports; it knows whom to spare from its start on only, so it is started anew, and forgets whom it has banned. Its own
 * script hands on WHITELIST_ARG in the place of the owner's list, so that is named, too; no file of the owner's is touched.
 * sshguard(8) tells of -w, which sets it; an address with a zone it does not read.
 */
export const tellSshguard = (folder: string): Sh => sh`if ${atWork}; then
  spared=
  for one in ${folder}/*; do case $one in *'*' | *%*) ;; *) spared="$spared \${one##*/}" ;; esac; done
  if [ -n "$spared" ] || [ -e ${DROP_IN} ]; then
    own=$(. /etc/sshguard/sshguard.conf >/dev/null 2>&1; echo "$WHITELIST_FILE")
    mkdir -p ${FOLDER}
    if [ -n "$spared" ]; then printf '[Service]\nEnvironment="WHITELIST_ARG=%s"\n' "$own$spared" >${DROP_IN}; else rm -f ${DROP_IN}; fi
    systemctl daemon-reload
    systemctl reset-failed ${SSHGUARD}
    systemctl restart ${SSHGUARD}
  fi
fi`;
