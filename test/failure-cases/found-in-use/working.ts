import type { FailureGroup } from '../case.js';

export const WORKING: FailureGroup = {
  title: 'Found in use: enabled, but not working',
  cases: [
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
      number: 315,
      symptom:
        'fail2ban is reported to see nobody after a login that wrote many log lines, or to work although its own settings make it ban nobody (ignoreip = 0.0.0.0/0, maxretry = 100000, another journalmatch).',
      behaviour:
        'The login is searched for in all that its process has logged, and among the lines that the jail selects. The running jail is asked whom it ignores and how many guesses it allows, and so is OpenSSH from 9.8 on.',
    },
    {
      number: 320,
      symptom:
        'A later file of apt switches the fetching of package lists off, or the mirror does not answer for weeks. The daily round runs, finds nothing to install, and everything looks fine.',
      behaviour:
        'doctor and the daily watch judge when package lists were last fetched, and doctor reports lists that have not changed for a month.',
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
        'A drop-in makes certbot.service renew another certificate only (--cert-name), look elsewhere (--config-dir), or pass over the hooks that give the broker its new certificate (--no-directory-hooks), or refuse to renew (-d).',
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
      number: 331,
      symptom:
        'The SSH server was disabled and is enabled again. systemd takes the running one for dead, starts another one, which finds the port taken, and removes /run/sshd: nobody can log in any more.',
      behaviour:
        'No unit of this set-up names the service and its alias. Where systemd has lost sight of the running service all the same, that one is ended before the new one starts.',
    },
    {
      number: 332,
      symptom:
        "The timer that keeps Mosquitto's log small is on, but a drop-in makes it fire once a day, its service runs something else, or its last run failed.",
      behaviour:
        'Each of them is named, with the file that causes it or the command that shows the log of the service.',
    },
  ],
};
