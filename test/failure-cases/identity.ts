import type { FailureGroup } from './case.js';

export const IDENTITY: FailureGroup = {
  title: 'The name of the server',
  cases: [
    {
      number: 23,
      symptom: 'The old host name is back after a restart, and what was written into /etc/hosts is gone.',
      behaviour:
        'cloud-init is told to leave both alone, in a file of its own that counts last, and its template of /etc/hosts gets the names as well.',
    },
    {
      number: 25,
      symptom: 'EMQX starts without accounts and rules after the host name or the address has changed.',
      behaviour:
        'The name of the node is written into its configuration before the first start, and does not depend on host name or address. Where the configuration names another node than the one that the data belong to, nothing is changed, and the message says which name to put back.',
    },
  ],
};
