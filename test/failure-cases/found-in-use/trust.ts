import type { FailureGroup } from '../case.js';

export const TRUST: FailureGroup = {
  title: 'Found in use: keys, certificates and whom they are trusted by',
  cases: [
    {
      number: 173,
      symptom:
        'A private certificate authority was replaced. The old certificate stays and no client trusts it, or certbot fails with “accountDoesNotExist”.',
      behaviour:
        'A certificate that does not chain to certificate.ca_bundle is renewed. When the authority does not know the account of the server, the error names the folder to delete.',
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
      number: 329,
      symptom:
        'The key of the first login is readable by others. ssh refuses it, but this program’s own SSH uses it, so the next login with ssh fails.',
      behaviour: 'Both refuse it, in the same words, and the error names the file and its mode.',
    },
  ],
};
