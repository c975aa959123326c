import { describe, expect, it } from 'vitest';
import type { FindingId } from '../../src/catalogue/index.js';
import { isWorthTelling, withoutDomain, withoutRepeats } from '../../src/doctor/relevant.js';
import type { Look } from '../../src/engine/look.js';
import { finding, lookAt, part, proofOf } from './parts.js';

const looks = (...found: [step: string, ...ids: FindingId[]][]): Look[] =>
  found.map(([step, ...ids]) => lookAt(part(step), { findings: ids.map((id) => finding({ id })) }));
const told = (seen: readonly Look[]) =>
  seen.map(({ step, findings }) => [step.id, ...findings.map(({ id }) => id)].join(' '));

describe('without a domain', () => {
  it('nothing is said of a certificate, nor of the name in /etc/hosts', () => {
    const seen = looks(
      ['hostname', 'hostname.hosts', 'hostname.name'],
      ['ufw', 'ufw.rules'],
      ['certbot', 'certbot.dns'],
      ['renewal-hook', 'renewal-hook.file'],
      ['fingerprint'],
      ['certificate', 'certificate.no-hook'],
    );
    expect(told(withoutDomain(seen))).toEqual(['hostname hostname.name', 'ufw ufw.rules']);
  });
});

describe('a hook that is missing', () => {
  const seen = looks(['renewal-hook', 'renewal-hook.file'], ['certificate', 'certificate.no-hook']);

  it('is said once on a server of ours', () => {
    expect(told(withoutRepeats(seen, true))).toEqual(['renewal-hook renewal-hook.file', 'certificate']);
  });

  it('is said by the check that knows every server where it is not ours', () => {
    expect(told(withoutRepeats(seen, false))[1]).toBe('certificate certificate.no-hook');
  });
});

describe('a look from outside', () => {
  const worth = (
    id: string,
    seen: Look[],
    named = true,
    proved: { ok: boolean | undefined } = { ok: false },
  ) => isWorthTelling(proofOf('ufw', id, { ...proved, detail: '' }), seen, named);
  const noBroker = looks(['broker-install', 'broker-install.package']);
  const noUser = looks(['user', 'user.account']);
  const noCertificate = looks(['certbot', 'certbot.certificate']);

  it.each(['tls.8883', 'mqtt.mqtts-anonymous', 'dashboard.login', 'ports.open', 'ports.udp'])(
    'at a broker that is not installed is not told (%s)',
    (id) => {
      expect(worth(id, noBroker)).toBe(false);
      expect(worth(id, looks(['ufw', 'ufw.rules']))).toBe(true);
    },
  );

  it.each(['ports.closed', 'ports.renewals', 'ports.unasked', 'login.root'])(
    'at the server itself is told without a broker, too (%s)',
    (id) => {
      expect(worth(id, noBroker)).toBe(true);
    },
  );

  it.each(['tls.8883', 'mqtt.mqtts-anonymous', 'fingerprint.served', 'ports.renewals'])(
    'by a name is not told where there is none (%s)',
    (id) => {
      expect(worth(id, [], false)).toBe(false);
    },
  );

  it('at the ports needs no name', () => {
    expect(worth('ports.open', [], false)).toBe(true);
    expect(worth('ports.closed', [], false)).toBe(true);
  });

  it('by a user who does not exist is not told; by root it is', () => {
    expect(worth('login.user', noUser)).toBe(false);
    expect(worth('login.root', noUser)).toBe(true);
  });

  it('at a certificate that is not there is not told, unless something is presented in its place', () => {
    expect(worth('fingerprint.served', noCertificate, true, { ok: undefined })).toBe(false);
    expect(worth('fingerprint.served', noCertificate, true, { ok: false })).toBe(true);
  });
});
