import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mosquittoConf } from '../../src/brokers/mosquitto/conf-file.js';
import { MOSQUITTO } from '../../src/brokers/mosquitto/facts.js';
import { mosquitto } from '../../src/brokers/mosquitto.js';
import { confEdits } from '../../src/steps/conf-edits.js';
import { lineage } from '../../src/templates/certificate-copy.js';
import { fileIn, probed, type Recorded, withFile, withOwn, withServices, withUnit } from '../facts.js';
import { contextWith, recorded, seen, spoiled, withContent } from '../recorded.js';

const context = contextWith();
const OURS = '/etc/mosquitto/conf.d/broker-setup.conf';
const conf = mosquittoConf(
  mosquitto.listeners(context.settings),
  mosquitto.certificate,
  '/etc/mosquitto/passwd',
);
const complete = withContent(recorded('conf-edits', 'trixie-complete'), OURS, conf);
const spoil = (from: string | RegExp, to: string) => spoiled(complete, from, to);

const ALL = ['conf-edits.certificate change', 'conf-edits.device change', 'conf-edits.config change'];

describe('on a real server', () => {
  it.each([
    ['bookworm-untouched', ALL],
    ['trixie-untouched', ALL],
    ['bookworm-package', ALL],
    ['trixie-package', ALL],
  ])('like %s', (name, expected) => {
    expect(seen(confEdits, recorded('conf-edits', name), context)).toEqual(expected);
  });
});

it.each(['bookworm', 'trixie'])('is in place on a complete server (%s)', (release) => {
  const output = withContent(recorded('conf-edits', `${release}-complete`), OURS, conf);
  expect(seen(confEdits, output, context)).toEqual([]);
});

it('case 220: names the line that has it run as root, and how its files become its own again', () => {
  const mine = withFile(complete.recording, '/etc/mosquitto/conf.d/mine.conf', { content: '\nuser root\n' });
  const root = probed(withServices(mine, 'process 2003 0 mosquitto.service'));
  const [found] = confEdits.see(root, context).findings;
  expect(found?.summary).toBe(
    'Mosquitto serves the world as root: line 2 of /etc/mosquitto/conf.d/mine.conf says “user root”.',
  );
  expect(found?.hint).toContain('sudo chown -R mosquitto:mosquitto /var/lib/mosquitto');
});

it('case 219: a program that cannot be started any more does not take down the one that runs', () => {
  const old = withServices(complete.recording, 'process 2003 102 mosquitto.service', 'replaced 2003 /usr/x');
  const [found] = confEdits.see(probed(old), context).findings;
  const script = found?.change?.kind === 'run' ? found.change.script.run : '';
  expect(script.indexOf('cannot be run any more')).toBeGreaterThan(-1);
  expect(script.indexOf('cannot be run any more')).toBeLessThan(script.indexOf('systemctl restart'));
});

describe('the certificate that it has', () => {
  const pem = fileIn(
    recorded('certbot', 'trixie-complete').recording,
    lineage(context.settings.domain).fullchain,
  );
  const output = withContent(complete, mosquitto.certificate.fullchain, pem.content);
  const hint = (domain: string) =>
    confEdits.see(output, contextWith({ settings: { domain } })).findings[0]?.hint;

  it('is of another name: the plan says who will refuse the new one', () => {
    expect(hint('new.example.org')).toMatch(
      /^It takes the place of that of mqtt\.rehearsal\.test: devices that connect to mqtt\.rehearsal\.test,/,
    );
  });

  it('is of the same name', () => {
    expect(hint('mqtt.rehearsal.test')).toBeUndefined();
  });
});

describe('a password of the device that a run has noted', () => {
  const noted = (password: string) => {
    const hash = createHash('sha256').update(password).digest('hex');
    return probed(`untold-devicePassword=${hash}\n${complete.recording}`);
  };

  it('and nobody was told is made anew', () => {
    const [finding, ...others] = confEdits.see(noted('of another run'), context).findings;
    expect([finding?.id, finding?.level, others]).toEqual(['conf-edits.untold', 'change', []]);
    expect(finding?.change?.kind === 'run' && finding.change.script.run).toMatch(
      /untold\/devicePassword[\s\S]*open sesame[\s\S]*mosquitto_passwd/,
    );
  });

  it('is in place where it is this run’s own, which tells it in the end', () => {
    expect(seen(confEdits, noted('open sesame'), context)).toEqual([]);
  });

  it('cannot be forged by what comes from the broker', () => {
    const forged = probed(withOwn(complete.recording, 'untold-devicePassword=x'));
    expect(seen(confEdits, forged, context)).toEqual([]);
  });
});

describe('case 244: the account that broker.yaml names is not there', () => {
  const found = (output: typeof complete) => confEdits.see(output, context).findings[0];

  it('while others are: the plan says so, and the server is healthy', () => {
    expect(found(spoil(/^account=device-1$/m, 'account=device-2\naccount=device-3'))).toMatchObject({
      id: 'conf-edits.device',
      minor: true,
      summary: expect.stringContaining('does not have it (it has device-2, device-3)'),
      hint: expect.stringContaining('If you removed device-1 on purpose'),
    });
  });

  it('and no other: no device can connect', () => {
    expect(found(spoil(/^account=device-1$/m, ''))?.minor).toBeUndefined();
  });
});

describe('drift', () => {
  const startedAt = (moment: string) =>
    probed(withUnit(complete.recording, MOSQUITTO.unit, { ActiveEnterTimestamp: moment }));

  it.each([
    [
      'the copy differs from certbot’s',
      withContent(complete, mosquitto.certificate.fullchain, 'an older certificate\n'),
      ['conf-edits.certificate change'],
    ],
    ['there is no copy', spoil(/^privkey=.*\n/m, ''), ['conf-edits.certificate change']],
    [
      'case 59: anyone can read the key',
      spoil('privkey=640', 'privkey=644'),
      ['conf-edits.certificate change'],
    ],
    [
      'case 58: the key is another user’s',
      spoil('privkey=640 root:', 'privkey=640 you:'),
      ['conf-edits.certificate change'],
    ],
    [
      'case 58: the broker’s user does not come through a folder on the way',
      spoil(/^privkey=/m, 'closed=/etc/mosquitto /etc/mosquitto/certs \nprivkey='),
      ['conf-edits.certificate change'],
    ],
    ['the account is gone', spoil(/^account=device-1$/m, 'account=other'), ['conf-edits.device change']],
    ['anyone can read the hashes', spoil('passwords=600', 'passwords=644'), ['conf-edits.passwords change']],
    [
      'the hashes are root’s',
      spoil('passwords=600 mosquitto:mosquitto', 'passwords=600 root:root'),
      ['conf-edits.passwords change'],
    ],
    ['our file is gone', probed(withFile(complete.recording, OURS, undefined)), ['conf-edits.config change']],
    [
      'our file is writable for others',
      spoil(`file 0644 root:root ${OURS}`, `file 0666 root:root ${OURS}`),
      ['conf-edits.ownership change', 'conf-edits.config change'],
    ],
    ['the broker was not restarted', spoil(/^tcp LISTEN.*:8084 .*\n/gm, ''), ['conf-edits.restart change']],
    [
      'the broker is older than its certificate',
      startedAt('Thu 1970-01-01 00:00:05 UTC'),
      ['conf-edits.restart change'],
    ],
    [
      'case 219: its program was replaced on disk',
      probed(
        withServices(
          complete.recording,
          'process 2003 102 mosquitto.service',
          'replaced 2003 /usr/sbin/mosquitto',
        ),
      ),
      ['conf-edits.restart change'],
    ],
    [
      'case 220: the owner has it run as root, which the next start will do',
      probed(withFile(complete.recording, '/etc/mosquitto/conf.d/mine.conf', { content: 'user root\n' })),
      ['conf-edits.root stop'],
    ],
    [
      'case 220: it runs as root, and no file says so any more',
      probed(withServices(complete.recording, 'process 2003 0 mosquitto.service')),
      ['conf-edits.root stop'],
    ],
    [
      'case 220: another service runs as root',
      probed(withServices(complete.recording, 'process 104 0 ssh.service')),
      [],
    ],
    [
      'another program has the port',
      spoil(/^(tcp LISTEN.*:8084 .*)"mosquitto"/gm, '$1"nginx"'),
      ['conf-edits.port-8084 stop'],
    ],
    [
      'case 166: another Mosquitto than that of the package has the ports',
      spoil(/^process=2003 .*([\s\S]*)^MainPID=2003$/m, 'process=2003 my-mosq.service$1MainPID=99'),
      ['conf-edits.port-8883 stop', 'conf-edits.port-8084 stop', 'conf-edits.port-1883 stop'],
    ],
    [
      'case 166: another Mosquitto runs beside it, on ports of its own',
      probed(withOwn(complete.recording, 'process=99 my-mosq.service')),
      [],
    ],
  ])('%s', (_, output, expected) => {
    expect(seen(confEdits, output, context)).toEqual(expected);
  });

  it('the user opens one of our ports in another file', () => {
    const content = 'listener 8883\nallow_anonymous true\n';
    const output = withFile(complete.recording, '/etc/mosquitto/conf.d/mine.conf', { content });
    expect(seen(confEdits, probed(output), context)).toEqual([
      'conf-edits.listener-conflict stop',
      'conf-edits.anonymous stop',
    ]);
  });

  it('case 167: programs on the server that are connected without an account are named, once', () => {
    const connected = ({ recording }: Recorded) =>
      probed(withOwn(recording, 'client=node-red\nclient=zigbee2mqtt'));
    const first = confEdits.see(connected(recorded('conf-edits', 'bookworm-package')), context).findings;
    expect(first.find(({ id }) => id === 'conf-edits.config')?.hint).toMatch(
      /node-red, zigbee2mqtt are connected now, and will need an account\.$/,
    );
    const guide = contextWith({ settings: { exposure: 'guide' } });
    expect(confEdits.see(connected(complete), guide).findings[0]?.hint).toBeUndefined();
  });

  it('other ports are wanted', () => {
    const guide = contextWith({ settings: { exposure: 'guide' } });
    expect(seen(confEdits, complete, guide)).toEqual(['conf-edits.config change']);
  });

  it('cannot be forged by what a file holds', () => {
    const forged = spoil(/^(privkey=.*\n)== rest ==\n/m, '== rest ==\n$1== rest ==\n');
    expect(seen(confEdits, forged, context)).toEqual(['conf-edits.certificate change']);
  });
});

describe('the changes', () => {
  const findings = (name: string) => confEdits.see(recorded('conf-edits', name), context).findings;

  it('copy the certificate without a restart where new files bring one anyway', () => {
    const [first] = findings('bookworm-package');
    expect(first?.change).toMatchObject({
      kind: 'run',
      script: { run: expect.not.stringContaining('systemctl') },
    });
    const [alone] = confEdits.see(spoil('privkey=640', 'privkey=644'), context).findings;
    expect(alone?.change).toMatchObject({
      script: { run: expect.stringContaining('systemctl restart mosquitto') },
    });
  });

  it('show the file before and after, and no password', () => {
    const before = confEdits.see(complete, contextWith({ settings: { exposure: 'guide' } })).findings[0]
      ?.change;
    expect(before).toMatchObject({
      kind: 'write',
      files: [
        {
          before: expect.stringContaining('listener 8883'),
          content: expect.stringContaining('listener 8083'),
        },
      ],
    });
    expect(
      JSON.stringify(
        findings('bookworm-package').map(({ change }) => change && 'script' in change && change.script.show),
      ),
    ).not.toContain('sesame');
  });
});

it('is proved from the port to the message', () => {
  expect(confEdits.proofs(context).map(({ id }) => id)).toEqual([
    'ports.open',
    'ports.closed',
    'tls.8883',
    'tls.8084',
    'mqtt.mqtts-message',
    'mqtt.mqtts-anonymous',
    'mqtt.mqtts-wrong-password',
    'mqtt.wss-message',
    'mqtt.wss-anonymous',
    'mqtt.wss-wrong-password',
  ]);
});
