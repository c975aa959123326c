import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { EMQX } from '../../../src/brokers/emqx/facts.js';
import { KEYRING, SOURCE, sourceLine } from '../../../src/brokers/emqx/repository.js';
import { brokerFor } from '../../../src/brokers/index.js';
import type { Change } from '../../../src/engine/change.js';
import type { Probed } from '../../../src/engine/probe.js';
import { keepSshUp } from '../../../src/engine/ssh-up.js';
import type { Finding } from '../../../src/engine/step.js';
import type { Settings } from '../../../src/settings/schema.js';
import { probed, withUnit } from '../../facts.js';
import { contextWith, type Other } from '../../recorded.js';

type Emqx = Omit<Extract<Settings['broker'], { kind: 'emqx' }>, 'kind'>;

const KEY = '0123456789ABCDEF0123456789ABCDEF01234567';
const SHA = 'ab'.repeat(32);
const FILE = { file: '/home/me/emqx.deb', sha256: SHA };

function contextFor(broker: Emqx, other: Other = {}) {
  return contextWith({
    ...other,
    settings: { broker: { kind: 'emqx', version: '5.8.9', agree_licence: true, ...broker } },
  });
}

/** What the probe prints on a server; `more` replaces lines of one that has nothing of EMQX. */
function told({ UnitFileState = '', ...more }: Record<string, string> = {}): Probed {
  const all = { held: '', 'room-mb': '1024', ...more };
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
  return probed(withUnit(lines.join(''), EMQX.unit, { UnitFileState }));
}
const DONE = { package: 'emqx 5.8.9 installed', held: 'emqx', UnitFileState: 'enabled' };

function found(more: Record<string, string>, broker: Emqx = {}, other: Other = {}): Finding[] {
  // A day on which 5.8.9 was cared for, unless the case is about that.
  const context = contextFor(broker, { now: new Date('2026-01-01T12:00:00Z'), ...other });
  return brokerFor(context.settings).install.see(told(more), context).findings;
}
const ids = (findings: Finding[]) =>
  findings.map(({ id, level }) => `${id.replace('broker-install.', '')} ${level}`);
const script = (findings: Finding[], id: string): string => {
  const change: Change | undefined = findings.find((one) => one.id === `broker-install.${id}`)?.change;
  return change?.kind === 'run' ? change.script.run : '';
};

const FRESH = ['repository change', 'package change', 'hold change'];

describe('what is found', () => {
  it.each<[string, Record<string, string>, Emqx, string[]]>([
    ['a fresh server', {}, {}, FRESH],
    ['all in place', DONE, {}, []],
    ['with what Debian adds to the version', { ...DONE, package: 'emqx 5.8.9-1 installed' }, {}, []],
    [
      'an older one of this family',
      { ...DONE, package: 'emqx 5.7.2 installed' },
      {},
      ['repository change', 'package change'],
    ],
    ['a newer one', { ...DONE, package: 'emqx 5.8.9 installed' }, { version: '5.8.6' }, ['downgrade stop']],
    [
      'newer by number, not by letter',
      { ...DONE, package: 'emqx 5.10.4 installed' },
      { version: '5.9.0' },
      ['downgrade stop'],
    ],
    ['another family', { ...DONE, package: 'emqx 4.4.19 installed' }, {}, ['family stop']],
    [
      'another family, the other way round',
      DONE,
      { version: '4.4.19' },
      ['release stop', 'family stop', 'unmaintained warn'],
    ],
    ['not held', { ...DONE, held: '' }, {}, ['hold change']],
    // That is up to conf-edits, once nothing is open any more.
    ['not started with the server', { ...DONE, UnitFileState: 'disabled' }, {}, []],
    [
      'an init script',
      { ...DONE, package: 'emqx 4.3.5 installed', UnitFileState: 'generated' },
      { version: '4.3.5' },
      ['unmaintained warn'],
    ],
    ['masked', { ...DONE, UnitFileState: 'masked' }, {}, ['masked stop']],
    ['case 277: little memory', { 'room-mb': '351' }, {}, ['memory stop']],
    ['case 277: tight memory', { 'room-mb': '352' }, {}, [...FRESH, 'memory warn']],
    ['enough memory', { 'room-mb': '490' }, {}, FRESH],
    [
      'too much at once',
      { 'room-mb': '100', UnitFileState: 'masked' },
      { version: '4.3.5' },
      ['release stop', 'masked stop', 'memory stop', 'unmaintained warn'],
    ],
  ])('%s', (_, more, broker, expected) => {
    expect(ids(found(more, broker))).toEqual(expected);
  });

  it.each([
    ['5.8.9', 'bookworm', undefined],
    ['4.4.19', 'bookworm', 'The nearest that is: 5.7.2.'],
    ['4.3.5', 'jammy', 'The nearest that is: 4.4.19.'],
    ['6.3.1', 'focal', 'The nearest that is: 5.8.9.'],
    ['5.8.9', 'resolute', 'No version is. Choose mosquitto'],
  ])('case 22: %s on %s: made for it, or the nearest that is', (version, codename, hint) => {
    const server = { codename, pretty: `Some ${codename}` };
    const [finding] = found({}, { version }, { server });
    expect(finding?.id).toBe(hint === undefined ? 'broker-install.repository' : 'broker-install.release');
    if (hint === undefined) return;
    expect(finding?.summary).toBe(`EMQX ${version} is not made for Some ${codename}.`);
    expect(finding?.hint).toContain(hint);
    // A person who brings a file knows what it is made for; the server looks at it.
    const from = { package: './emqx.deb' };
    expect(ids(found({}, { version, ...from }, { server, laptop: { brokerPackage: FILE } }))).not.toContain(
      'release stop',
    );
    expect(
      ids(found({ ...DONE, package: `emqx ${version} installed` }, { version }, { server })),
    ).not.toContain('release stop');
  });

  it.each([
    ['5.8.9', '2026-02-27', false],
    ['5.8.9', '2026-02-28', true],
    ['6.3.1', '2028-03-03', false],
    ['6.3.1', '2028-03-04', true],
    ['5.7.2', '2026-01-01', true],
  ])('%s on %s is past its care: %s', (version, day, past) => {
    const name = version === '6.3.1' ? 'emqx-enterprise' : 'emqx';
    const all = found(
      { ...DONE, package: `${name} ${version} installed` },
      { version },
      { now: new Date(`${day}T23:00:00Z`) },
    );
    expect(ids(all)).toEqual(past ? ['unmaintained warn'] : []);
    if (past) expect(all[0]?.hint).toContain('6.3');
  });
});

describe('where it comes from', () => {
  it('the vendor’s repository, believed for what its key has signed only', () => {
    const all = found({});
    expect(script(all, 'repository')).toContain('https://packagecloud.io/emqx/emqx/gpgkey');
    expect(script(all, 'repository')).toContain(
      `deb [arch=amd64 signed-by=${KEYRING}] https://packagecloud.io/emqx/emqx/debian/ bookworm main`,
    );
    const newer = found({}, { version: '6.3.1' });
    expect(script(newer, 'repository')).toContain('/emqx-enterprise5/debian/ bookworm main');
    expect(script(newer, 'package')).toContain('madison emqx-enterprise |');
  });

  const source = sourceLine('5.8.9', { id: 'debian', codename: 'bookworm', arch: 'amd64' });
  it.each<[string, Record<string, string>, Emqx, string[]]>([
    ['known already', { key: KEY, source }, {}, FRESH.slice(1)],
    ['known, and with the key that must be', { key: KEY, source }, { repository_key: KEY }, FRESH.slice(1)],
    ['known, but with another key', { key: 'F'.repeat(40), source }, { repository_key: KEY }, FRESH],
    [
      'known, but of another release',
      { key: KEY, source: source.replace('bookworm', 'bullseye') },
      {},
      FRESH,
    ],
    ['without its key', { source }, {}, FRESH],
  ])('a repository that is %s', (_, more, broker, expected) => {
    expect(ids(found(more, broker))).toEqual(expected);
  });

  it('tells the key, to be recorded; nothing where no repository is used', () => {
    const facts = (broker: Emqx, more = {}) => {
      const context = contextFor(broker, { laptop: { brokerPackage: FILE } });
      return brokerFor(context.settings).install.see(told({ ...DONE, ...more }), context).facts;
    };
    expect(facts({}, { key: KEY, source })).toMatchObject([{ value: KEY, record: 'broker.repository_key' }]);
    expect(facts({})).toEqual([]);
    expect(facts({ package: './emqx.deb' }, { key: KEY, source })).toEqual([]);
  });

  it('a file of this computer, sent unless it is there', () => {
    const other = { laptop: { brokerPackage: FILE } };
    const all = found({}, { package: './emqx.deb' }, other);
    expect(ids(all)).toEqual(['upload change', 'package change', 'hold change']);
    expect(all[0]?.change).toEqual({ kind: 'upload', ...FILE, to: `/var/cache/broker-setup/${SHA}.deb` });
    expect(script(all, 'package')).toContain(`/var/cache/broker-setup/${SHA}.deb`);
    expect(ids(found({ [`file-${SHA}`]: 'there' }, { package: './emqx.deb' }, other))).not.toContain(
      'upload change',
    );
  });

  it('a file at an address, fetched by the server', () => {
    const from = 'https://example.org/emqx.deb';
    const all = found({}, { package: from, sha256: SHA });
    expect(ids(all)).toEqual(['package change', 'hold change']);
    expect(script(all, 'package')).toContain(from);
    expect(script(all, 'package')).toContain(SHA);
  });
});

it('every script is shell that any sh understands', () => {
  const sources: [Emqx, Other][] = [
    [{}, {}],
    [{ package: './emqx.deb' }, { laptop: { brokerPackage: FILE } }],
    [{ package: 'https://example.org/emqx.deb', sha256: SHA }, {}],
  ];
  const context = contextFor({});
  const scripts = [
    brokerFor(context.settings).install.probe(context).run,
    ...sources.flatMap(([broker, other]) =>
      found({}, broker, other).flatMap(({ change }) => (change?.kind === 'run' ? [change.script.run] : [])),
    ),
  ];
  // The question; repository, package, hold; package and hold for each file, as an upload is no script.
  expect(scripts.length).toBe(1 + 3 + 2 + 2);
  // Nothing starts it, nor has it started with the server, while it is open as it ships.
  for (const script of scripts)
    expect(script.replaceAll(keepSshUp.run, '')).not.toMatch(/systemctl (?:(?:re)?start|enable|unmask)/);
  for (const input of scripts) expect(spawnSync('sh', ['-n'], { input, encoding: 'utf8' }).stderr).toBe('');
  expect(scripts[0]).toContain(SOURCE);
});
