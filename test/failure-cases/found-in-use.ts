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
  ],
};
