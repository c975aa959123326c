import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emqxDropIn } from '../../../src/brokers/emqx/drop-in.js';

const lines = emqxDropIn().split('\n');
/** The program and its arguments, as systemd.service(5) takes the line apart. */
const [, command = ''] = /^ExecStartPost=-\/bin\/sh -c '([^']*)'$/m.exec(emqxDropIn()) ?? [];

describe('the drop-in of emqx.service', () => {
  it('adds one command, whose failure is no failure of EMQX', () => {
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      '[Service]',
      expect.stringMatching(/^ExecStartPost=-/),
    ]);
    expect(command).not.toBe('');
  });

  it('holds nothing that systemd would put something else for', () => {
    expect(command).not.toMatch(/[%$\\]/);
  });
});

describe('its command', () => {
  let bin: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'drop-in-'));
    stub('sleep', ':');
  });
  afterEach(() => rmSync(bin, { recursive: true }));

  function stub(name: string, script: string): void {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>'${bin}/calls'\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const run = () =>
    spawnSync('/bin/sh', ['-c', command.replaceAll('/usr/bin/emqx', `${bin}/emqx`)], {
      encoding: 'utf8',
      env: { PATH: `${bin}:/usr/bin:/bin` },
    });
  const calls = () => readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n');
  const KICK = 'emqx eval [emqx_cm:kick_session(C) || {C, _} <- ets:tab2list(emqx_channel)]';

  it('waits until EMQX is started, and sends away who is connected by then', () => {
    stub(
      'emqx',
      `case $1 in
  ctl) [ "$(grep -c '^emqx ctl' '${bin}/calls')" -lt 3 ] || echo 'Node emqx@127.0.0.1 5.0.26 is started' ;;
  eval) echo '[ok]' ;;
esac`,
    );
    expect(run()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(calls()).toEqual([
      'emqx ctl status',
      'sleep 1',
      'emqx ctl status',
      'sleep 1',
      'emqx ctl status',
      KICK,
    ]);
  });

  it('does not wait for ever, and sends them away then too', () => {
    stub('emqx', '[ "$1" != ctl ] || echo "Node is not running!"');
    stub('timeout', 'echo given-up; exit 124');
    run();
    expect(calls()).toEqual([expect.stringMatching(/^timeout 60 /), KICK]);
  });
});
