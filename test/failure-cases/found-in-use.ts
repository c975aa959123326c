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
  ],
};
