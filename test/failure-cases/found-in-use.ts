import type { FailureGroup } from './case.js';

export const FOUND_IN_USE: FailureGroup = {
  title: 'Found in use',
  cases: [
    {
      number: 173,
      symptom:
        'A private certificate authority was replaced. The old certificate stays and no client trusts it, or certbot fails with “accountDoesNotExist”.',
      behaviour:
        'A certificate that does not chain to certificate.ca_bundle is renewed. When the authority does not know the account of the server, the error names the folder to delete.',
    },
    {
      number: 174,
      symptom:
        'sudo asks for more than the password (it has expired, or a second factor is required). The run hangs, and Ctrl-C does not end it.',
      behaviour:
        'An expired password is reported immediately. After a minute without output the login ends, and the error shows the last line. A signal ends the wait.',
    },
    {
      number: 175,
      symptom:
        'A pipe or a device is given as a file, and the program reads without end. A huge broker.yaml takes a minute of CPU time.',
      behaviour:
        'Files must be regular and of a plausible size (broker.yaml: 64 kB); others are rejected immediately. OpenSSH programs on your computer that run for more than a minute are ended and reported.',
    },
    {
      number: 176,
      symptom:
        'The set-up reports success, but ssh rejects the key: “UNPROTECTED PRIVATE KEY FILE”, or the .pub file belongs to another key.',
      behaviour: 'Both are detected before anything is sent to the server, also for keys with a passphrase.',
    },
    {
      number: 177,
      symptom: 'The key file of a package repository contains a second key, and apt trusts both.',
      behaviour: 'Only the key with the expected fingerprint enters the keyring, wherever it is in the file.',
    },
    {
      number: 178,
      symptom:
        'Your computer trusts more authorities than devices do (NODE_EXTRA_CA_CERTS, a company proxy). A certificate is reported as trusted, and every device rejects it.',
      behaviour:
        'Certificates are verified against the well-known roots, or those of certificate.ca_bundle, whatever else your computer trusts.',
    },
    {
      number: 179,
      symptom:
        'Every account on the server can read who set it up, from which address, and the output of apt and certbot.',
      behaviour:
        'Only root can read /var/log/broker-setup. A folder that an earlier version created with other permissions is corrected.',
    },
    {
      number: 180,
      symptom:
        'A user replaces ~/.ssh with a symbolic link. init or undo then writes as root into a folder of the system, or hands it to that user.',
      behaviour:
        'Work in a home is done with the rights of its owner. A link in the place of the file or of a folder stops init before anything is changed.',
    },
    {
      number: 181,
      symptom:
        'The user of EMQX puts a link in the place of the certificate folder and becomes root at the next renewal.',
      behaviour:
        'The certificate is in a folder of root’s, readable by the group of the broker. The renewal hook refuses to write into any other folder.',
    },
    {
      number: 182,
      symptom:
        'The user of a broker replaces its configuration file with a link to /etc/shadow. init prints the hashes and copies them to where the broker can read them.',
      behaviour:
        'Files in a folder that belongs to somebody else are read and written with the rights of that user.',
    },
    {
      number: 183,
      symptom:
        'The password file of Mosquitto is a link to a data disk. It is replaced with a file, and the disk keeps the old one.',
      behaviour: 'The file that the link leads to is updated, and the link stays.',
    },
    {
      number: 184,
      symptom:
        '“chown -R mosquitto /etc/mosquitto”, as tutorials have it. Whoever breaks into the broker can have it started as root.',
      behaviour:
        'init makes root the owner of the folders and the configuration files. doctor reports others that it cannot change.',
    },
    {
      number: 190,
      symptom:
        'A stranger without an account announces large packets, or opens a thousand silent connections. The broker takes all memory, or no device can connect.',
      behaviour:
        'Packets above 1 MB are refused before the login. The broker may have 65,536 files open and take 75 % of the memory, and each port has its own number of connections. What a broker cannot limit is in docs/security.md.',
    },
    {
      number: 191,
      symptom:
        'The set-up brings limits, and the devices of an owner who had set larger or smaller ones are cut off.',
      behaviour:
        'A limit in the owner’s own files stays. If it allows more than the default, it is reported as a warning.',
    },
    {
      number: 192,
      symptom: 'A client that speaks HTTP to port 8883 fills the disk with the log of Mosquitto.',
      behaviour:
        'Every five minutes, a log above 50 MB is emptied; its beginning and its end are kept beside it.',
    },
    {
      number: 193,
      symptom:
        'A stranger keeps 150 idle connections open to the SSH server. The operator cannot log in, and a run rolls the hardening back.',
      behaviour:
        'From OpenSSH 8.5 on, each address gets only a few logins at the same time, so a stranger cannot take those of others. This holds before the first change that is confirmed over a new login.',
    },
    {
      number: 194,
      symptom:
        'A stranger fills the memory of EMQX through a WebSocket with one large frame, or opens connections without end.',
      behaviour:
        'Frames, packets, connections, new connections per second and retained messages have limits in both families of EMQX. Limits that the owner has set stay.',
    },
    {
      number: 241,
      symptom:
        'An undo restores the password file of the broker as it was. An account that was removed since can connect again with its old password.',
      behaviour:
        'The undo removes only the accounts that the run made, and lists each by name. Every other account stays as it is. No copy of a password file is kept, and one that an earlier version kept is not restored.',
    },
    {
      number: 242,
      symptom: 'An undo restores authorized_keys as it was. A key that was revoked since can log in again.',
      behaviour:
        'The undo removes only the key that the run added, with the rights of the user whose file it is. All other lines stay.',
    },
    {
      number: 243,
      symptom:
        'A guard rolls back a change, and restores /etc/shadow and /etc/sudoers.d as a whole: an account that an administrator locked meanwhile is open again.',
      behaviour:
        'The guard rolls back only the entries that the change has touched. An entry that somebody else has changed meanwhile stays.',
    },
    {
      number: 244,
      symptom:
        'The account that broker.yaml names is removed on purpose. The check-up reports that no device can connect, though others can, and --fix makes the account again.',
      behaviour:
        'It is a note, not a problem, and lists the accounts that exist. The plan says that the account is missing, and how to keep it away.',
    },
    {
      number: 245,
      symptom:
        'Another broker is chosen for a server that is set up already: “Port 8883 is already used by mosquitto. Stop that program.”',
      behaviour:
        'The program recognizes the broker of its own earlier run. It says that accounts do not move, how to stop the old broker, and how to return to it.',
    },
    {
      number: 246,
      symptom:
        'Keys are in authorized_keys2, in a folder of AuthorizedKeysFile, or come from AuthorizedKeysCommand; certificates, Kerberos or trusted hosts are used. The plan names none of these people, and the hardening locks them out.',
      behaviour:
        'The plan and the check-up read every mechanism that sshd has in force for each account, Match blocks included. Who would be locked out is named with the way that is lost.',
    },
    {
      number: 247,
      symptom: 'A user makes authorized_keys a link to a file that only root can read, or a pipe.',
      behaviour: 'The file is read with the rights of that user, as sshd does, and a pipe is not waited for.',
    },
    {
      number: 248,
      symptom:
        'ssh rejects a host key that RevokedHostKeys lists or known_hosts marks as revoked, but this program logs in, or blames a busy server.',
      behaviour:
        'Both transports reject it before anything is sent, and the error names the file. A list that cannot be read rejects every server, as with ssh.',
    },
    {
      number: 249,
      symptom:
        'A server lists the host key of another machine as its own, and your computer trusts that key for the server from then on.',
      behaviour:
        'A host key is kept in known_hosts only after a key exchange in which the server has proved that it has the key.',
    },
    {
      number: 205,
      symptom:
        'The owner has another build of mosquitto_passwd, openssl or python3 in /usr/local. Accounts get hashes that the broker does not know, and the renewal hook fails.',
      behaviour:
        'Scripts of root search the folders of the distribution only. Programs that are the owner’s (docker, podman, what hooks of apt and certbot call) are still found.',
    },
    {
      number: 206,
      symptom:
        'A run ends with a failed check from outside, or is killed before it. The next run finds nothing to do and reports that all is ready.',
      behaviour:
        'The server notes which checks are outstanding. Each run of init repeats them, and succeeds only when all hold; doctor lists them. A password that was never seen to work is replaced, or tried if you hand it in.',
    },
    {
      number: 207,
      symptom: 'A password is shown for an account that was not created.',
      behaviour:
        'A password is shown only if the change that sets it succeeded. Without a hash from mosquitto_passwd no account is written.',
    },
    {
      number: 208,
      symptom:
        'The owner’s max_keepalive is below 60 seconds. The test message of a new account fails with “Identifier rejected”.',
      behaviour:
        'The test client asks for a keepalive of 10 seconds, the smallest limit that Mosquitto accepts. Any other refusal is printed with its code, meaning and client id.',
    },
    {
      number: 209,
      symptom:
        'The broker refuses every client (clientid_prefixes, a plugin). “A wrong password is refused” is reported as verified.',
      behaviour:
        'A refusal counts only if the same client is accepted with the right password. Otherwise the result is “could not be checked”.',
    },
    {
      number: 210,
      symptom:
        'The SSH server refuses every login from this computer. “root is refused” and “passwords are refused” are reported as verified.',
      behaviour: 'Both count only if the user can log in with the key from the same computer.',
    },
    {
      number: 219,
      symptom:
        'An update was installed, but the broker, the SSH server or fail2ban still runs the previous version: policy-rc.d forbids restarts, or nothing restarts after a library was updated.',
      behaviour:
        '`doctor` compares each running service with its files on disk. It restarts the broker, the SSH server and fail2ban with `--fix`, and lists other services and a policy-rc.d that forbids restarts.',
    },
    {
      number: 220,
      symptom:
        'A tutorial’s `user root` (or `User=root` in a drop-in) makes the broker serve the world as root.',
      behaviour:
        'The user of the running process and the configuration are checked. The finding names the file and line, and how the broker’s own user gets its files back.',
    },
    {
      number: 221,
      symptom:
        'An administrator has only a key that the hardened SSH server refuses (ECDSA, a FIDO token of that type, too short, expired). It is reported as a way to log in.',
      behaviour:
        'Each key is compared with the settings in force and with its own options. A refused key is listed with the reason, also in the plan, before anybody is locked out.',
    },
    {
      number: 222,
      symptom:
        'Everything works until the next reboot: nothing starts the SSH server, it refuses its own files or starts with other ones, the network is not enabled, or the server boots into rescue mode.',
      behaviour:
        '`doctor` checks what the next start will do, quotes sshd where it refuses its files, and names the file that overrides another. Enabling SSH again is a change; the rest stops a run.',
    },
    {
      number: 223,
      symptom:
        'The server was wiped. `doctor` says that everybody in the world can read everything, below a port that refused the connection, and advises to run `doctor`.',
      behaviour:
        'What could not be reached is reported as “could not be checked”, without consequences. Advice never names the command that is running.',
    },
    {
      number: 213,
      symptom:
        'fail2ban runs, and bans nobody: journald keeps nothing (Storage=none), the SSH server logs nothing, or the log file is no longer written.',
      behaviour:
        'doctor looks for its own login in what the jail reads. If it is not there, doctor says so, and names the setting where one is known to be the cause.',
    },
    {
      number: 214,
      symptom:
        'A drop-in makes certbot.timer fire once a year, or certbot.service run /bin/true. Everything looks fine until the certificate expires.',
      behaviour:
        'Timers are judged by when they fire and by what they start. The file that overrides them is named, and no renewal day is shown. The same holds for the timers of apt and the daily watch.',
    },
    {
      number: 215,
      symptom:
        'A setting in certbot’s cli.ini (authenticator = webroot, dry-run, key-type, server) makes every renewal fail, and a first run ends with “Too many flags”.',
      behaviour:
        'Nothing is changed before that line is removed: the plan and doctor name the line, its file and its effect.',
    },
    {
      number: 216,
      symptom:
        'A file of your own for Mosquitto has a mistake, or “user nobody”. The broker still runs with its old configuration, and the next renewal restarts it: it stays down.',
      behaviour:
        'A renewal reloads the certificate without a restart. Where a restart is needed, the configuration is tried first, beside the running broker. doctor names files that were changed after the start, and tries them.',
    },
    {
      number: 217,
      symptom:
        'Retained messages are gone after each restart: the data folder of the broker was restored as root.',
      behaviour:
        'doctor checks that the broker’s user can write its data, and a run corrects the owner, without following links.',
    },
    {
      number: 225,
      symptom:
        'The owner denies a needed port in ufw (ufw deny 80, ufw insert 1 deny 8883). The firewall is reported as set up, and the provider is blamed.',
      behaviour:
        'The rules of ufw are evaluated in their order. A rule that closes a needed port stops the run before anything is changed, with the command that removes it.',
    },
    {
      number: 226,
      symptom:
        'A rule outside of ufw closes a needed port: in the older back end (iptables-legacy), in the tables mangle or raw, or in a table of nftables. The provider’s firewall is blamed.',
      behaviour:
        'All rules in the kernel are evaluated in order, for IPv4 and IPv6. The rule that closes the port is quoted, and a run stops before anything is changed. Rules that are not understood are listed as such.',
    },
    {
      number: 227,
      symptom: '/etc/hosts.deny closes every connection to Mosquitto, and nothing says why.',
      behaviour: 'The line is reported, with the command that allows Mosquitto.',
    },
    {
      number: 228,
      symptom:
        'ufw is on without IPv6 (IPV6=no). Opening ports fails with “problem running”, and the provider is blamed for IPv6.',
      behaviour:
        'IPv6 is evaluated separately. The firewall is reloaded after IPv6 is switched on, before ports are opened.',
    },
    {
      number: 229,
      symptom:
        'certbot, apt or a broker fails, and the error says that its words are below, where nothing is (certbot: “Please choose an account”).',
      behaviour:
        'Below our summary are always the last lines of the program that failed, unchanged. Several certbot accounts are named as the cause.',
    },
    {
      number: 230,
      symptom:
        'The first complaint of a long output (a lock on /etc/passwd) is pushed out by its consequences, and the error says “above” for what is below.',
      behaviour: 'The first complaint and the lines before it are shown as well.',
    },
    {
      number: 231,
      symptom:
        'apt fails for a reason of its own (a hook, APT::Default-Release), and the mirror or missing packages are blamed. A dead http_proxy in /etc/environment is not named.',
      behaviour:
        'The mirror is named only where apt could not fetch from it, missing packages only where apt can tell what there is. A proxy from the environment is named.',
    },
    {
      number: 232,
      symptom:
        'During an upgrade the SSH server is restarted so often that systemd gives it up (start-limit-hit). Nobody can log in, and the error guesses at a ban.',
      behaviour:
        'After packages are installed, the SSH server is started again over the open session, and a new login must succeed before the run goes on. How the login is after a rollback is only stated after a new login.',
    },
    {
      number: 233,
      symptom:
        'A leftover unit in /etc/systemd/system starts a program that no longer exists. The error suspects another tool on the server.',
      behaviour: 'The message of systemd is shown, without its routine messages. No cause is guessed.',
    },
    {
      number: 234,
      symptom:
        'sudo on the server is broken (no setuid bit, wrong owner), and the error says that it asks for a password.',
      behaviour:
        'The message of sudo is shown. That it asks for a password is only stated where sudo says so.',
    },
    {
      number: 290,
      symptom:
        'A CAA record allows Let’s Encrypt only for one way of proving the domain or for one account (RFC 8657). certbot asks, and the authority refuses.',
      behaviour:
        'Both conditions are read before the authority is contacted, and compared with the method used here and with the account on the server.',
    },
    {
      number: 291,
      symptom:
        'The installation disc is still in /etc/apt/sources.list. The warning advises to remove a file from sources.list.d that does not exist.',
      behaviour: 'The warning names the source as apt does, and each file that contains it.',
    },
    {
      number: 292,
      symptom:
        'ssh refuses ~/.ssh/config because others may write to it, or the account of the server is locked, and the error advises to check the name of the server or the user of the provider.',
      behaviour:
        'The message of ssh is shown with the command that corrects the mode. Where both logins are refused, the error says where the server states why.',
    },
    {
      number: 293,
      symptom:
        'A later rule in /etc/sudoers.d asks the new user for a password that was never set. The run ends with “sudo asks for a password”, without the rule.',
      behaviour:
        'The run stops before it changes anything, and the error shows the rule with its file and line.',
    },
    {
      number: 250,
      symptom:
        'A password is mistyped at the terminal: a green tick, and the same question again without a word. A mistyped first passphrase of a new key can never be confirmed.',
      behaviour:
        'No tick is shown for a password that is only tried afterwards; a refused one is reported with the tries that are left. Where two entries differ, both are asked for again.',
    },
    {
      number: 251,
      symptom:
        'An answer of the wizard is refused after the last question, because it does not go with another one (a private name with Let’s Encrypt).',
      behaviour:
        'Each answer is checked at its own question, together with those given before, by the function that checks the settings file.',
    },
    {
      number: 252,
      symptom:
        '“Another file” for the SSH key takes /etc/passwd. Every later run fails without naming the setting.',
      behaviour:
        'The file is read at the question; what ssh could not use is refused there. A later failure names the setting key.file.',
    },
    {
      number: 253,
      symptom: 'Ctrl-C at a question loses all answers.',
      behaviour:
        'Each answer is in the settings file before the next question. The same command continues with the questions that are left, and Ctrl-C says where the answers are.',
    },
    {
      number: 254,
      symptom:
        'The folder cannot be written to, and the wizard finds out after the last question, with the name of a temporary file.',
      behaviour:
        'Before the first question it is checked that the settings file can be written; the error names folder and reason in words.',
    },
    {
      number: 255,
      symptom: 'Enter at the terms of the certificate authority ends the run.',
      behaviour: 'The consequence is stated, and the question asked once more.',
    },
    {
      number: 256,
      symptom:
        'The server is first contacted after all questions: a mistyped name or password shows at the very end.',
      behaviour:
        'As soon as the server is named the login is tried. Where it fails, the cause is shown, and another name can be given, or it is tried again.',
    },
    {
      number: 257,
      symptom:
        'Enter chooses EMQX, nothing says which broker is for whom, LwM2M is offered where it cannot work, and the error about a missing version suggests one without security fixes.',
      behaviour:
        'One sentence recommends a broker by need; Enter takes Mosquitto. Protocols are offered only where the version can do them. The error names --broker mosquitto as well.',
    },
    {
      number: 258,
      symptom: 'The dashboard of EMQX is open to the world by default.',
      behaviour:
        'A new set-up gets it through an SSH tunnel, and its settings file says so. A settings file that does not name the setting keeps its meaning.',
    },
    {
      number: 259,
      symptom:
        'Text is wrapped at 80 columns whatever the terminal has, and complaints at a question are broken in the middle of a word.',
      behaviour: 'Text is wrapped to the width of the terminal, between words.',
    },
    {
      number: 260,
      symptom: 'A value that is mistyped on the command line ends the wizard before it begins.',
      behaviour: 'The value is reported, and asked for like all others that are missing.',
    },
    {
      number: 261,
      symptom: 'Ctrl-C during a run shows the step that was stopped as failed.',
      behaviour:
        'A step that was stopped on request, or not reached, is shown as stopped; only one that failed has the mark of a failure.',
    },
    {
      number: 262,
      symptom:
        'A tick stands before what is not there: the daily watch that is not installed, fingerprints of a certificate that does not exist yet.',
      behaviour:
        'Where there is nothing to check, the line has no tick and says why: not installed, once there is a certificate.',
    },
    {
      number: 263,
      symptom: 'The program is updated while it waits for the yes: “This is a bug”, with a stack trace.',
      behaviour:
        'The error says that the program was replaced while it was running, and to run the same command again.',
    },
    {
      number: 264,
      symptom:
        'In a second terminal three passwords are requested before the error that another run holds the lock.',
      behaviour:
        'Only the login is asked for first. Passwords and passphrases that a person may choose are asked for once nobody else is at work on the server.',
    },
    {
      number: 265,
      symptom: 'An error of rootless podman is shown as it stands in log files, with \\n in it.',
      behaviour: 'Its message is shown as lines.',
    },
    {
      number: 266,
      symptom:
        'The end of a run has no line that tries the broker, and does not say what is next. A run with nothing to do tells neither addresses nor the login.',
      behaviour:
        'A line to paste publishes a message and receives it, without the password on it; what is next is listed with commands. Addresses and login are shown also where nothing was to do.',
    },
    {
      number: 267,
      symptom:
        'The plan scrolls away without a sum, doctor shows nothing for seconds, and no time of the running step or of the run is shown.',
      behaviour:
        'The plan ends with one line that says what it comes to. doctor says at once what it does. The running step shows its time and that of the run; a run that failed says how long it took.',
    },
    {
      number: 268,
      symptom:
        'undo begins with 200 lines of differences (PEM text, rules of iptables), does not say what follows, and Enter means yes.',
      behaviour:
        'It leads with the numbers and the consequences for logins, firewall and devices. Differences are condensed (--verbose shows all of them), and Enter means no.',
    },
    {
      number: 269,
      symptom:
        'The lines that rehearse --keep prints do not work when they are pasted: ssh does not know the host key, doctor neither, and there is none for a client.',
      behaviour: 'Login, doctor and a client line are printed with the files that they need.',
    },
    {
      number: 270,
      symptom:
        'EMQX runs with the cookie that its package ships with (emqx50elixir since 5.9), and any account on the server can run commands in it. The plan promises a random one, and doctor is content.',
      behaviour:
        'A cookie that the files of the installed package contain is replaced, whatever it is; the owner’s stays. The running node is asked which one it has, as a digest.',
    },
    {
      number: 272,
      symptom:
        'Authentication of a listener was disabled in the dashboard (enable_authn = false). It stays so after every restart; doctor names symptoms only, and init finds nothing to do.',
      behaviour:
        'The running node is asked about every listener and gateway. One finding names the listener and the setting, and init sets enable_authn in emqx.conf, which wins. Listeners of the owner’s are named with what to do.',
    },
    {
      number: 273,
      symptom:
        'Telemetry, retained messages in memory, metrics without a login, or the dashboard over http were set in the dashboard of EMQX. Until the next restart the files and what runs differ, and doctor says that all is in place.',
      behaviour:
        'Every key that emqx.conf sets is compared with the running node; a difference is a finding, and a restart ends it. A variable of the environment that wins over the files is named.',
    },
    {
      number: 274,
      symptom:
        'The rules of EMQX were replaced or deleted in the dashboard ({allow, all}., or no source), which wins over base.hocon. doctor: “Everything is in place”.',
      behaviour:
        'The sources of rules and the chain of authentication that run are compared with the files. What the dashboard keeps is overruled from emqx.conf; other sources of the owner’s are never dropped.',
    },
    {
      number: 275,
      symptom: 'EMQX 6.2 and newer let everybody in where authentication or rules are missing.',
      behaviour:
        'From 6.2 on EMQX runs with EMQX_SECURITY_PROFILE=hardened, and the running node is asked for its profile.',
    },
    {
      number: 276,
      symptom:
        'After a crash of EMQX systemd waits for one or two minutes (RestartSec=120s) until it starts it again.',
      behaviour:
        'It is started again after three seconds. doctor reads what systemd has in force, and names a file of yours that says otherwise.',
    },
    {
      number: 277,
      symptom:
        'A server with 400 MB of memory and swap together is accepted for EMQX, which is then killed at its start.',
      behaviour:
        'What counts is the memory and swap that are left, with the swap file that is to come: below 352 MB the run stops, below 490 MB it warns, and both say what would happen.',
    },
    {
      number: 300,
      symptom:
        '/etc/mosquitto belonged to the broker once, or its group may write it, and a symbolic link to a file of root’s was put there. As the folder is root’s now, the link counts as root’s, and the file gets accounts and another owner.',
      behaviour:
        'A symbolic link counts as root’s only if it belongs to root, and a folder only if nobody else may write it. What is behind others is done with their rights. Links of others to configuration stop init.',
    },
    {
      number: 301,
      symptom:
        'On Ubuntu the group syslog may write /var/log. A symbolic link in the place of /var/log/broker-setup makes another folder inaccessible.',
      behaviour:
        'The folder of logs must be root’s own before its mode is changed or anything is written to it. Otherwise the run stops and says why.',
    },
    {
      number: 302,
      symptom:
        'persistence_location is a folder inside one of Mosquitto’s. A symbolic link in its place has init give another folder, such as /etc/cron.d, to Mosquitto.',
      behaviour:
        'Only a folder that root alone can have put there is given away. Otherwise the run stops with the command for it.',
    },
    {
      number: 303,
      symptom:
        'The password file or a file of keys is larger than 1 MiB. undo of one account cuts it off, and the accounts behind are lost.',
      behaviour:
        'A file is read as a whole or not at all: where it cannot be, or is larger than 64 MiB, it is left as it is, and undo says so.',
    },
    {
      number: 304,
      symptom:
        'The user of the broker puts a pipe or a link to /dev/zero in the place of one of its files, or stops the program that works there. The run, every later one, and the guard wait for ever.',
      behaviour:
        'What is done with the rights of another user may take ten seconds and reads regular files of a plausible size. The guard first rolls back what is root’s and reloads, then the rest.',
    },
    {
      number: 305,
      symptom:
        'A program that runs as the broker’s user during a check can open the output of that check again through /proc, and read what root has printed there.',
      behaviour:
        'The output of checks can be opened by root alone, and such programs print into a pipe of their own. Paths in their answers are not used.',
    },
    {
      number: 306,
      symptom:
        'A link to /proc/kmsg in the place of a file that another user controls: the comparison of files before a run reads it as root and does not end.',
      behaviour:
        'Before and after a change, and in checks, files that somebody else controls are read with their rights, as regular files, and for ten seconds at most.',
    },
    {
      number: 308,
      symptom:
        'The .pub file beside a private key in PEM or PKCS#8 belongs to another key, and that one is authorized.',
      behaviour:
        'For these formats ssh-keygen derives the public half, and it is compared. Where that takes a passphrase, only the login shows whether the files belong together.',
    },
    {
      number: 309,
      symptom:
        'NODE_OPTIONS=--use_openssl_ca, or a Node of a distribution that trusts the authorities of the computer: a certificate that devices refuse is called trusted.',
      behaviour:
        'Both spellings of the options, a file of options and the build of Node are looked at. Where one of them changes whom Node trusts, the well-known authorities are named instead.',
    },
    {
      number: 315,
      symptom:
        'fail2ban is reported to see nobody after a login that wrote many log lines, or to work although its own settings make it ban nobody (ignoreip = 0.0.0.0/0, maxretry = 100000, another journalmatch).',
      behaviour:
        'The login is searched for in all that its process has logged, and among the lines that the jail selects. The running jail is asked whom it ignores and how many guesses it allows, and so is OpenSSH from 9.8 on.',
    },
    {
      number: 316,
      symptom:
        'A table of nftables with vmap or with sets of several fields: open ports are reported as closed by it, or closed ones as open, and the provider is blamed.',
      behaviour:
        'Such rules are evaluated for each of their values. What is not understood is listed, and never a reason to stop.',
    },
    {
      number: 317,
      symptom:
        'Mosquitto has its acl_file in its data folder, listens on a host name or uses a plugin. Its configuration is reported as one with which it would not start, and nothing can be changed any more.',
      behaviour:
        'The trial sees all files of the server and covers them with memory. Where it lacks the network, name resolution or a plugin’s database, or Mosquitto ends without a word, no verdict is given.',
    },
    {
      number: 318,
      symptom:
        'A network drops every packet to the server. Ports that should be closed are reported as closed, because they do not answer.',
      behaviour:
        'A port counts as closed only where another port of the same address answered or refused from here. Otherwise it could not be checked.',
    },
    {
      number: 319,
      symptom:
        'A proxy or a login page answers in place of the certificate authority or the mirror, and the error says that a root certificate or a package key is missing.',
      behaviour:
        'Missing roots and keys are named only where certbot or apt says so. Otherwise the error shows their words.',
    },
    {
      number: 320,
      symptom:
        'A later file of apt switches the fetching of package lists off, or the mirror does not answer for weeks. The daily round runs, finds nothing to install, and everything looks fine.',
      behaviour:
        'doctor and the daily watch judge when package lists were last fetched, and doctor reports lists that have not changed for a month.',
    },
    {
      number: 321,
      symptom: 'hosts.deny closes the broker by “all : all”, “UNKNOWN” or a netmask, and nothing says why.',
      behaviour:
        'Lines are compared as libwrap compares them: without case, and with all its words for everybody.',
    },
    {
      number: 322,
      symptom:
        'persistence_location names a folder that does not exist. Mosquitto runs, and loses everything at each restart.',
      behaviour: 'The missing folder is reported, with the command that makes it.',
    },
    {
      number: 323,
      symptom:
        'A timer that counts from the last run fires once a year (OnUnitActiveSec=1y), fires once after a start of the server only, or may be a month late (RandomizedDelaySec=1month).',
      behaviour:
        'Each setting of a timer is judged by the longest time between two runs, with its delay. The settings and the file that overrides them are named.',
    },
    {
      number: 324,
      symptom:
        'A drop-in makes certbot.service renew another certificate only (--cert-name), look elsewhere (--config-dir), or pass over the hooks that give the broker its new certificate (--no-directory-hooks).',
      behaviour:
        'The flags of its command line are judged as the settings in cli.ini are. The flag, its effect and the files are named.',
    },
    {
      number: 325,
      symptom:
        'A file of sshd or of the broker is put back from a copy with its old time (mv, cp -p, rsync -a). The program runs with other settings than its files say, and doctor sees nothing.',
      behaviour:
        'What counts is when the file changed in any way (ctime), which no tool sets back. Such a file counts as changed since the start.',
    },
    {
      number: 326,
      symptom:
        'Somebody makes the broker crash five times in ten seconds, and systemd does not start it again; or a drop-in of the owner says Restart=no.',
      behaviour:
        'The broker starts again three seconds after a crash, so the limit of starts is never reached. doctor names a setting that prevents that.',
    },
    {
      number: 327,
      symptom:
        'A firewall lets in those in a list of the owner’s, or of a country, and refuses all others. The list is taken for a few addresses, and init stops because a rule closes the broker for the world.',
      behaviour:
        'Who is in a list with a name is not known here. Such rules are named in a warning, and are never a reason to stop.',
    },
    {
      number: 328,
      symptom:
        'A rule for what the server sends drops its answers: no device connects, and the firewall of the provider is blamed.',
      behaviour:
        'The answer to a connection is followed through the rules for outgoing packets as well. The rule that drops it is named.',
    },
    {
      number: 329,
      symptom:
        'The key of the first login is readable by others. ssh refuses it, but this program’s own SSH uses it, so the next login with ssh fails.',
      behaviour: 'Both refuse it, in the same words, and the error names the file and its mode.',
    },
    {
      number: 330,
      symptom:
        'An account without a shell (nologin) forwards connections or uses SFTP, principals lie in a file in the home, or keys come from a command that runs as a user of its own for each account. Who can log in is told without them, and init shuts them out without a word.',
      behaviour:
        'They are among those who can log in, and among those whom the plan names before passwords are refused. Where there are more than 300 accounts, the plan says that the rest was not looked at.',
    },
  ],
};
