import type { FailureGroup } from '../case.js';

export const LIMITS: FailureGroup = {
  title: 'Found in use: what one client can use up',
  cases: [
    {
      number: 190,
      symptom:
        'A stranger without an account announces large packets, or opens a thousand silent connections. The broker takes all memory, or no device can connect.',
      behaviour:
        'Packets above 1 MB are refused before the login. The broker may have 65,536 files open and take 75 % of the memory, and each port has its own number of connections. What a broker cannot limit is in docs/security.md.',
    },
    {
      number: 191,
      symptom:
        'The set-up brings limits, and the devices of an owner who had set larger or smaller ones are cut off.',
      behaviour:
        'A limit in the owner’s own files stays. If it allows more than the default, it is reported as a warning.',
    },
    {
      number: 192,
      symptom: 'A client that speaks HTTP to port 8883 fills the disk with the log of Mosquitto.',
      behaviour:
        'Every five minutes, a log above 50 MB is emptied; its beginning and its end are kept beside it.',
    },
    {
      number: 193,
      symptom:
        'A stranger keeps 150 idle connections open to the SSH server. The operator cannot log in, and a run rolls the hardening back.',
      behaviour:
        'From OpenSSH 8.5 on, each address gets only a few logins at the same time, so a stranger cannot take those of others. This holds before the first change that is confirmed over a new login.',
    },
    {
      number: 194,
      symptom:
        'A stranger fills the memory of EMQX through a WebSocket with one large frame, or opens connections without end.',
      behaviour:
        'Frames, packets, connections, new connections per second and retained messages have limits in both families of EMQX. Limits that the owner has set stay.',
    },
  ],
};
