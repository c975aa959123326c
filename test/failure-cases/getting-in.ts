import type { FailureGroup } from './case.js';

export const GETTING_IN: FailureGroup = {
  title: 'Getting in',
  cases: [
    {
      number: 1,
      symptom:
        'Every command as root answers only “Please login as the user "ubuntu" rather than the user "root"” and fails.',
      behaviour:
        'The text is recognised as soon as it comes, in today’s and in older words, and the login goes on as the user that it names, with sudo. Where it names nobody, or root is refused, the message names the usual users; they are not tried one after the other, as each wrong one is a failed login that servers ban for.',
    },
    {
      number: 3,
      symptom: '“sudo: a terminal is required to read the password”: the user’s sudo wants a password.',
      behaviour:
        '“sudo -n” first. If that is not enough, the password is asked for once, or taken from BROKER_SETUP_SUDO_PASSWORD, and goes to “sudo -S” over standard input, once: never on a command line, in a log or twice.',
    },
    {
      number: 4,
      symptom:
        '“sorry, you must have a tty” where sudo has requiretty; or line ends and both outputs mixed up where it got a terminal.',
      behaviour:
        'Only where sudo asks for a terminal it is given one on the server, and what goes in and out passes it by, so nothing is mixed up. With use_pty nothing needs to be done. If no terminal can be made, the message says how to take requiretty out.',
    },
    {
      number: 5,
      symptom: '“Too many authentication failures” before the right key was tried.',
      behaviour:
        'The chosen key is offered first, and of the agent’s others at most so many that the server does not hang up; what was not tried is said. MaxAuthTries stays as it is. The entry in ~/.ssh/config offers this key only, and so does the command that is shown at the end where the agent holds several.',
    },
    {
      number: 6,
      symptom:
        'An RSA key works with ssh, but not with the tool: “key type ssh-rsa not in PubkeyAcceptedAlgorithms”.',
      behaviour:
        'RSA keys sign with SHA-2, from a file and from the agent. New keys are ed25519. The server is never told to accept SHA-1 signatures again.',
    },
    {
      number: 7,
      symptom: 'Plain “ssh host” works, but the tool does not get there.',
      behaviour:
        '“ssh -G” says how a name is reached, so that ~/.ssh/config means the same to both: address, port, user, keys, agent, jump hosts, Match. What our own SSH cannot do (FIDO keys, certificates, ProxyCommand, newer algorithms) the ssh of this computer does, chosen by itself or by --transport.',
      notHere:
        'A login with a key on a security key: no such key is there. That ssh is chosen for it, and what it asks and tells (PIN, touch), stands on key files and on prompts.',
    },
    {
      number: 8,
      symptom:
        '“REMOTE HOST IDENTIFICATION HAS CHANGED” after a rebuild, or after the server was told to show other types of host keys.',
      behaviour:
        'It stops before anything is sent, says which reasons there may be, and gives the exact ssh-keygen command that forgets the old key; a changed key is never accepted by itself. Before the types of host keys are restricted, a login shows that the server has the key that stays, and known_hosts keeps it.',
    },
    {
      number: 9,
      symptom: 'The login shell is fish, zsh, csh or nologin, and commands break.',
      behaviour:
        'Whatever the login shell is, it is asked for one line that all shells read alike; the script goes to sh, with a PATH that has sbin. Where no shell runs at all, the message repeats what the server said.',
    },
    {
      number: 10,
      symptom: '“perl: warning: Setting locale failed”, or output in another language that nobody can parse.',
      behaviour:
        'No variable of your computer is sent along, and everything on the server runs with LC_ALL=C.',
    },
    {
      number: 11,
      symptom: 'Reconnecting fails after some tries: “Connection reset”, “not allowed at this time”.',
      behaviour:
        'One connection does the work. Further ones are spaced out where the firewall counts; dropped ones are tried again with growing pauses, refused logins never. fail2ban ignores your address during a run, and only then.',
    },
    {
      number: 123,
      symptom:
        'The server allows one session on a connection (MaxSessions 1): “open failed”, and the set-up stops at its first change.',
      behaviour:
        'A session that is refused waits for the one before it and is tried again, so everything works, only one thing after the other. Where no session is allowed at all, that is said before anything is changed.',
    },
    {
      number: 124,
      symptom:
        '“Connection closed” right after the key was accepted, as after a ban: the server is starting or shutting down, or somebody has written /etc/nologin, and only root is let in.',
      behaviour:
        'What the server says before it hangs up is read. One that is starting or shutting down is called so and waited for, with pauses for which nobody is banned, and so it is after a restart; an account that has run out is named with the command for the console; other words are repeated, with where they come from.',
    },
    {
      number: 125,
      symptom:
        '“sudo asks for a password” though a rule says otherwise: /etc/sudoers was written anew and no longer reads /etc/sudoers.d.',
      behaviour:
        'Found before anything is changed, with the line that is missing and how to add it. It is not added by itself: what else lies in that folder would count as well. doctor finds it on a server that is set up.',
    },
    {
      number: 127,
      symptom:
        'One wrong password for sudo counts three times where the sudo is sudo-rs, and an account with a lock (pam_faillock) is shut.',
      behaviour:
        'sudo-rs takes the end of its input for an empty password. It is ended by a signal instead when it asks again, so it counts one; over the ssh of this computer, which passes no signal on, it is told that it may have counted three.',
    },
  ],
};
