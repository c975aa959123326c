import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { armScript } from '../../src/engine/guard.js';
import { DISTRIBUTION } from '../../src/server-path.js';
import { sh } from '../../src/sh.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The real script, with stand-ins for systemd and with its folder moved away from /var/lib. */
function arm(paths: string[], reload = sh`echo reload >>${join(folder, 'calls')}`) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  mkdirSync(join(folder, 'units'));
  writeFileSync(join(folder, 'units/ssh.service'), '');
  for (const name of ['systemctl', 'systemd-run', 'logger']) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>${folder}/calls\n`, { mode: 0o755 });
  }
  const script = armScript(
    { paths, reload },
    { run: 'r', mayChange: sh`:`, log: (state) => sh`echo ${`log ${state}`} >>${join(folder, 'calls')}` },
  );
  const moved = script.run
    .replaceAll('/var/lib/broker-setup/guard', join(folder, 'state'))
    .replaceAll('/etc/systemd/system', join(folder, 'units'))
    .replaceAll('/run/broker-setup', join(folder, 'run'))
    .replaceAll(`PATH=${DISTRIBUTION}`, `PATH=${bin}:${DISTRIBUTION}`);
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const { status, stderr } = spawnSync('sh', ['-c', moved], { env, encoding: 'utf8' });
  return {
    status,
    stderr,
    restore: (...args: string[]) => execFileSync('sh', [join(folder, 'state/restore'), ...args], { env }),
    calls: () => readFileSync(join(folder, 'calls'), 'utf8'),
  };
}

describe('the guard', () => {
  it('copies first, then arms a timer that is exact to the second', () => {
    const armed = arm([join(folder, 'conf')]);
    expect(armed.stderr).toBe('');
    expect(armed.status).toBe(0);
    expect(armed.calls()).toMatch(
      /systemd-run .*--on-active=90 --timer-property=AccuracySec=1s .*sh \S+\/restore/,
    );
  });

  it('brings files back, takes away what came new, and reloads', () => {
    const conf = join(folder, 'conf.d');
    mkdirSync(conf);
    writeFileSync(join(conf, "it's old"), 'old', { mode: 0o640 });
    const gone = join(folder, 'absent');
    const armed = arm([conf, gone]);
    writeFileSync(join(conf, "it's old"), 'new');
    writeFileSync(join(conf, 'added'), 'x');
    writeFileSync(gone, 'x');
    armed.restore();
    expect(readFileSync(join(conf, "it's old"), 'utf8')).toBe('old');
    expect(existsSync(join(conf, 'added'))).toBe(false);
    expect(existsSync(gone)).toBe(false);
    expect(armed.calls()).toMatch(
      /reload\n[\s\S]*log restored\nsystemctl stop --no-block broker-setup-guard.timer\n$/,
    );
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)(
    'case 304: brings back and reloads what is root’s before it turns to what others control and could hold up',
    () => {
      chmodSync(folder, 0o755);
      mkdirSync(join(folder, 'theirs'));
      const [own, other] = [join(folder, 'own'), join(folder, 'theirs/conf')];
      for (const path of [other, own]) writeFileSync(path, 'old');
      for (const path of [join(folder, 'theirs'), other]) chownSync(path, 65_534, 65_534);
      const armed = arm([other, own], sh`cat ${own} ${other} >>${join(folder, 'calls')}`);
      for (const path of [other, own]) writeFileSync(path, 'new');
      armed.restore();
      expect(armed.calls()).toContain('oldnew');
      expect([own, other].map((path) => readFileSync(path, 'utf8'))).toEqual(['old', 'old']);
    },
  );

  it('case 331: comes before the SSH server at a start of the server, which it names once', () => {
    expect(arm([join(folder, 'conf')]).stderr).toBe('');
    const unit = readFileSync(join(folder, 'units/broker-setup-guard-boot.service'), 'utf8');
    expect(unit).toMatch(/^Before=.* ssh\.socket ssh\.service$/m);
    expect(unit).not.toContain('sshd.service');
  });

  it('takes back at a start of the server as well, before anything could be reloaded, and forgets itself', () => {
    const conf = join(folder, 'conf');
    writeFileSync(conf, 'old');
    const armed = arm([conf]);
    const unit = join(folder, 'units/broker-setup-guard-boot.service');
    expect(readFileSync(unit, 'utf8')).toMatch(/Before=.*ufw\.service.*ssh\.service/);
    expect(readlinkSync(join(folder, 'units/sysinit.target.wants/broker-setup-guard-boot.service'))).toBe(
      unit,
    );
    writeFileSync(conf, 'new');
    armed.restore('boot');
    expect(readFileSync(conf, 'utf8')).toBe('old');
    expect(armed.calls()).not.toContain('reload\n');
    expect(armed.calls()).toMatch(/log armed\n[\s\S]*log restored\n/);
    expect(existsSync(unit)).toBe(false);
  });
});
