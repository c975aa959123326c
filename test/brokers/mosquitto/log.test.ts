import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MOSQUITTO } from '../../../src/brokers/mosquitto/facts.js';
import { brokerInstall } from '../../../src/steps/broker-install.js';
import { LOG_FILES, LOG_UNITS, logService } from '../../../src/templates/mosquitto-log.js';
import { probed, withFile, withUnit } from '../../facts.js';
import { contextWith, recorded } from '../../recorded.js';

const { recording } = recorded('broker-install', 'bookworm-package');

/** What the plan writes for a main file like this one. */
function service(conf: string): string | undefined {
  const output = withFile(recording, MOSQUITTO.conf, { content: conf });
  const { findings } = brokerInstall.see(probed(output), contextWith());
  const change = findings.find(({ id }) => id === 'broker-install.log')?.change;
  const content = change?.kind === 'write' ? change.files[0]?.content : undefined;
  return typeof content === 'string' ? content : undefined;
}

it('case 192: the log that the configuration names is kept small', () => {
  expect(service('log_dest file /var/log/mosquitto/mosquitto.log\n')).toContain(
    '"/var/log/mosquitto/mosquitto.log"',
  );
  expect(service('log_dest syslog\nlog_dest file /srv/mqtt.log\n')).toContain('ReadWritePaths=-/srv\n');
});

it('case 192: a log that does not go to a file is left to the journal', () => {
  expect(service('log_dest syslog\n')).toBeUndefined();
});

it('case 192: a timer that does not run is started', () => {
  const path = '/var/log/mosquitto/mosquitto.log';
  let output = withFile(recording, LOG_FILES.service, { content: logService(path, 'mosquitto') });
  output = withFile(output, LOG_FILES.timer, {
    content: String(
      brokerInstall
        .see(probed(recording), contextWith())
        .findings.flatMap(({ change }) => (change?.kind === 'write' ? change.files : []))
        .find((one) => one.path === LOG_FILES.timer)?.content,
    ),
  });
  const ids = (state: Record<string, string>) =>
    brokerInstall
      .see(probed(withUnit(output, LOG_UNITS.timer, state)), contextWith())
      .findings.filter(({ id }) => id === 'broker-install.log')
      .map(({ change }) => change?.kind);
  expect(ids({ ActiveState: 'inactive', UnitFileState: 'enabled' })).toEqual(['run']);
  expect(ids({ ActiveState: 'active', UnitFileState: 'disabled' })).toEqual(['run']);
  expect(ids({ ActiveState: 'active', UnitFileState: 'enabled' })).toEqual([]);
});

/** Runs the command of the service on a log, in a real shell. */
function run(size: number): { log: number; large: string | undefined } {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  try {
    const log = join(folder, "it's 100% $HOME.log");
    writeFileSync(log, 'the first line\n');
    truncateSync(log, size);
    const [, script = '', path = ''] =
      /^ExecStart=\/bin\/sh -c '(.*)' sh "(.*)"$/m.exec(logService(log, 'mosquitto')) ?? [];
    const plain = (text: string) => text.replaceAll('%%', '%').replaceAll('$$', '$');
    execFileSync('/bin/sh', ['-c', plain(script), 'sh', plain(path)]);
    const large = readdirSync(folder).find((name) => name.endsWith('.large'));
    return {
      log: readFileSync(log).length,
      large: large && readFileSync(join(folder, large), 'utf8').slice(0, 14),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('case 192: a log above 50 MB is emptied, and its beginning and end are kept; a smaller one stays', () => {
  expect(run(52_428_801)).toEqual({ log: 0, large: 'the first line' });
  expect(run(52_428_800)).toEqual({ log: 52_428_800, large: undefined });
});
