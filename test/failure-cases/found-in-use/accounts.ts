import type { FailureGroup } from '../case.js';

export const ACCOUNTS: FailureGroup = {
  title: 'Found in use: accounts that are undone',
  cases: [
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
      number: 303,
      symptom:
        'The password file or a file of keys is larger than 1 MiB. undo of one account cuts it off, and the accounts behind are lost.',
      behaviour:
        'A file is read as a whole or not at all: where it cannot be, or is larger than 64 MiB, it is left as it is, and undo says so.',
    },
  ],
};
