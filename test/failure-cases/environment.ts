import type { FailureGroup } from './case.js';

export const ENVIRONMENT: FailureGroup = {
  title: 'Around the server',
  cases: [
    {
      number: 66,
      symptom: 'The public address is not one of the server’s own (AWS, GCP, OCI)',
      behaviour:
        'DNS is compared with the address by which the server was reached as well as with its own; where neither fits and the server has private ones only, it is a warning and no refusal. All proofs are made from your computer, none by the server through its own public address.',
    },
    {
      number: 67,
      symptom: 'One check fails or hangs, and hides all others',
      behaviour:
        'Each look has its own frame and its own limit of time; one without an answer is “could not be checked”, the others are told, and the exit code is 3.',
    },
    {
      number: 68,
      symptom: 'Two people, or a person and a script, work on one server at once',
      behaviour:
        'The second is told who is at work, from where, since when and at which step, and changes nothing. A lock whose run is dead is taken over by itself; `unlock` takes one off.',
    },
    {
      number: 126,
      symptom:
        'Somebody edits a file on the server while the tool waits for a yes, and that edit is overwritten with what was worked out before it.',
      behaviour:
        'How the files of the plan are is noted when it is made and compared before the first change; where one is another, the run stops, names it and has changed nothing. Each later step looks anew before it writes. A copy of each file is kept before its first change, so that undo brings it back.',
    },
  ],
};
