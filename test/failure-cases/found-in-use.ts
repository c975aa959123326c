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
  ],
};
