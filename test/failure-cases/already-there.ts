import type { FailureGroup } from './case.js';

/** What an owner has already: a broker with devices, a domain, a certificate. */
export const ALREADY_THERE: FailureGroup = {
  title: 'A broker, a domain or a certificate of your own that is there already',
  cases: [
    {
      number: 163,
      symptom:
        'The owner’s mosquitto.conf reads a folder of their own as well; a listener there has the same port, and the new broker does not start.',
      behaviour:
        'Every folder that the main file includes is read. What contradicts is named with file and line, before anything is changed.',
    },
    {
      number: 164,
      symptom:
        'Programs on the server reach Mosquitto by a socket in /tmp; with the broker in a sandbox the socket is gone, without any error.',
      behaviour:
        'A broker that puts something into /tmp shares it with the others; folders of sockets and of the dynamic security plugin stay writable.',
    },
    {
      number: 165,
      symptom:
        'Mosquitto’s dynamic security plugin gives a new account no topics at all: “Subscribe error: Unspecified error”, and the run fails half-way.',
      behaviour:
        'That the account gets in is told apart from what it may do; the run goes on, and what was not seen is called so.',
    },
    {
      number: 166,
      symptom:
        'Mosquitto is installed, but the one that devices use is another, started by a service of the owner’s: “Address already in use”.',
      behaviour:
        'The process is told from that of the package’s own service, and named with its unit, before anything is changed.',
    },
    {
      number: 167,
      symptom:
        'The owner’s listeners have to go; afterwards the devices that knew its certificate, showed one or used a pre-shared key stop.',
      behaviour:
        'Beside each listener that is in the way the plan says what changes for its devices, and how a port without encryption is kept.',
    },
  ],
};
