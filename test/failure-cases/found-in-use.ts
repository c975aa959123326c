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
        'A host key is kept in known_hosts only after a key exchange in which the server has proved that it has the key. doctor and init -n keep none.',
    },
  ],
};
