import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOSQUITTO } from '../../../src/brokers/mosquitto/facts.js';
import { LOG_UNITS, logService } from '../../../src/brokers/mosquitto/log-units.js';
import { brokerInstall } from '../../../src/steps/broker-install.js';
import { probed, withFile, withUnit } from '../../facts.js';
import { contextWith, recorded } from '../../recorded.js';
import { withLogKeptSmall } from './log-units.js';

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

/** What is found where the log is kept small, but for what `timer` and `service` change. */
function seen(timer: Record<string, string>, service: Record<string, string> = {}) {
  const output = withUnit(withLogKeptSmall(recording), LOG_UNITS.service, service);
  return brokerInstall
    .see(probed(withUnit(output, LOG_UNITS.timer, timer)), contextWith())
    .findings.filter(({ id }) => id === 'broker-install.log');
}

describe('the timer of the log', () => {
  it('that runs every five minutes is as wanted', () => {
    expect(seen({})).toEqual([]);
  });

  it.each([{ ActiveState: 'inactive' }, { UnitFileState: 'disabled' }])(
    'case 192: is started: %o',
    (state) => {
      expect(seen(state).map(({ change }) => change?.kind)).toEqual(['run']);
    },
  );

  it('case 332: that fires once a day is named with the file that says so', () => {
    const [finding] = seen({
      TimersMonotonic: '{ OnUnitActiveUSec=1d ; next_elapse=0 }',
      DropInPaths: `/etc/systemd/system/${LOG_UNITS.timer}.d/mine.conf`,
    });
    expect(finding).toMatchObject({
      level: 'warn',
      summary: `The log of Mosquitto may fill the disk: ${LOG_UNITS.timer} fires too seldom (OnUnitActiveSec=1d).`,
      hint: expect.stringContaining(`/etc/systemd/system/${LOG_UNITS.timer}.d/mine.conf differs`),
    });
  });

  it('case 332: whose service does something else, or fails, is named', () => {
    const summary = (more: Record<string, string>) => seen({}, more).map((one) => one.summary);
    const [other] = summary({ ExecStart: '{ path=/bin/true ; argv[]=/bin/true ; ignore_errors=no }' });
    expect(other).toContain(`${LOG_UNITS.service} runs “/bin/true” instead of`);
    expect(summary({ Result: 'exit-code' })).toEqual([
      `The log of Mosquitto may fill the disk: the last run of ${LOG_UNITS.service} failed (exit-code).`,
    ]);
  });
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
