import { beforeAll, describe, expect, it } from 'vitest';
import { certificate } from '../../../src/doctor/checks/certificate.js';
import { answering, base64 } from '../../context.js';
import { probed, type Recorded, withUnit } from '../../facts.js';
import { selfSigned } from '../../proofs/self-signed.js';
import { contextWith, recorded, seen, spoiled } from '../../recorded.js';

const done = recorded('certificate', 'bookworm-complete');
/** When the timer of the recorded server was switched on. */
const FIRED = 1795519090;
const at = (seconds: number) => contextWith({ now: new Date(seconds * 1000) });
const context = at(FIRED + 3600);
const told = (name: string, value: string | undefined, output = done): Recorded =>
  probed(answering(output.recording, name, value));
const unit = (name: string, properties: Record<string, string>): Recorded =>
  probed(withUnit(done.recording, `certbot.${name}`, properties));
const printed = (seconds: number) =>
  `Tue ${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
const DAY = 86_400;

describe('a certificate that renews itself', () => {
  it('needs nothing, and says when it runs out and when it is renewed', () => {
    const { findings, facts, inventory } = certificate.see(done, context);
    expect(findings).toEqual([]);
    expect(facts).toEqual([
      { id: 'certificate.expires', label: 'Runs out', value: '2027-02-22 (in 89 days)' },
      { id: 'certificate.renewal', label: 'certbot renews it from', value: '2027-01-23' },
    ]);
    expect(inventory.certificates).toEqual([
      {
        sha1: expect.stringMatching(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/),
        sha256:
          'E5:B8:AB:EA:27:BA:B8:44:49:32:A9:C6:39:5C:09:7A:4D:B0:64:82:67:7C:80:72:64:69:CA:13:5B:7A:8F:EC',
        names: ['mqtt.rehearsal.test'],
        issuer: expect.stringContaining('Pebble'),
        validFrom: '2026-11-24T11:18:14.000Z',
        validTo: '2027-02-22T11:18:13.000Z',
        current: true,
      },
    ]);
    expect(inventory.renewals).toEqual([{ at: '2026-11-24T11:18:17Z', ok: true, text: 'ok' }]);
  });

  it('is the same on the newer release', () => {
    expect(seen(certificate, recorded('certificate', 'trixie-complete'), context)).toEqual([]);
  });

  it('is not complained about before there is one', () => {
    const nothing = probed(withUnit(withUnit('', 'certbot.service', {}), 'certbot.timer', {}));
    expect(certificate.see(nothing, context)).toEqual({
      findings: [],
      facts: [],
      inventory: { certificates: [], renewals: [] },
    });
  });
});

describe('what keeps it from renewing', () => {
  it.each<[string, Recorded, string[]]>([
    ['certbot failed', unit('service', { Result: 'exit-code' }), ['certificate.last-run stop']],
    ['certbot took too long', unit('service', { Result: 'timeout' }), ['certificate.last-run stop']],
    ['certbot was never run', unit('service', { Result: '' }), []],
    ['it was got by hand', told('authenticator', 'manual'), ['certificate.by-hand stop']],
    [
      'it was got by hand, with a script that does the same',
      told('manual_auth_hook', '/root/dns.sh', told('authenticator', 'manual')),
      [],
    ],
    [
      'case 49: certbot is told to pass it over',
      told('autorenew', 'False'),
      ['certificate.passed-over stop'],
    ],
    ['case 50: nobody tells the broker', told('deploy', undefined), ['certificate.no-hook stop']],
    ['certbot tells the broker itself', told('renew_hook', 'x', told('deploy', undefined)), []],
  ])('%s', (_, output, expected) => {
    expect(seen(certificate, output, context)).toEqual(expected);
  });

  it.each<[string, Recorded, number, string[]]>([
    ['fired two days ago', done, 2 * DAY, []],
    ['has not fired since', done, 2 * DAY + 1, ['certificate.timer-late stop']],
    ['is off, which its step says', unit('timer', { ActiveState: 'inactive' }), 9 * DAY, []],
    ['does not say when it fired', unit('timer', { LastTriggerUSec: '' }), 9 * DAY, []],
    [
      'was switched on long ago, but fired today',
      unit('timer', { ActiveEnterTimestamp: printed(FIRED), LastTriggerUSec: printed(FIRED + 9 * DAY - 60) }),
      9 * DAY,
      [],
    ],
  ])('the timer %s', (_, output, later, expected) => {
    expect(seen(certificate, output, at(FIRED + later))).toEqual(expected);
  });

  it('says for how long', () => {
    expect(certificate.see(done, at(FIRED + 9 * DAY)).findings[0]?.summary).toContain('for 9 days');
  });
});

describe('its past', () => {
  let older: string;
  beforeAll(() => {
    older = selfSigned({ subject: '/CN=old.example.org', expired: true }).cert;
  });

  it('comes before it, and is not in use', () => {
    const { inventory, facts } = certificate.see(probed(`pem=${base64(older)}\n${done.recording}`), context);
    expect(inventory.certificates?.map(({ current, validTo }) => [current, validTo.slice(0, 4)])).toEqual([
      [false, '2020'],
      [true, '2027'],
    ]);
    expect(facts[0]?.value).toContain('2027-02-22');
  });

  it('has what the hook noted, without what the report has already', () => {
    const failed =
      'note=2026-11-20T06:00:00Z /etc/letsencrypt/live/mqtt.rehearsal.test FAILED: no answer on 8883';
    const { inventory } = certificate.see(spoiled(done, /^note=/m, `${failed}\nnote=`), context);
    expect(inventory.renewals).toEqual([
      { at: '2026-11-20T06:00:00Z', ok: false, text: 'FAILED: no answer on 8883' },
      { at: '2026-11-24T11:18:17Z', ok: true, text: 'ok' },
    ]);
  });
});

it('a file that holds no certificate is said in words, not in those of OpenSSL', () => {
  const broken = () =>
    certificate.see(
      probed(`pem=${base64('nothing\n')}\n${done.recording.replace(/^pem=.*\n/gm, '')}`),
      context,
    );
  expect(broken).not.toThrow(/error:|PEM routines|asn1/i);
});
