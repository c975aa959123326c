import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  armScript,
  disarm,
  disarmScript,
  type Guardian,
  restoreNow,
  restoreNowScript,
  whileArmed,
} from '../../src/engine/guard.js';
import { lines, type Sh, sh } from '../../src/sh.js';
import { type Server, serverFolders } from '../run-log/server.js';

let server: Server;
let conf: string;
beforeEach(() => {
  server = serverFolders();
  conf = join(server.root, 'conf');
  writeFileSync(conf, 'old');
  // The timer’s own unit is started by hand, and waits for its script.
  server.stub('systemctl', `[ "$1" != start ] || exec sh '${server.root}/state/guard/restore'`);
  server.stub('systemd-run', ':');
});

const told = () => readFileSync(join(server.root, 'told'), 'utf8');
const log = (state: string): Sh => sh`echo ${state} >>${join(server.root, 'told')}`;
const by = (run: string, noting: Guardian['log'] = log): Guardian => ({ run, mayChange: sh`:`, log: noting });
const us = by('us');
const arm = (paths = [conf], reload = sh`:`, guardian = us) =>
  server.run(armScript({ paths, reload }, guardian)).status;
const state = () => (existsSync(join(server.root, 'state/guard')) ? 'armed' : 'over');
const units = () => readdirSync(join(server.root, 'units'), { recursive: true });
const host = { name: 'h', address: '', user: 'root', close: async () => undefined };
const ran = ({ script }: { script: Sh }) => {
  const { status, ...said } = server.run(script);
  return Promise.resolve({ code: status ?? 1, ...said });
};

describe('a guarded change', () => {
  it('is confirmed once, with nothing left that could take it back', async () => {
    arm();
    writeFileSync(conf, 'new');
    await disarm({ ...host, run: ran }, us);
    expect([state(), told(), units()]).toEqual(['over', 'armed\nconfirmed\n', ['sysinit.target.wants']]);
    await expect(disarm({ ...host, run: ran }, us)).rejects.toMatchObject({ code: 'guard-fired' });
    await restoreNow({ ...host, run: ran });
    expect(readFileSync(conf, 'utf8')).toBe('new');
  });

  it('is not confirmed any more where it was taken back', async () => {
    arm();
    writeFileSync(conf, 'new');
    await restoreNow({ ...host, run: ran });
    await expect(disarm({ ...host, run: ran }, us)).rejects.toMatchObject({ code: 'guard-fired' });
    expect([readFileSync(conf, 'utf8'), told()]).toEqual(['old', 'armed\nrestored\n']);
  });

  it('is not confirmed while it is being taken back', async () => {
    arm([conf], sh`echo reloading; sleep 1`);
    writeFileSync(conf, 'new');
    const timer = spawn('sh', [join(server.root, 'state/guard/restore')]);
    await new Promise((resolve) => timer.stdout.once('data', resolve));
    expect(server.run(disarmScript(us)).status).not.toBe(0);
    await new Promise((resolve) => timer.once('close', resolve));
    expect([state(), readFileSync(conf, 'utf8'), told()]).toEqual(['over', 'old', 'armed\nrestored\n']);
  });

  it('is confirmed though the log has no room: it stands, and is not called taken back', () => {
    arm();
    expect(server.run(disarmScript(by('us', () => sh`echo x >/dev/full`))).status).toBe(0);
    expect(state()).toBe('over');
  });

  it('waits with going back for a change under way, and lets no other begin meanwhile', async () => {
    const held = sh`mkdir -p /run/broker-setup/change; exec 9>>/run/broker-setup/change/alive; flock 9; echo held; sleep 1; echo last >>${conf}`;
    arm();
    const change = spawn('sh', ['-c', server.moved(held)]);
    await new Promise((resolve) => change.stdout.once('data', resolve));
    await restoreNow({ ...host, run: ran });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(readFileSync(conf, 'utf8')).toBe('old');
  });

  it('belongs to the run that armed it: no other confirms it, counts on it or takes it back as its own', async () => {
    const others = by('others');
    arm();
    writeFileSync(conf, 'new');
    await expect(disarm({ ...host, run: ran }, others)).rejects.toMatchObject({ code: 'guard-fired' });
    expect(server.run(whileArmed(others)).status).toBe(1);
    await restoreNow({ ...host, run: ran }, others);
    expect([state(), readFileSync(conf, 'utf8')]).toEqual(['armed', 'new']);
    const lost = { ...others, mayChange: sh`exit 1` };
    expect(arm([conf], sh`:`, lost)).toBe(1);
    await restoreNow({ ...host, run: ran });
    expect([state(), readFileSync(conf, 'utf8'), told()]).toEqual(['over', 'old', 'armed\nrestored\n']);
  });

  it('is not made without its guard', () => {
    const change = lines(whileArmed(us), sh`echo new >${conf}`);
    const { status, stderr } = server.run(change);
    expect([status, readFileSync(conf, 'utf8')]).toEqual([1, 'old']);
    expect(stderr).toMatch(
      /^broker-setup: This step took too long.*\nbroker-setup: .*Run the same command again\.\n$/,
    );
    arm();
    expect(server.run(change)).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('what comes back', () => {
  it('is a symbolic link as it was, though it leads nowhere', () => {
    const links = { relative: 'conf', 'leads nowhere': 'gone', absolute: conf };
    for (const [name, to] of Object.entries(links)) symlinkSync(to, join(server.root, name));
    const paths = Object.keys(links).map((name) => join(server.root, name));
    arm(paths);
    for (const path of paths) {
      rmSync(path);
      writeFileSync(path, 'new');
    }
    server.run(restoreNowScript(us));
    expect(paths.map((path) => readlinkSync(path))).toEqual(Object.values(links));
  });

  it.each(['a\\tb', "it's", '-n', '$(id) `id`', 'é ü'])('is the file %j', (name) => {
    const folder = join(server.root, 'etc');
    mkdirSync(folder);
    const path = join(folder, name);
    writeFileSync(path, 'old', { mode: 0o600 });
    expect(arm([path])).toBe(0);
    rmSync(folder, { recursive: true });
    server.run(restoreNowScript(us));
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a file where there is a folder now', false],
    ['a folder where there is a file now', true],
  ])('is %s', (_, wasFolder) => {
    const path = join(server.root, 'thing');
    const make = (folder: boolean) =>
      folder ? mkdirSync(join(path, 'in'), { recursive: true }) : writeFileSync(path, 'x');
    make(wasFolder);
    arm([path]);
    rmSync(path, { recursive: true });
    make(!wasFolder);
    server.run(restoreNowScript(us));
    expect(existsSync(join(path, 'in'))).toBe(wasFolder);
    expect(lstatSync(path).isDirectory()).toBe(wasFolder);
  });

  it('is kept, and that it is not back is said, where its copy cannot be unpacked', async () => {
    arm();
    writeFileSync(conf, 'new');
    writeFileSync(join(server.root, 'state/guard/copy.tar'), 'no tar at all');
    await expect(restoreNow({ ...host, run: ran })).rejects.toMatchObject({
      code: 'not-restored',
      hint: expect.stringContaining('sudo sh /var/lib/broker-setup/guard/restore'),
    });
    expect([state(), readFileSync(conf, 'utf8')]).toEqual(['armed', 'new']);
  });

  it('comes back though the services cannot be reloaded, or end the shell', () => {
    arm([conf], sh`false; exit 7`);
    writeFileSync(conf, 'new');
    expect(server.run(restoreNowScript(us)).status).toBe(0);
    expect([state(), readFileSync(conf, 'utf8')]).toEqual(['over', 'old']);
  });

  it('gives no service that is started by it what holds its locks', () => {
    arm([conf], sh`ls /proc/self/fd >${join(server.root, 'fds')}`);
    server.run(restoreNowScript(us));
    const open = readFileSync(join(server.root, 'fds'), 'utf8').split('\n');
    expect(open).toContain('1');
    expect(open).not.toContain('8');
    expect(open).not.toContain('9');
  });
});
