import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostname } from '../../src/steps/hostname.js';
import { withOwnNames } from '../../src/templates/hosts.js';
import { answering, contextFor, findings, fixture, ids } from '../context.js';
import { withFile, withOwn } from '../facts.js';

const context = contextFor({
  settings: {
    domain: 'mqtt.rehearsal.test',
    certificate: { agree_terms: true, directory: 'https://acme.rehearsal.test/dir' },
  },
});
const done = fixture('hostname', 'bookworm-done');

describe('hostname', () => {
  it('finds nothing on a server that was set up', () => {
    expect(ids(hostname, done, context)).toEqual([]);
  });

  it('on a fresh server writes /etc/hosts before the name', () => {
    expect(ids(hostname, fixture('hostname', 'trixie-fresh'), context)).toEqual([
      'hostname.hosts',
      'hostname.name',
    ]);
  });

  it('a name that only the running system has, or only the file, is not in place', () => {
    expect(ids(hostname, withFile(done, '/etc/hostname', { content: 'old' }), context)).toEqual([
      'hostname.name',
    ]);
    expect(ids(hostname, answering(done, 'now', 'old'), context)).toEqual(['hostname.name']);
  });

  it('case 23: keeps cloud-init from putting names back, in its settings and in its template', () => {
    const template = '## template:jinja\n127.0.1.1 {{fqdn}} {{hostname}}\n';
    const TEMPLATE = '/etc/cloud/templates/hosts.debian.tmpl';
    const cloud = withFile(withOwn(done, 'cloud-init=present'), TEMPLATE, { content: template });
    const found = findings(hostname, cloud, context);
    expect(found.map((one) => one.id)).toEqual(['hostname.hosts', 'hostname.cloud-init']);
    const change = found[0]?.change;
    expect(change?.kind === 'write' && change.files.map((file) => file.path)).toEqual([TEMPLATE]);
  });
});

describe('withOwnNames', () => {
  const names = { hostname: 'mqtt', domain: 'mqtt.example.org' };

  it('puts both families first and keeps every other line', () => {
    expect(withOwnNames('127.0.0.1 localhost\n', names)).toBe(
      '# broker-setup: names of this server\n127.0.1.1 mqtt.example.org mqtt\n::1 mqtt.example.org mqtt\n# broker-setup: end\n127.0.0.1 localhost\n',
    );
  });

  it('leaves the first line of a template where cloud-init looks for it', () => {
    expect(withOwnNames('## template:jinja\nrest\n', names)).toMatch(
      /^## template:jinja\n# broker-setup: names[\s\S]*\nrest\n$/,
    );
  });

  it('done twice is done once, and a new name replaces the old one', () => {
    fc.assert(
      fc.property(fc.string(), (hosts) => {
        const once = withOwnNames(hosts, names);
        expect(withOwnNames(once, names)).toBe(once);
        expect(withOwnNames(once, { hostname: 'b', domain: 'b.example.org' })).not.toContain(
          'mqtt.example.org',
        );
      }),
    );
  });
});
