import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { answers } from '../../src/engine/answers.js';
import {
  forgetTold,
  forgetUnproved,
  type Made,
  noteUntold,
  settingUntold,
  tellUntold,
  untoldOf,
} from '../../src/run-log/undelivered-passwords.js';
import { lines, Secret, sh } from '../../src/sh.js';
import { type Server, serverFolders } from './server.js';

const made = (name: string): Made => ({
  devicePassword: new Secret(`device ${name}`),
  dashboardPassword: new Secret(`dashboard ${name}`),
});
let server: Server;
beforeEach(() => {
  server = serverFolders();
});
const told = () => answers(server.run(tellUntold).stdout);
/** Those that nobody was shown. */
const untold = (secrets: Made) =>
  new Set([...untoldOf(told(), secrets)].flatMap(([name, why]) => (why === 'untold' ? [name] : [])));
const both = ({ devicePassword, dashboardPassword }: Made) =>
  lines(noteUntold('devicePassword', devicePassword), noteUntold('dashboardPassword', dashboardPassword));

it('case 206: a password that was shown is set anew where no proof of it has held', () => {
  server.run(both(made('a')));
  server.run(forgetTold(made('a')));
  expect([...untoldOf(told(), made('b'))]).toEqual([
    ['devicePassword', 'unproved'],
    ['dashboardPassword', 'unproved'],
  ]);
  server.run(forgetUnproved(made('b'), 'devicePassword'));
  server.run(forgetUnproved(made('a'), 'dashboardPassword'));
  expect([...untoldOf(told(), made('b'))]).toEqual([['devicePassword', 'unproved']]);
});

describe('passwords that nobody was told', () => {
  it('are those of an earlier run, not one’s own', () => {
    expect(untold(made('a'))).toEqual(new Set());
    server.run(both(made('a')));
    expect(untold(made('a'))).toEqual(new Set());
    expect(untold(made('b'))).toEqual(new Set(['devicePassword', 'dashboardPassword']));
  });

  it('are one’s own once it has set them anew', () => {
    server.run(both(made('a')));
    server.run(noteUntold('devicePassword', made('b').devicePassword));
    expect(untold(made('b'))).toEqual(new Set(['dashboardPassword']));
    server.run(forgetTold(made('b')));
    expect(untold(made('c'))).toEqual(new Set(['dashboardPassword']));
    expect(server.run(forgetTold(made('a'))).status).toBe(0);
    expect(untold(made('c'))).toEqual(new Set());
  });

  it('are also those whose note a power cut has emptied', () => {
    server.run(both(made('a')));
    writeFileSync(join(server.root, 'state/untold/devicePassword'), '');
    expect(untold(made('a'))).toEqual(new Set(['devicePassword']));
  });

  it('are kept as a hash, for root alone, and shown nowhere', () => {
    const script = settingUntold('devicePassword', new Secret('open sesame'), sh`:`);
    server.run(script);
    const folder = join(server.root, 'state/untold');
    expect(readdirSync(folder)).toEqual(['devicePassword']);
    expect(readFileSync(join(folder, 'devicePassword'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(`${script.run}${script.show}`).not.toContain('sesame');
  });

  it('are noted before they are set, or not set', () => {
    writeFileSync(join(server.root, 'state'), 'no folder');
    const { status, stdout } = server.run(
      lines(sh`set -eu`, settingUntold('devicePassword', new Secret('x'), sh`echo set`)),
    );
    expect([status === 0, stdout]).toEqual([false, '']);
  });
});
