import type { FailureGroup } from '../case.js';

export const PATHS: FailureGroup = {
  title: 'Found in use: paths that others than root control',
  cases: [
    {
      number: 179,
      symptom:
        'Every account on the server can read who set it up, from which address, and the output of apt and certbot.',
      behaviour:
        'Only root can read /var/log/broker-setup. A folder that an earlier version created with other permissions is corrected.',
    },
    {
      number: 180,
      symptom:
        'A user replaces ~/.ssh with a symbolic link. init or undo then writes as root into a folder of the system, or hands it to that user.',
      behaviour:
        'Work in a home is done with the rights of its owner. A link in the place of the file or of a folder stops init before anything is changed.',
    },
    {
      number: 181,
      symptom:
        'The user of EMQX puts a link in the place of the certificate folder and becomes root at the next renewal.',
      behaviour:
        'The certificate is in a folder of root’s, readable by the group of the broker. The renewal hook refuses to write into any other folder.',
    },
    {
      number: 182,
      symptom:
        'The user of a broker replaces its configuration file with a link to /etc/shadow. init prints the hashes and copies them to where the broker can read them.',
      behaviour:
        'Files in a folder that belongs to somebody else are read and written with the rights of that user.',
    },
    {
      number: 183,
      symptom:
        'The password file of Mosquitto is a link to a data disk. It is replaced with a file, and the disk keeps the old one.',
      behaviour: 'The file that the link leads to is updated, and the link stays.',
    },
    {
      number: 184,
      symptom:
        '“chown -R mosquitto /etc/mosquitto”, as tutorials have it. Whoever breaks into the broker can have it started as root.',
      behaviour:
        'init makes root the owner of the folders and the configuration files. doctor reports others that it cannot change.',
    },
    {
      number: 300,
      symptom:
        '/etc/mosquitto belonged to the broker once, or its group may write it, and a symbolic link to a file of root’s was put there. As the folder is root’s now, the link counts as root’s, and the file gets accounts and another owner.',
      behaviour:
        'A symbolic link counts as root’s only if it belongs to root, and a folder only if nobody else may write it. What is behind others is done with their rights. Links of others to configuration stop init.',
    },
    {
      number: 301,
      symptom:
        'On Ubuntu the group syslog may write /var/log. A symbolic link in the place of /var/log/broker-setup makes another folder inaccessible.',
      behaviour:
        'The folder of logs must be root’s own before its mode is changed or anything is written to it. Otherwise the run stops and says why.',
    },
    {
      number: 302,
      symptom:
        'persistence_location is a folder inside one of Mosquitto’s. A symbolic link in its place has init give another folder, such as /etc/cron.d, to Mosquitto.',
      behaviour:
        'Only a folder that root alone can have put there is given away. Otherwise the run stops with the command for it.',
    },
    {
      number: 304,
      symptom:
        'The user of the broker puts a pipe or a link to /dev/zero in the place of one of its files, or stops the program that works there. The run, every later one, and the guard wait for ever.',
      behaviour:
        'What is done with the rights of another user may take ten seconds and reads regular files of a plausible size. The guard first rolls back what is root’s and reloads, then the rest.',
    },
    {
      number: 305,
      symptom:
        'A program that runs as the broker’s user during a check can open the output of that check again through /proc, and read what root has printed there.',
      behaviour:
        'The output of checks can be opened by root alone, and such programs print into a pipe of their own. Paths in their answers are not used.',
    },
    {
      number: 306,
      symptom:
        'A link to /proc/kmsg in the place of a file that another user controls: the comparison of files before a run reads it as root and does not end.',
      behaviour:
        'Before and after a change, and in checks, files that somebody else controls are read with their rights, as regular files, and for ten seconds at most.',
    },
  ],
};
