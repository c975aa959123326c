import type { FailureGroup } from '../case.js';

export const WIZARD: FailureGroup = {
  title: 'Found in use: questions and screens',
  cases: [
    {
      number: 250,
      symptom:
        'A password is mistyped at the terminal: a green tick, and the same question again without a word. A mistyped first passphrase of a new key can never be confirmed.',
      behaviour:
        'No tick is shown for a password that is only tried afterwards; a refused one is reported with the tries that are left. Where two entries differ, both are asked for again.',
    },
    {
      number: 251,
      symptom:
        'An answer of the wizard is refused after the last question, because it does not go with another one (a private name with Let’s Encrypt).',
      behaviour:
        'Each answer is checked at its own question, together with those given before, by the function that checks the settings file.',
    },
    {
      number: 252,
      symptom:
        '“Another file” for the SSH key takes /etc/passwd. Every later run fails without naming the setting.',
      behaviour:
        'The file is read at the question; what ssh could not use is refused there. A later failure names the setting key.file.',
    },
    {
      number: 253,
      symptom: 'Ctrl-C at a question loses all answers.',
      behaviour:
        'Each answer is in the settings file before the next question. The same command continues with the questions that are left, and Ctrl-C says where the answers are.',
    },
    {
      number: 254,
      symptom:
        'The folder cannot be written to, and the wizard finds out after the last question, with the name of a temporary file.',
      behaviour:
        'Before the first question it is checked that the settings file can be written; the error names folder and reason in words.',
    },
    {
      number: 255,
      symptom: 'Enter at the terms of the certificate authority ends the run.',
      behaviour: 'The consequence is stated, and the question asked once more.',
    },
    {
      number: 256,
      symptom:
        'The server is first contacted after all questions: a mistyped name or password shows at the very end.',
      behaviour:
        'As soon as the server is named the login is tried. Where it fails, the cause is shown, and another name can be given, or it is tried again.',
    },
    {
      number: 257,
      symptom:
        'Enter chooses EMQX, nothing says which broker is for whom, LwM2M is offered where it cannot work, and the error about a missing version suggests one without security fixes.',
      behaviour:
        'One sentence recommends a broker by need; Enter takes Mosquitto. Protocols are offered only where the version can do them. The error names --broker mosquitto as well.',
    },
    {
      number: 258,
      symptom: 'The dashboard of EMQX is open to the world by default.',
      behaviour:
        'A new set-up gets it through an SSH tunnel, and its settings file says so. A settings file that does not name the setting keeps its meaning.',
    },
    {
      number: 259,
      symptom:
        'Text is wrapped at 80 columns whatever the terminal has, and complaints at a question are broken in the middle of a word.',
      behaviour: 'Text is wrapped to the width of the terminal, between words.',
    },
    {
      number: 260,
      symptom: 'A value that is mistyped on the command line ends the wizard before it begins.',
      behaviour: 'The value is reported, and asked for like all others that are missing.',
    },
    {
      number: 261,
      symptom: 'Ctrl-C during a run shows the step that was stopped as failed.',
      behaviour:
        'A step that was stopped on request, or not reached, is shown as stopped; only one that failed has the mark of a failure.',
    },
    {
      number: 262,
      symptom:
        'A tick stands before what is not there: the daily watch that is not installed, fingerprints of a certificate that does not exist yet.',
      behaviour:
        'Where there is nothing to check, the line has no tick and says why: not installed, once there is a certificate.',
    },
    {
      number: 263,
      symptom: 'The program is updated while it waits for the yes: “This is a bug”, with a stack trace.',
      behaviour:
        'The error says that the program was replaced while it was running, and to run the same command again.',
    },
    {
      number: 264,
      symptom:
        'In a second terminal three passwords are requested before the error that another run holds the lock.',
      behaviour:
        'Only the login is asked for first. Passwords and passphrases that a person may choose are asked for once nobody else is at work on the server.',
    },
    {
      number: 265,
      symptom: 'An error of rootless podman is shown as it stands in log files, with \\n in it.',
      behaviour: 'Its message is shown as lines.',
    },
    {
      number: 266,
      symptom:
        'The end of a run has no line that tries the broker, and does not say what is next. A run with nothing to do tells neither addresses nor the login.',
      behaviour:
        'A line to paste publishes a message and receives it, without the password on it; what is next is listed with commands. Addresses and login are shown also where nothing was to do.',
    },
    {
      number: 267,
      symptom:
        'The plan scrolls away without a sum, doctor shows nothing for seconds, and no time of the running step or of the run is shown.',
      behaviour:
        'The plan ends with one line that says what it comes to. doctor says at once what it does. The running step shows its time and that of the run; a run that failed says how long it took.',
    },
    {
      number: 268,
      symptom:
        'undo begins with 200 lines of differences (PEM text, rules of iptables), does not say what follows, and Enter means yes.',
      behaviour:
        'It leads with the numbers and the consequences for logins, firewall and devices. Differences are condensed (--verbose shows all of them), and Enter means no.',
    },
    {
      number: 269,
      symptom:
        'The lines that rehearse --keep prints do not work when they are pasted: ssh does not know the host key, doctor neither, and there is none for a client.',
      behaviour: 'Login, doctor and a client line are printed with the files that they need.',
    },
  ],
};
