import type { FailureGroup } from './case.js';

export const FIRST_BOOT: FailureGroup = {
  title: 'First boot and packages',
  cases: [
    {
      number: 12,
      symptom: '“Could not get lock /var/lib/dpkg/lock-frontend”: the server is still updating itself.',
      behaviour:
        'It waits, up to 15 minutes, and says which program holds the lock. Locks are never deleted. After that time the message says how to look at that program.',
    },
    {
      number: 13,
      symptom: 'cloud-init is still at work: packages vanish, sources are rewritten, users come late.',
      behaviour:
        'It waits for cloud-init first, up to 15 minutes. An end with errors that cloud-init calls recoverable (exit code 2) is an end; only a failure stops the run, with what to look at.',
    },
    {
      number: 14,
      symptom: 'apt hangs for ever in “Daemons using outdated libraries”.',
      behaviour:
        'needrestart restarts what needs it and asks nothing, whatever its configuration says; nor does anything else ask.',
    },
    {
      number: 16,
      symptom: 'The upgrade stops at “sshd_config has been locally modified. What do you want to do?”',
      behaviour:
        'Files that were changed on the server stay as they are, and nothing is asked. sshd_config itself is never edited; the settings are in a file of their own beside it.',
    },
    {
      number: 17,
      symptom: 'After the upgrade there are still “n packages that can be upgraded”, run after run.',
      behaviour:
        'Only what apt would really install counts as waiting. Updates that the distribution hands out in phases and that are not this server’s turn yet are no failure, and the next run has nothing to do.',
    },
    {
      number: 18,
      symptom: 'A new kernel is installed, the old one runs, and every check stays red.',
      behaviour:
        'A restart is offered at the end of the run; then it waits for the server and proves every step again. If you say no, it is a note and no failure.',
    },
    {
      number: 19,
      symptom: '“dpkg was interrupted, you must manually run dpkg --configure -a”.',
      behaviour:
        'Changes run apart from the connection, so a broken one does not interrupt them. What an interrupted installation has left is found and repaired before anything else is installed.',
    },
    {
      number: 20,
      symptom: 'The server has little memory and no swap: apt or the broker is killed, or the server hangs.',
      behaviour:
        'Before anything is installed, a swap file is made: not in containers, not on btrfs, and only with disk to spare. Where there is no room for it, that is said.',
      notHere:
        'Turning swap on: servers of the tests share the kernel, so it would be the swap of the computer that runs them. Whether one is made and how large is tested on numbers, and the script with a stand-in for swapon.',
    },
    {
      number: 22,
      symptom: 'On a brand-new release the repository of the broker answers 404, or has the wrong release.',
      behaviour:
        'Releases that were never tried are refused before anything is changed, and so is an EMQX that is not made for this release; the message names the version that is. EMQX comes in exactly the version that you named.',
    },
  ],
};
