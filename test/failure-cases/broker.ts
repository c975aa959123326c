import type { FailureGroup } from './case.js';

export const BROKER: FailureGroup = {
  title: 'The broker',
  cases: [
    {
      number: 58,
      symptom: 'The port is open, but every handshake fails: the broker may not read its key',
      behaviour:
        'The broker gets copies that its own user can read; /etc/letsencrypt stays root’s alone. doctor looks at owner and mode, whether that user comes through each folder, and does a real handshake; init mends it, also where the broker no longer starts.',
    },
    {
      number: 59,
      symptom: 'After an upgrade of the EMQX package everybody on the server can read its secrets',
      behaviour:
        'Key and cookie lie in folders of their own, which the package does not open. EMQX is upgraded only by `broker.version`, and modes are looked at after it and by every doctor.',
    },
    {
      number: 60,
      symptom: 'The new certificate is on the disk, and the old one is presented',
      behaviour:
        'The hook makes the broker take it (EMQX’s cache is emptied, Mosquitto is restarted) and compares each port with the file. doctor compares from inside and outside.',
    },
    {
      number: 61,
      symptom:
        'A change in EMQX’s dashboard is lost, or emqx.conf is ignored, because several files set the same thing',
      behaviour:
        'What must hold is written into emqx.conf, which counts more than the dashboard; what the owner may change there into base.hocon, where that exists. Each setting is looked for in its own block; what the running node does against it, because of a change in the dashboard, is named; and what is really open is seen from outside.',
    },
    {
      number: 62,
      symptom: 'admin/public opens the dashboard from the internet, and anyone connects to 1883',
      behaviour:
        'EMQX is started for the first time only with accounts, a dashboard over https with a generated password, and without open plain ports. All four are proved from outside.',
    },
    {
      number: 63,
      symptom: 'After Mosquitto 2 nobody can connect, or only from the server itself',
      behaviour:
        'Listeners and accounts are written out, so they hold with any version; both are proved from outside.',
      notHere: 'The upgrade from 1.6 itself: no supported release has both.',
    },
    {
      number: 64,
      symptom: 'EMQX refuses connections after a month, because of its licence',
      behaviour:
        'The version is named and never jumps. The wizard states the licence, and it must be accepted. doctor shows the licence in force, warns before it ends, and says when EMQX refuses connections because of it.',
      notHere: 'A licence that really ends: the stand-in tells of one.',
    },
    {
      number: 65,
      symptom: 'The broker is installed, but does not run or is not started with the server',
      behaviour:
        'The service must run, be started with the server, and answer with a handshake on each port; the package alone counts for nothing.',
    },
  ],
};
