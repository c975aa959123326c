import type { FailureGroup } from '../case.js';

export const WAITING: FailureGroup = {
  title: 'Found in use: waiting without end',
  cases: [
    {
      number: 175,
      symptom:
        'A pipe or a device is given as a file, and the program reads without end. A huge broker.yaml takes a minute of CPU time.',
      behaviour:
        'Files must be regular and of a plausible size (broker.yaml: 64 kB); others are rejected immediately. OpenSSH programs on your computer that run for more than a minute are ended and reported.',
    },
  ],
};
