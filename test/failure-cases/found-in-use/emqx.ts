import type { FailureGroup } from '../case.js';

export const EMQX: FailureGroup = {
  title: 'Found in use: what the running EMQX does',
  cases: [
    {
      number: 270,
      symptom:
        'EMQX runs with the cookie that its package ships with (emqx50elixir since 5.9), and any account on the server can run commands in it. The plan promises a random one, and doctor is content.',
      behaviour:
        'A cookie that the files of the installed package contain is replaced, whatever it is; the owner’s stays. The running node is asked which one it has, as a digest.',
    },
    {
      number: 272,
      symptom:
        'Authentication of a listener was disabled in the dashboard (enable_authn = false). It stays so after every restart; doctor names symptoms only, and init finds nothing to do.',
      behaviour:
        'The running node is asked about every listener and gateway. One finding names the listener and the setting, and init sets enable_authn in emqx.conf, which wins. Listeners of the owner’s are named with what to do.',
    },
    {
      number: 273,
      symptom:
        'Telemetry, retained messages in memory, metrics without a login, or the dashboard over http were set in the dashboard of EMQX. Until the next restart the files and what runs differ, and doctor says that all is in place.',
      behaviour:
        'Every key that emqx.conf sets is compared with the running node; a difference is a finding, and a restart ends it. A variable of the environment that wins over the files is named.',
    },
    {
      number: 274,
      symptom:
        'The rules of EMQX were replaced or deleted in the dashboard ({allow, all}., or no source), which wins over base.hocon. doctor: “Everything is in place”.',
      behaviour:
        'The sources of rules and the chain of authentication that run are compared with the files. What the dashboard keeps is overruled from emqx.conf; other sources of the owner’s are never dropped.',
    },
    {
      number: 275,
      symptom: 'EMQX 6.2 and newer let everybody in where authentication or rules are missing.',
      behaviour:
        'From 6.2 on EMQX runs with EMQX_SECURITY_PROFILE=hardened, and the running node is asked for its profile.',
    },
    {
      number: 276,
      symptom:
        'After a crash of EMQX systemd waits for one or two minutes (RestartSec=120s) until it starts it again.',
      behaviour:
        'It is started again after three seconds. doctor reads what systemd has in force, and names a file of yours that says otherwise.',
    },
    {
      number: 277,
      symptom:
        'A server with 400 MB of memory and swap together is accepted for EMQX, which is then killed at its start.',
      behaviour:
        'What counts is the memory and swap that are left, with the swap file that is to come: below 352 MB the run stops, below 490 MB it warns, and both say what would happen.',
    },
  ],
};
