import type { FailureGroup } from './case.js';

export const FOUND_IN_USE: FailureGroup = {
  title: 'Found in use',
  cases: [
    {
      number: 173,
      symptom:
        'The private certificate authority was set up anew: the old certificate stays, and no client trusts it any more; or “accountDoesNotExist”.',
      behaviour:
        'A certificate whose roots are not in certificate.ca_bundle is replaced. An authority that does not know the account of the server is called so, with the folder to delete.',
    },
    {
      number: 174,
      symptom:
        'sudo asks for more than the password (it has run out, or a code is wanted): the run hangs for ever, and Ctrl-C does not end it.',
      behaviour:
        'A password that has run out is called so at once. Where nothing is heard for a minute the login is given up, with its last words. A signal ends the wait.',
    },
    {
      number: 175,
      symptom:
        'A pipe or a device is named as a file: the program reads for ever. A huge broker.yaml takes a minute of CPU.',
      behaviour:
        'What people name must be a regular file of a sane size (broker.yaml: 64 kB); anything else is refused at once. Programs of OpenSSH on your computer that do not end within a minute are ended and named.',
    },
    {
      number: 176,
      symptom:
        'The set-up says “ready”, and ssh refuses the key: “UNPROTECTED PRIVATE KEY FILE”, or the .pub file beside it is of another key.',
      behaviour: 'Both are found before anything is sent to the server, also for a key with a passphrase.',
    },
    {
      number: 177,
      symptom: 'The file with the key of a package repository holds a second key, and apt believes both.',
      behaviour:
        'Only the key whose fingerprint is known enters the keyring, wherever in the file it stands.',
    },
    {
      number: 178,
      symptom:
        'Your computer trusts more authorities than devices do (NODE_EXTRA_CA_CERTS, a company’s proxy): a certificate is called trusted that every device refuses.',
      behaviour:
        'Certificates are judged by the well-known roots, or those of certificate.ca_bundle, whatever your computer trusts besides.',
    },
    {
      number: 179,
      symptom:
        'Every account on the server can read who set it up, from where, and what apt and certbot said.',
      behaviour: '/var/log/broker-setup is for root alone, also where an earlier version has made it.',
    },
  ],
};
