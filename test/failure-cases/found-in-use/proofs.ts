import type { FailureGroup } from '../case.js';

export const PROOFS: FailureGroup = {
  title: 'Found in use: what a check really shows',
  cases: [
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
