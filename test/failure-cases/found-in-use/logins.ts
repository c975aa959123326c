import type { FailureGroup } from '../case.js';

export const LOGINS: FailureGroup = {
  title: 'Found in use: who can log in',
  cases: [
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
      number: 330,
      symptom:
        'An account without a shell (nologin) forwards connections or uses SFTP, principals lie in a file in the home, or keys come from a command that runs as a user of its own for each account. Who can log in is told without them, and init shuts them out without a word.',
      behaviour:
        'They are among those who can log in, and among those whom the plan names before passwords are refused. Where there are more than 300 accounts, the plan says that the rest was not looked at.',
    },
    {
      number: 333,
      symptom:
        'Accounts come from a directory (LDAP, Active Directory, OS Login) that does not list them, so nobody knows that they can log in.',
      behaviour:
        'The plan and the check-up name the source in /etc/nsswitch.conf, and say that its accounts were not checked.',
    },
  ],
};
