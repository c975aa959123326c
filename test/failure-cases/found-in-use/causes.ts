import type { FailureGroup } from '../case.js';

export const CAUSES: FailureGroup = {
  title: 'Found in use: the cause of an error',
  cases: [
    {
      number: 174,
      symptom:
        'sudo asks for more than the password (it has expired, or a second factor is required). The run hangs, and Ctrl-C does not end it.',
      behaviour:
        'An expired password is reported immediately. After a minute without output the login ends, and the error shows the last line. A signal ends the wait.',
    },
    {
      number: 229,
      symptom:
        'certbot, apt or a broker fails, and the error says that its words are below, where nothing is (certbot: “Please choose an account”).',
      behaviour:
        'Below our summary are always the last lines of the program that failed, unchanged. Several certbot accounts are named as the cause.',
    },
    {
      number: 230,
      symptom:
        'The first complaint of a long output (a lock on /etc/passwd) is pushed out by its consequences, and the error says “above” for what is below.',
      behaviour: 'The first complaint and the lines before it are shown as well.',
    },
    {
      number: 231,
      symptom:
        'apt fails for a reason of its own (a hook, APT::Default-Release), and the mirror or missing packages are blamed. A dead http_proxy in /etc/environment is not named.',
      behaviour:
        'The mirror is named only where apt could not fetch from it, missing packages only where apt can tell what there is. A proxy from the environment is named.',
    },
    {
      number: 232,
      symptom:
        'During an upgrade the SSH server is restarted so often that systemd gives it up (start-limit-hit). Nobody can log in, and the error guesses at a ban.',
      behaviour:
        'After packages are installed, the SSH server is started again over the open session, and a new login must succeed before the run goes on. How the login is after a rollback is only stated after a new login.',
    },
    {
      number: 233,
      symptom:
        'A leftover unit in /etc/systemd/system starts a program that no longer exists. The error suspects another tool on the server.',
      behaviour: 'The message of systemd is shown, without its routine messages. No cause is guessed.',
    },
    {
      number: 234,
      symptom:
        'sudo on the server is broken (no setuid bit, wrong owner), and the error says that it asks for a password.',
      behaviour:
        'The message of sudo is shown. That it asks for a password is only stated where sudo says so.',
    },
    {
      number: 290,
      symptom:
        'A CAA record allows Let’s Encrypt only for one way of proving the domain or for one account (RFC 8657). certbot asks, and the authority refuses.',
      behaviour:
        'Both conditions are read before the authority is contacted, and compared with the method used here and with the account on the server.',
    },
    {
      number: 291,
      symptom:
        'The installation disc is still in /etc/apt/sources.list. The warning advises to remove a file from sources.list.d that does not exist.',
      behaviour: 'The warning names the source as apt does, and each file that contains it.',
    },
    {
      number: 292,
      symptom:
        'ssh refuses ~/.ssh/config because others may write to it, or the account of the server is locked, and the error advises to check the name of the server or the user of the provider.',
      behaviour:
        'The message of ssh is shown with the command that corrects the mode. Where both logins are refused, the error says where the server states why.',
    },
    {
      number: 293,
      symptom:
        'A later rule in /etc/sudoers.d asks the new user for a password that was never set. The run ends with “sudo asks for a password”, without the rule.',
      behaviour:
        'The run stops before it changes anything, and the error shows the rule with its file and line.',
    },
    {
      number: 317,
      symptom:
        'Mosquitto has its acl_file in its data folder, listens on a host name or uses a plugin. Its configuration is reported as one with which it would not start, and nothing can be changed any more.',
      behaviour:
        'The trial sees all files of the server and covers them with memory. Where it lacks the network, name resolution or a plugin’s database, or Mosquitto ends without a word, no verdict is given.',
    },
    {
      number: 319,
      symptom:
        'A proxy or a login page answers in place of the certificate authority or the mirror, and the error says that a root certificate or a package key is missing.',
      behaviour:
        'Missing roots and keys are named only where certbot or apt says so. Otherwise the error shows their words.',
    },
    {
      number: 334,
      symptom:
        'Just after a package was installed or held, doctor reports that the package of EMQX is not held: apt-mark, which has to write its cache anew, is killed by the limit for the output of a check.',
      behaviour: 'dpkg-query answers, which has no cache. No check runs a program of apt within that limit.',
    },
  ],
};
