import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { brokerFor } from '../../../src/brokers/index.js';
import { complete } from '../../../src/settings/complete.js';
import { LAST_FREE, MAINTAINED } from '../../../src/settings/emqx-versions.js';
import { settings } from '../../recorded.js';

const emqx = (more: { version?: string; package?: string }) =>
  brokerFor({ broker: { kind: 'emqx', ...more } });

describe('EMQX as a broker', () => {
  it.each([
    ['4.3.12', /emqx eval .*ssl:clear_pem_cache\(\)/],
    ['4.3.13', /emqx_ctl pem_cache clean all/],
    ['4.4.1', /emqx eval .*ssl:clear_pem_cache\(\)/],
    ['4.4.2', /emqx_ctl pem_cache clean all/],
    ['5.0.26', /emqx ctl pem_cache clean all/],
    ['6.3.1', /emqx ctl pem_cache clean all/],
  ])('%s takes a new certificate at once', (version, command) => {
    const { run } = emqx({ version }).takeCertificate;
    expect(run).toMatch(command);
    expect(run).toMatch(/^su - emqx /);
    expect(spawnSync('sh', ['-n'], { input: run }).status).toBe(0);
  });

  it('needs gpg only for the repository', () => {
    const of = (from?: string) =>
      emqx({ version: '5.8.9', ...(from ? { package: from } : {}) }).packages(settings);
    expect(of()).toContain('gpg');
    expect(of('./emqx.deb')).not.toContain('gpg');
  });

  it('case 181: keeps its certificate outside of the folders that belong to its user', () => {
    const { certificate } = emqx({ version: '5.8.9' });
    expect(
      [certificate.fullchain, certificate.privkey].filter((path) => path.startsWith('/etc/emqx')),
    ).toEqual([]);
    expect([certificate.owner, certificate.group]).toEqual(['root', 'emqx']);
  });

  it('says what its licence is', () => {
    expect(emqx({ version: '5.8.9' }).about).toContain('Apache-2.0');
    expect(emqx({ version: '5.9.0' }).about).toContain('BSL 1.1');
  });

  it('is nothing without a version', () => {
    expect(() => emqx({})).toThrow(TypeError);
  });
});

describe('its settings', () => {
  const problems = (broker: object, more: object = {}) => {
    const completed = complete({
      server: '203.0.113.7',
      domain: 'mqtt.example.org',
      certificate: { agree_terms: true },
      ...more,
      broker: { kind: 'emqx', version: '5.8.9', ...broker },
    });
    return completed.settings ? [] : [...completed.missing, ...completed.problems];
  };

  it.each([
    [{ version: '4.3.0' }],
    [{ version: '5.10.4', agree_licence: true }],
    [{ agree_licence: false }],
    [{ package: './emqx-5.8.9-debian12-amd64.deb' }],
    [{ package: '~/a b/EMQX.DEB', sha256: 'a'.repeat(64) }],
    [{ package: 'https://example.org/emqx.deb', sha256: '0'.repeat(64) }],
    [{ repository_key: 'A'.repeat(40) }],
  ])('%j is right', (broker) => {
    expect(problems(broker)).toEqual([]);
  });

  it.each([
    [{ version: '4.2.14' }, 'broker.version is "4.2.14", but must be three numbers'],
    [{ version: '5.8' }, 'broker.version is "5.8", but must be three numbers'],
    [{ version: 5.8 }, 'broker.version is 5.8, but must be text'],
    [{ version: '7.0.0' }, 'broker.version is "7.0.0", but must be'],
    [{ version: "5.8.9'; reboot" }, 'broker.version is'],
    [{ version: '6.3.1', agree_licence: 'yes' }, 'broker.agree_licence is "yes", but must be true or false.'],
    [{ package: './emqx.rpm' }, 'broker.package is "./emqx.rpm", but must name a .deb file.'],
    [{ package: 'ftp://example.org/emqx.deb' }, 'but must be a path, or an https:// address.'],
    [
      { package: "https://example.org/'x'.deb", sha256: '0'.repeat(64) },
      'but must be a path, or an https:// address.',
    ],
    [{ package: 'HTTPS://example.org/emqx.deb' }, 'but must be a path, or an https:// address.'],
    [{ package: './a.deb', sha256: 'A'.repeat(64) }, 'must be 64 hexadecimal digits, small letters.'],
    [{ package: './a.deb', sha256: 'abc' }, 'must be 64 hexadecimal digits, small letters.'],
    [
      { repository_key: 'a'.repeat(40) },
      'must be the 40 hexadecimal digits of an OpenPGP fingerprint, capital letters.',
    ],
    [{ repository_key: 'A'.repeat(32) }, 'must be the 40 hexadecimal digits'],
  ])('%j is not', (broker, expected) => {
    expect(problems(broker).join()).toContain(expected);
  });

  it('speak CoAP and LwM2M', () => {
    expect(problems({ version: '5.8.10' }, { protocols: ['coap', 'lwm2m'] })).toEqual([]);
    // They come encrypted or not at all.
    for (const version of ['5.0.26', '5.3.2'])
      for (const protocols of [['mqtt', 'coap'], ['lwm2m']]) {
        const [problem, ...more] = problems({ version }, { protocols });
        expect(more).toEqual([]);
        expect(problem).toContain(`must be mqtt alone with EMQX ${version}: `);
        expect(problem).toContain(`such as ${LAST_FREE} for lwm2m or ${MAINTAINED} for coap`);
        expect(problems({ version }, { protocols: ['mqtt'] })).toEqual([]);
      }
    for (const version of ['4.3.5', '4.4.19', '5.4.0'])
      expect(problems({ version }, { protocols: ['mqtt', 'coap', 'lwm2m'] })).toEqual([]);
    expect(problems({}, { protocols: [] }).join()).toContain('must be a list of: mqtt, coap, lwm2m');
  });

  it('are asked for one by one: what lacks and what is wrong, at once', () => {
    expect(
      problems({ version: '6.3.1', package: 'https://example.org/emqx.deb', repository_key: 'x' }),
    ).toEqual([
      'broker.agree_licence',
      'broker.sha256',
      expect.stringMatching(/^broker\.repository_key is "x", but must be/),
    ]);
  });
});
