import { describe, expect, it } from 'vitest';
import type { Context, Finding } from '../../src/engine/step.js';
import { CA_FILE } from '../../src/steps/certbot/paths.js';
import { certbot } from '../../src/steps/certbot.js';
import { fileIn, probed, type Recorded, withListeners, withOwn } from '../facts.js';
import { issueFor } from '../proofs/authority.js';
import { contextWith, type Other, recorded, seen, withContent } from '../recorded.js';

const complete = recorded('certbot', 'trixie-complete');
const untouched = recorded('certbot', 'trixie-untouched');
const installed = recorded('certbot', 'trixie-package');
const CONF = '/etc/letsencrypt/renewal/mqtt.rehearsal.test.conf';
const directory = /^server = (.*)$/m.exec(fileIn(complete.recording, CONF).content)?.[1] ?? '';

/** As it was when the fixture was recorded: a private certificate authority. */
const privately = (other: Other = {}): Context =>
  contextWith({
    ...other,
    certificate: { directory, ca_bundle: '/home/me/ca.pem', ...other.certificate },
    laptop: { caBundle: fileIn(complete.recording, CA_FILE).content, ...other.laptop },
  });

/** The same output with another renewal configuration. */
function withConf(edit: (conf: string) => string): Recorded {
  const output = withContent(complete, CONF, edit(fileIn(complete.recording, CONF).content));
  expect(output.recording).not.toBe(complete.recording);
  return output;
}

/** The output with more answers, and lines of ss(8) among them. */
function more({ recording }: Recorded, text: string): Recorded {
  const lines = text.split('\n');
  const listeners = lines.filter((line) => line.startsWith('tcp '));
  const own = lines.filter((line) => !listeners.includes(line));
  return probed(withOwn(withListeners(recording, listeners.join('\n'), { more: true }), own.join('\n')));
}
const append = (text: string) => more(complete, text);
const script = (findings: Finding[], id: string) => {
  const change = findings.find((finding) => finding.id === id)?.change;
  return change?.kind === 'run' ? change.script.run : '';
};

describe('on a real server', () => {
  it('asks for a certificate where there is none', () => {
    expect(seen(certbot, untouched, contextWith())).toEqual([
      'certbot.certificate change',
      'certbot.timer change',
    ]);
    expect(seen(certbot, installed, contextWith())).toEqual(['certbot.certificate change']);
  });

  it.each(['bookworm', 'trixie'])('case 52: reuses a valid certificate (%s)', (release) => {
    const output = recorded('certbot', `${release}-complete`);
    const own = /^server = (.*)$/m.exec(fileIn(output.recording, CONF).content)?.[1] ?? '';
    const context = privately({
      certificate: { directory: own },
      laptop: { caBundle: fileIn(output.recording, CA_FILE).content },
    });
    expect(seen(certbot, output, context)).toEqual([]);
  });
});

describe('a certificate that will not do', () => {
  it.each<[string, Context, string, Recorded?]>([
    [
      'should have been renewed days ago',
      privately({ now: new Date('2027-01-24T12:00:00Z') }),
      'expires in 27 days',
    ],
    ['has expired', privately({ now: new Date('2027-03-01T12:00:00Z') }), 'has expired'],
    [
      'is for another name',
      privately({ settings: { domain: 'other.example.org' } }),
      'does not cover other.example.org',
      // A lineage of that name whose certificate is for another.
      probed(complete.recording.replaceAll('mqtt.rehearsal.test', 'other.example.org')),
    ],
    [
      'comes from elsewhere',
      privately({ certificate: { directory: 'https://ca.example.org/dir' } }),
      'comes from another certificate authority',
    ],
    [
      'case 173: comes from the same directory, whose authority has another root since',
      privately({ laptop: { caBundle: issueFor('ca.example.org').ca } }),
      'does not come from an authority of certificate.ca_bundle',
    ],
    [
      'case 57: has a key of another type',
      privately({ certificate: { key_type: 'rsa' } }),
      'has a key of type ecdsa',
    ],
  ])('%s', (_, context, why, output = complete) => {
    const { findings } = certbot.see(output, context);
    expect(findings.find(({ id }) => id === 'certbot.certificate')).toMatchObject({
      level: 'change',
      summary: expect.stringContaining(why),
    });
  });

  it('is not what is due for renewal since yesterday: certbot comes within a day or two', () => {
    const due = privately({ now: new Date('2027-01-22T12:00:00Z') });
    expect(certbot.see(complete, due).findings).toEqual([]);
  });

  it('cases 56, 57: keeps its key at the renewal, unless the key is what is wrong', () => {
    const later = certbot.see(complete, privately({ now: new Date('2027-03-01T12:00:00Z') })).findings;
    expect(script(later, 'certbot.certificate')).toMatch(/--reuse-key --force-renewal/);
    const rsa = script(
      certbot.see(complete, privately({ certificate: { key_type: 'rsa' } })).findings,
      'certbot.certificate',
    );
    expect(rsa).toMatch(/--key-type rsa --rsa-key-size 2048 --force-renewal/);
    expect(rsa).toContain('/^reuse_key *=/d');
  });
});

describe('what only a person can put right', () => {
  const stops = (context: Context, output = installed) =>
    certbot.see(output, context).findings.filter(({ level }) => level === 'stop');

  it('terms', () => {
    expect(stops(contextWith({ certificate: { agree_terms: false } })).map(({ id }) => id)).toEqual([
      'certbot.terms',
    ]);
  });

  it.each([
    [
      'case 53: another program on port 80',
      'tcp LISTEN 0 511 *:80 *:* users:(("nginx",pid=9,fd=6))\nunit80=nginx.service',
      'certbot.port-80',
    ],
    ['a folder that certbot does not know', 'folder=/etc/letsencrypt/archive/x', 'certbot.folder'],
    ['case 147: a renewal file without what it names', 'storage=broken', 'certbot.storage'],
  ])('%s', (_, text, id) => {
    expect(stops(contextWith(), more(installed, text)).map((finding) => finding.id)).toEqual([id]);
  });

  it('names the unit to stop', () => {
    const output = more(
      installed,
      'tcp LISTEN 0 511 *:80 *:* users:(("python3",pid=9,fd=6))\nunit80=web.service',
    );
    expect(stops(contextWith(), output)[0]).toMatchObject({
      summary: 'Port 80 of the server is used by python3; certbot needs it for a moment.',
      hint: 'If nobody needs it, stop it for good: sudo systemctl disable --now web.service. If somebody does, give it another port than 80.',
    });
  });

  it.each([
    [
      'apache behind its unit',
      'tcp LISTEN 0 511 *:80 *:* users:(("apache2",pid=9,fd=4))\nunit80=apache2.service',
      'used by apache2;',
      'sudo systemctl disable --now apache2.service',
    ],
    [
      'a socket of systemd',
      'tcp LISTEN 0 511 *:80 *:* users:(("systemd",pid=1,fd=4))\nunit80=web.socket',
      'used by systemd;',
      'sudo systemctl disable --now web.socket',
    ],
    [
      'a container, and not all of Docker',
      'tcp LISTEN 0 4096 *:80 *:* users:(("docker-proxy",pid=9,fd=4))\nunit80=docker.service\ncontainer80=docker web',
      'used by the container web (docker);',
      'sudo docker update --restart=no web; sudo docker stop web',
    ],
    [
      'a container that Docker leads past all listeners',
      'container80=docker web',
      'used by the container web (docker);',
      'sudo docker stop web',
    ],
    [
      'a program of no unit',
      'tcp LISTEN 0 511 *:80 *:* users:(("node",pid=9,fd=4))\nunit80=',
      'used by node;',
      'sudo ss -ltnp sport = :80',
    ],
  ])('case 53: names %s on port 80, and what stops just that', (_, text, summary, hint) => {
    const [finding] = stops(contextWith(), more(installed, text));
    expect(finding?.summary).toContain(summary);
    expect(finding?.hint).toContain(hint);
    expect(finding?.hint).not.toContain('docker.service');
  });

  it('does not matter while the certificate is good', () => {
    const context = privately({ certificate: { agree_terms: false } });
    expect(seen(certbot, complete, context)).toEqual([]);
    const nginx = append('tcp LISTEN 0 511 *:80 *:* users:(("nginx",pid=9,fd=6))');
    expect(seen(certbot, nginx, privately())).toEqual(['certbot.port-80 warn']);
  });
});

describe('a certificate that the owner got in a way of their own', () => {
  const nginx = 'tcp LISTEN 0 511 *:80 *:* users:(("nginx",pid=9,fd=6))\nunit80=nginx.service';
  const rsa = privately({ certificate: { key_type: 'rsa' } });

  it('case 170: with a key of another type: says what it means for devices, and how it is kept', () => {
    const findings = certbot.see(append(nginx), rsa).findings;
    const text = findings.map(({ summary, hint = '' }) => `${summary} ${hint}`);
    expect(findings.map(({ id }) => id)).toEqual(['certbot.port-80', 'certbot.certificate']);
    expect(text[0]).toContain('To keep the present certificate instead: --set certificate.key_type=ecdsa');
    expect(text[1]).toContain('devices that know the present key or fingerprint must learn the new one');
    expect(text[1]).toContain('--set certificate.key_type=ecdsa');
  });

  it.each([
    ['another way than port 80', 'authenticator = webroot'],
    ['a command that makes room before', 'authenticator = standalone\npre_hook = systemctl stop nginx'],
  ])('case 170: a web server is left alone where certbot renews by %s', (_, line) => {
    const conf = withConf((before) => before.replace('authenticator = standalone', line));
    expect(seen(certbot, more(conf, nginx), privately())).toEqual([]);
  });

  it('case 170: no other setting keeps one that has expired, or where certbot makes RSA keys only', () => {
    const late = { ...rsa, now: new Date(Date.now() + 400 * 86_400_000) };
    const focal = { ...rsa, server: { ...rsa.server, id: 'ubuntu', version: '20.04' } };
    for (const context of [late, focal]) {
      const [order] = certbot.see(complete, context).findings;
      expect(order?.id).toBe('certbot.certificate');
      expect(order?.hint).toBeUndefined();
    }
  });

  it('case 171: for a wildcard as well: it is not asked for over port 80, and its own way is named', () => {
    const names = 'mqtt.rehearsal.test,DNS:*.mqtt.rehearsal.test';
    const path = '/etc/letsencrypt/live/mqtt.rehearsal.test/fullchain.pem';
    const { ca, cert } = issueFor(names);
    const output = withContent(complete, path, cert);
    const year = privately({ now: new Date(Date.now() + 400 * 86_400_000) });
    for (const [context, why, how] of [
      [year, 'has expired', /--force-renewal --cert-name mqtt.rehearsal.test$/],
      [
        rsa,
        'has a key of type ecdsa',
        /^[^&]*sed -i '\/\^reuse_key\/d' \S+ && .*--key-type rsa\. To keep .*certificate.key_type=ecdsa$/,
      ],
    ] as const) {
      const { findings } = certbot.see(output, {
        ...context,
        laptop: { ...context.laptop, caBundle: ca },
      });
      const finding = findings.find(({ id }) => id === 'certbot.certificate');
      expect(finding).toMatchObject({ level: 'stop' });
      expect(finding?.summary).toContain(`${why}, and it is for *.mqtt.rehearsal.test as well`);
      expect(finding?.hint).toMatch(how);
    }
  });
});

describe('upkeep', () => {
  it.each([
    [
      'the key is not kept',
      withConf((conf) => conf.replace('reuse_key = True\n', '')),
      ['certbot.reuse-key change'],
    ],
    [
      'the timer is off',
      probed(complete.recording.replace('UnitFileState=enabled', 'UnitFileState=disabled')),
      ['certbot.timer change'],
    ],
    [
      'case 54: there is a second certbot, from snap',
      append('other=/snap/bin/certbot\nschedule=snap.certbot.renew.timer'),
      ['certbot.snap warn'],
    ],
    [
      'case 54: there is a second certbot, from pip, which cron starts',
      append('other=/usr/local/bin/certbot\nschedule=/etc/crontab'),
      ['certbot.second warn'],
    ],
    [
      'case 54: a timer of somebody else renews',
      append('schedule=my-certbot.timer'),
      ['certbot.second warn'],
    ],
    [
      'case 54: there are three',
      append('other=/snap/bin/certbot\nother=/opt/certbot/bin/certbot'),
      ['certbot.snap warn', 'certbot.second warn'],
    ],
    [
      "the guide's hook is there",
      append('hook=/etc/letsencrypt/renewal-hooks/post/emqx.sh'),
      ['certbot.post-hook warn'],
    ],
  ])('%s', (_, output, expected) => {
    expect(seen(certbot, output, privately())).toEqual(expected);
  });

  it('case 54: it is said what renews this very certificate', () => {
    const [finding] = certbot.see(
      append('other=/snap/bin/certbot\nschedule=snap.certbot.renew.timer'),
      privately(),
    ).findings;
    expect(finding?.summary).toContain(
      'certbot.timer and snap.certbot.renew.timer renew the one for mqtt.rehearsal.test',
    );
  });

  it('the private authority has a new root', () => {
    const caBundle = issueFor('ca.example.org').ca;
    expect(certbot.see(complete, privately({ laptop: { caBundle } })).findings).toMatchObject([
      {
        id: 'certbot.ca-bundle',
        change: { kind: 'write', files: [{ path: CA_FILE, content: caBundle }] },
      },
      { id: 'certbot.certificate' },
    ]);
  });

  it('the private authority is no longer wanted', () => {
    expect(seen(certbot, complete, contextWith({ certificate: { directory } }))).toEqual([
      'certbot.ca-bundle change',
    ]);
  });
});

describe('the order', () => {
  const order = (other: Other = {}) =>
    script(certbot.see(installed, contextWith(other)).findings, 'certbot.certificate');

  it("case 52: rehearses with Let's Encrypt's staging, and with no other authority", () => {
    expect(order().match(/certonly --standalone --non-interactive/g)).toHaveLength(2);
    expect(order()).toContain('--dry-run');
    expect(order({ certificate: { directory: 'https://ca.example.org/dir' } })).not.toContain('--dry-run');
  });

  it('gives an address only where there is one', () => {
    expect(order()).toContain('--register-unsafely-without-email');
    expect(order({ certificate: { email: 'me@example.org' } })).toContain('-m me@example.org');
  });

  it('asks certbot 0.40 for nothing that it does not know', () => {
    const focal = { server: { id: 'ubuntu', version: '20.04' } };
    expect(order(focal)).not.toContain('--key-type');
    expect(order(focal)).toContain('--rsa-key-size 2048');
    expect(seen(certbot, installed, contextWith(focal))).toContain('certbot.key-type warn');
    expect(
      seen(certbot, installed, contextWith({ ...focal, certificate: { key_type: 'rsa' } })),
    ).not.toContain('certbot.key-type warn');
  });
});
