import { describe, expect, it } from 'vitest';
import { RESTARTS_FILE } from '../../../src/brokers/emqx/restarts.js';
import { complete, contextFor, findings, ids, installed, written } from './node.js';
import { shipped } from './shipped.js';

const VERSION = '5.8.9';
const context = contextFor(VERSION);
const fresh = installed(shipped(VERSION));
const slow = { Restart: 'on-failure', RestartUSec: '2min' };
const soon = { Restart: 'on-failure', RestartUSec: '3s' };
const done = complete(fresh, context);

describe('case 276: after a crash', () => {
  it.each([
    [slow, true],
    [{ Restart: 'on-failure', RestartUSec: '1min 40s' }, true],
    [{ Restart: 'no', RestartUSec: '100ms' }, true],
    [{ Restart: 'always', RestartUSec: '5s' }, false],
    [soon, false],
  ])('%j: a drop-in is written: %s', (unit, expected) => {
    expect(ids({ ...fresh, unit }, context).includes('restarts')).toBe(expected);
    const files = written({ ...fresh, unit }, context).map(({ path }) => path);
    expect(files.includes(RESTARTS_FILE)).toBe(expected);
  });

  it('it says seconds, belongs to root, and stays', () => {
    expect(done.files.get(RESTARTS_FILE)).toMatchObject({ owner: 'root:root', mode: '0644' });
    expect(done.files.get(RESTARTS_FILE)?.content).toMatch(
      /^\[Service\]\nRestart=on-failure\nRestartSec=3s$/m,
    );
    expect(ids({ ...done, unit: soon }, context)).toEqual([]);
  });

  it('a file of the owner’s that has the last word is named, and left alone', () => {
    const [finding, ...more] = findings({ ...done, unit: slow }, context);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'conf-edits.restarts', level: 'warn' });
    expect(finding?.summary).toContain('after 120 s');
  });

  it('not with the init script of 4.3.5, of which systemd notices no crash', () => {
    const old = contextFor('4.3.5');
    expect(ids(installed(shipped('4.3.5')), old)).not.toContain('restarts');
    expect(ids(installed(shipped('4.4.19')), contextFor('4.4.19'))).toContain('restarts');
  });
});
