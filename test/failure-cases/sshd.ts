import type { FailureGroup } from './case.js';

export const SSHD: FailureGroup = {
  title: 'The SSH server',
  cases: [
    {
      number: 26,
      symptom:
        'Passwords still open the server after “PasswordAuthentication no”: another file says yes, and what is read first wins.',
      behaviour:
        'Our file is the first of its folder, so 50-cloud-init.conf loses, today and when it is written anew; cloud-init is told as well. Before anything is changed, a file that would win is named with its line. Afterwards sshd -T is asked, and a login with a password must be refused.',
    },
    {
      number: 27,
      symptom: 'Passwords are typed all the same, through PAM (keyboard-interactive).',
      behaviour: 'Both ways are switched off, and the server must offer neither when a login is tried.',
    },
    {
      number: 28,
      symptom:
        'The SSH port changes back, or never changed, because ssh.socket holds it; and the firewall has closed the other one.',
      behaviour:
        'Whoever listens is asked, sshd or ssh.socket. Where sshd’s files name another port than the one in use, nothing is touched until the two agree; where they name one more, the firewall opens both.',
      notHere:
        'Ubuntu 24.04’s generator, which makes the socket from sshd_config. Debian’s ssh.socket, which works in the same way, takes its place.',
    },
    {
      number: 29,
      symptom: 'The file is right, but the running SSH server does not know it.',
      behaviour:
        'When sshd was started is compared with when its files were changed, added or taken away; it is restarted where it is older, with ssh.socket as well.',
    },
    {
      number: 30,
      symptom: 'ssh.socket and ssh.service both want port 22; days later nobody listens.',
      behaviour:
        'Both units are looked at before and after each restart of sshd. A socket that failed beside the service is switched off, and the service starts by itself from then on; an SSH server that no unit has started is named, and nothing is touched.',
    },
    {
      number: 32,
      symptom:
        '“Missing privilege separation directory: /run/sshd”: sshd neither validates nor tells its settings.',
      behaviour: 'The folder is made before sshd is asked or validated.',
    },
    {
      number: 33,
      symptom: 'The service is called sshd, or ssh, and a restart of the other name fails.',
      behaviour: 'systemd is asked which of the two there is; an alias does not count.',
    },
    {
      number: 35,
      symptom: 'The key is in place, and still: “Permission denied (publickey)”.',
      behaviour:
        'Owner and modes of home, folder and file are put right, also where all is root’s and the user may not read it. The key goes where sshd itself looks for it (AuthorizedKeysFile in force). A public key that is cut off, or a private one in its place, is refused on your computer; on the server doctor names the line.',
    },
    {
      number: 36,
      symptom: 'AllowUsers, AllowGroups, DenyUsers or DenyGroups of an older file lock the new user out.',
      behaviour:
        'What is in force for your user is read from sshd, patterns and groups included, and AuthenticationMethods too. Where it would not be let in, nothing is touched, and the line is named. doctor says the same of a server that is set up.',
    },
    {
      number: 37,
      symptom:
        'The change that locked you out cannot be taken back: the rollback fails, or dies with the session.',
      behaviour:
        'The copy is taken and a timer on the server is armed before the change; only a new login over a new connection stops it. After a restart of the server the change is taken back before sshd starts.',
    },
  ],
};
