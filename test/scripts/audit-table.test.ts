import { describe, expect, it } from 'vitest';
import { exposures, lynisIndex } from '../../scripts/audit-table/inside.js';
import { openPorts } from '../../scripts/audit-table/nmap.js';
import { parsePolicy, parseSshAudit, policyFor } from '../../scripts/audit-table/ssh-audit.js';
import { type Audited, block, MARKS, withBlock } from '../../scripts/audit-table/table.js';
import { parseTestssl } from '../../scripts/audit-table/testssl.js';
import { fixture } from '../context.js';

const audit = (name: string) => fixture('audit', name);

describe('ssh-audit', () => {
  it('names what is wrong with the algorithms of a fresh server, and nothing of one that was set up', () => {
    const fresh = parseSshAudit(audit('ssh-audit-fresh'));
    expect(fresh.failures).toContain('ecdh-sha2-nistp256');
    expect(fresh.warnings).toContain('hmac-sha2-256');
    expect(parseSshAudit(audit('ssh-audit-done'))).toEqual({ failures: [], warnings: [] });
  });

  it('counts a known hole as a failure', () => {
    const told = { ...JSON.parse(audit('ssh-audit-done')), cves: [{ name: 'CVE-2024-6387' }] };
    expect(parseSshAudit(JSON.stringify(told)).failures).toEqual(['CVE-2024-6387']);
  });

  it('tells what goes beyond the hardened policy from what is only fewer', () => {
    expect(parsePolicy(audit('policy-done'))).toEqual({
      policy: 'Hardened Debian 12 (version 2)',
      passed: false,
      differs: ['Host keys', 'Key exchanges', 'Ciphers', 'MACs'],
      outside: [],
    });
    const fresh = parsePolicy(audit('policy-fresh'));
    expect(fresh.outside).toContain('ecdh-sha2-nistp256');
    expect(fresh.differs).toContain('Host key (rsa-sha2-256) sizes');
    expect(fresh.outside).not.toContain('3072');
  });

  it('is asked for the policy of the release, or that for the newest OpenSSH', () => {
    const list = audit('policies');
    expect(policyFor('bookworm', list)).toBe('Hardened Debian 12 (version 2)');
    expect(policyFor('trixie', list)).toBe('Hardened OpenSSH Server v9.9 (version 1)');
    expect(policyFor('trixie', `${list}\n  * "Hardened OpenSSH Server v10.0 (version 1)"`)).toContain(
      'v10.0',
    );
    expect(() => policyFor('trixie', '')).toThrow('no policy');
  });
});

describe('testssl.sh', () => {
  const text = audit('testssl-8883');

  it('leaves out only what the rehearsal’s own authority lacks', () => {
    const told = parseTestssl(text, 8883);
    expect(told).toMatchObject({ port: 8883, grade: 'A+', above: [] });
    expect(told.low.length).toBeGreaterThan(0);
    expect(parseTestssl(text.replace('Neither CRL nor OCSP URI provided', 'revoked'), 8883).above).toEqual([
      'cert_revocation: revoked',
    ]);
  });

  it('is not believed without a grade', () => {
    expect(() => parseTestssl('[]', 8883)).toThrow('no grade');
  });
});

describe('nmap', () => {
  it('tells the ports that answered; silence is no answer', () => {
    expect(openPorts(audit('nmap-tcp'), 'tcp')).toEqual([22, 8084, 8883]);
    expect(openPorts(audit('nmap-udp'), 'udp')).toEqual([]);
  });

  it('is not believed where it was cut off', () => {
    expect(() => openPorts(audit('nmap-tcp').replace(/# Nmap done.*/, ''), 'tcp')).toThrow(
      'not come to its end',
    );
  });
});

describe('on the server', () => {
  it('Lynis tells its index', () => {
    expect(lynisIndex(audit('lynis-fresh'))).toBe(58);
    expect(() => lynisIndex('')).toThrow('no hardening index');
  });

  it('systemd tells how exposed a unit is', () => {
    expect(exposures(audit('security'))).toEqual([{ unit: 'mosquitto.service', exposure: 9.6 }]);
  });
});

describe('the block of the README', () => {
  const audited: Audited = {
    ...{ release: 'bookworm', profile: 'standard', emqx: undefined, settings: {} },
    lynis: { index: 71, version: 'lynis 3.0.8' },
    ssh: { failures: [], warnings: ['a'] },
    policy: parsePolicy(audit('policy-done')),
    tls: [parseTestssl(audit('testssl-8883'), 8883)],
    ...{ tcp: [22, 8883, 9999], udp: [], asked: { tcp: [22, 8084, 8883], udp: [] } },
    units: [{ unit: 'mosquitto.service', exposure: 9.6 }],
    erlang: undefined,
  };

  it('has a row for each server, and says what was not asked for and what is silent', () => {
    const [, , row] = block([audited], ['nmap 7.95'], '2026-11-24').split('\n');
    expect(row).toBe(
      '| Debian 12, `standard` | 71 | 0, 1 | 0, fewer or in another order: host keys, key exchanges, ciphers, MACs | 8883: A+, 0 | 22, 8883, 9999; not asked for: 9999; silent: 8084 | none | mosquitto 9.6 |',
    );
  });

  it('says of EMQX where it is from, and which Erlang makes its TLS', () => {
    const emqx = { version: '5.0.26', origin: 'somewhere' };
    const text = block([{ ...audited, emqx, erlang: '25.2.3' }], [], '');
    expect(text).toContain('Debian 12, `standard`, EMQX 5.0.26');
    expect(text).toContain('EMQX 5.0.26 from somewhere. Its TLS is that of Erlang/OTP 25.2.3;');
    expect(block([audited], [], '')).not.toContain('EMQX');
  });

  it('names a finding once, with the ports that have it', () => {
    const tls = [8883, 8084].map((port) => ({ port, grade: 'A', above: ['id: what'], low: [] }));
    expect(block([{ ...audited, tls }], [], '')).toContain(
      'Above low: Debian 12, `standard`, 8883, 8084: id: what.',
    );
  });

  it('stands between its marks, and leaves the other table as it is', () => {
    const { mosquitto, emqx } = MARKS;
    const readme = `a ${mosquitto} one ${mosquitto} b ${emqx} two ${emqx} z`;
    expect(withBlock(readme, emqx, 'new')).toBe(`a ${mosquitto} one ${mosquitto} b ${emqx}\nnew\n${emqx} z`);
    expect(withBlock(readme, mosquitto, 'new')).toContain(`${emqx} two ${emqx}`);
    expect(() => withBlock('a', emqx, 'new')).toThrow('twice');
  });
});
