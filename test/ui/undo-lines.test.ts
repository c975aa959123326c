import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { Written } from '../../src/run-log/log-entry.js';
import type { KeptFile } from '../../src/run-log/undo.js';
import { nothingToUndo, passedOver, undoLines } from '../../src/ui/undo-lines.js';

const AT = '2026-11-24T14:30:05Z';
const entries: Written[] = [
  {
    at: AT,
    type: 'run',
    version: 1,
    login: 'root',
    tool: '1',
    by: 'me@laptop',
    machine: 'm',
    pid: 1,
    command: 'init',
  },
  ...[1, 2].map(
    (n): Written => ({
      ...{ at: AT, type: 'change', n, step: 'update', title: 'Update', id: 'update.packages' },
      ...{ summary: 'Upgrade', stays: 'Packages that were installed or upgraded stay so.' },
    }),
  ),
];
const file = (more: Partial<KeptFile>): KeptFile => ({
  ...{
    path: '/etc/hosts',
    before: 'old\n',
    now: 'new\n',
    what: 'restored',
    secret: false,
    changedSince: false,
  },
  ...more,
});
const lines = (...files: KeptFile[]) =>
  stripVTControlCharacters(
    undoLines('203.0.113.7', { id: '20261124-143005-1a2b', entries }, { paths: [], entries: [], files }),
  );

it('shows whose run it was, the way back of each file, and once what stays', () => {
  const text = lines(
    file({}),
    file({ path: '/etc/new', before: undefined, what: 'removed' }),
    file({ path: '/etc/gone', now: undefined, what: 'returns' }),
  );
  expect(text.replace(/\n */g, ' ')).toContain(
    '20261124-143005-1a2b on 203.0.113.7 (init, by me@laptop, 2026-11-24 14:30 UTC):',
  );
  expect(text).toMatch(/\/etc\/hosts \(gets its old content back\)\n.*\n {8}-new\n {8}\+old\n/);
  expect(text).toMatch(/\/etc\/new \(goes, as it was not there before\)\n.*\n {8}-new\n/);
  expect(text).toMatch(/\/etc\/gone \(comes back\)\n.*\n {8}\+old\n/);
  expect(text.match(/What cannot be undone:\n {2}· Packages/g)).toHaveLength(1);
});

it('says that a later change goes as well', () => {
  expect(lines(file({ changedSince: true }))).toContain(
    'It was changed again after that run; that change goes as well.',
  );
  expect(lines(file({}))).not.toContain('again');
});

it('says of a secret only that it is one', () => {
  const text = lines(file({ secret: true, before: undefined, now: undefined }));
  expect(text).toContain('(content not shown: others may not read it)');
  expect(text).not.toMatch(/^ {8}[-+]/m);
});

it('makes harmless what a server may have put in', () => {
  const evil = '\u001b[2J\u202eevil\r';
  const text = undoLines(
    'box',
    { id: '20261124-143005-1a2b', entries: entries.map((one) => ({ ...one, by: evil, stays: evil })) },
    { paths: [], entries: [], files: [file({ path: evil, before: evil, now: `${evil}\n${evil}` })] },
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(text.replace(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  expect(text).toContain('evil');
});

it('case 268: leads with what it comes to and what follows from it', () => {
  const text = lines(
    file({ path: '/etc/ssh/sshd_config.d/00-broker-setup.conf' }),
    file({ path: '/etc/ufw/user.rules' }),
    file({ path: '/etc/new', before: undefined, what: 'removed' }),
  );
  expect(text).toMatch(
    /\n\nIn all: 2 files with the old content, 1 file removed\.\n\nWhat follows from it\n/,
  );
  const flat = text.replace(/\n +/g, ' ');
  expect(flat).toContain(
    'The SSH server again lets in what it let in before that run, such as root and passwords.',
  );
  expect(flat).toContain('ports that it closed are open again');
  expect(text.indexOf('What follows')).toBeLessThan(text.indexOf('→ /etc/ssh'));
});

it('case 268: nobody has to read PEM text and rules of iptables, but can', () => {
  const pem = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n${'B'.repeat(30)}==\n-----END CERTIFICATE-----\n`;
  const rules =
    '### tuple ### allow tcp 8883 0.0.0.0/0 any 0.0.0.0/0 in comment=62726f\n-A ufw-user-input -p tcp --dport 8883 -j ACCEPT\n';
  const long = Array.from({ length: 40 }, (_, n) => `line ${n}\n`).join('');
  const files = [
    file({ path: '/etc/mosquitto/certs/fullchain.pem', before: '', now: pem }),
    file({ path: '/etc/ufw/user.rules', before: '', now: rules }),
    file({ path: '/etc/long', before: '', now: long }),
  ];
  const text = lines(...files);
  expect(text).not.toMatch(/AAAA|BBBB|-A ufw/);
  expect(text).toContain('-(certificate)');
  expect(text).toMatch(/-allow tcp 8883 0\.0\.0\.0\/0 any 0\.0\.0\.0\/0 in$/m);
  expect(text).toMatch(/… and \d+ more lines \(all of them: --verbose\)/);
  const kept = { paths: [], entries: [], files };
  const full = stripVTControlCharacters(
    undoLines('203.0.113.7', { id: '20261124-143005-1a2b', entries }, kept, { full: true }),
  );
  expect(full).toMatch(/AAAA/);
  expect(full).toContain('-A ufw-user-input');
  expect(full).toContain('line 39');
});

it('says why the run is not the newest one', () => {
  expect(passedOver([])).toBeUndefined();
  expect(passedOver(['20261124-143005-1a2b'])).toBe(
    'The newest run 20261124-143005-1a2b has nothing to undo any more; this is the one before it.',
  );
  expect(passedOver(['20261124-143005-1a2b', '20261123-143005-1a2b'])).toMatch(
    /^The 2 newest runs .*20261124-143005-1a2b.* have nothing to undo any more/,
  );
});

it('says of a named run that it has nothing to undo, not of the server', () => {
  expect(nothingToUndo('203.0.113.7', '20261124-143005-1a2b')).toBe(
    'Run 20261124-143005-1a2b has nothing to undo.',
  );
  expect(nothingToUndo('203.0.113.7', undefined)).toBe('There is nothing to undo on 203.0.113.7.');
});
