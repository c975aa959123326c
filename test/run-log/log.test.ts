import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  append,
  appendChanged,
  appendTo,
  listRuns,
  nextStamp,
  onNewLine,
  parseLog,
} from '../../src/run-log/log.js';
import { lines, sh, verbatim } from '../../src/sh.js';
import { type Server, serverFolders } from './server.js';

const ID = '20261124-143005-1a2b';
let server: Server;
beforeEach(() => {
  server = serverFolders();
  mkdirSync(join(server.root, 'log'));
});
const log = () => readFileSync(join(server.root, 'log', `${ID}.jsonl`), 'utf8');

describe('a line of the log', () => {
  it('comes back as it was written, whatever is in it', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 200 });
    const special = fc.constantFrom(
      "it's",
      '%s %d \\n',
      '$(reboot)`id`',
      '\u001b[2J',
      '"type":"end"',
      'a\nb',
    );
    fc.assert(
      fc.property(fc.oneof(hostile, special), (message) => {
        writeFileSync(join(server.root, 'log', `${ID}.jsonl`), '');
        expect(server.run(append(ID, { type: 'end', outcome: 'failed', message })).stderr).toBe('');
        expect(log().trimEnd().split('\n')).toHaveLength(1);
        expect(parseLog(log())).toMatchObject([{ type: 'end', outcome: 'failed', message }]);
      }),
      { numRuns: 60 },
    );
  });

  it('has the time of the server, and what the server adds', () => {
    server.stub('date', 'echo 2026-11-24T14:30:05Z');
    server.run(lines(append(ID, { type: 'told' }), sh`code=3`, appendChanged(ID, 7)));
    server.run(
      appendTo(sh`${join(server.root, 'log', `${ID}.jsonl`)}`, { type: 'told' }, verbatim(`'"from":"::1",'`)),
    );
    expect(log()).toBe(
      [
        '{"at":"2026-11-24T14:30:05Z","type":"told"}',
        '{"at":"2026-11-24T14:30:05Z","type":"changed","n":7,"code":3}',
        '{"at":"2026-11-24T14:30:05Z","from":"::1","type":"told"}\n',
      ].join('\n'),
    );
  });

  it('is told to have failed where there is no room for it', () => {
    symlinkSync('/dev/full', join(server.root, 'log', `${ID}.jsonl`));
    expect(server.run(append(ID, { type: 'told' })).status).not.toBe(0);
  });

  it('can be read though the one before was cut by a power cut', () => {
    writeFileSync(join(server.root, 'log', `${ID}.jsonl`), '{"at":"2026-11-24T14:30:05Z","type":"chan\0\0');
    server.run(lines(onNewLine(ID), append(ID, { type: 'told' })));
    expect(parseLog(log())).toMatchObject([{ type: 'told' }]);
  });
});

describe('reading a log', () => {
  it('passes over what is no entry', () => {
    const text = [
      'no JSON',
      'null',
      '[]',
      '"told"',
      '{"type":"told"}',
      '{"at":1,"type":"told"}',
      '{"at":"x","type":"change","n":1}',
      '{"at":"x","type":"changed","n":"1","code":0}',
      '{"at":"x","type":"detail","n":1,"files":[{"path":1}]}',
      '{"at":"x","type":"end","outcome":"great"}',
      '{"at":"x","type":"something new"}',
      '',
    ].join('\n');
    expect(parseLog(text)).toEqual([]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(Array.isArray(parseLog(text))).toBe(true);
      }),
    );
  });
});

describe('the ids of runs', () => {
  it('are listed the newest last, and nothing else in the folder is', () => {
    for (const name of [
      `${ID}.jsonl`,
      '20251231-235959-ffff.jsonl',
      'apt.log',
      'renewal.log',
      '$(id).jsonl',
      `${ID}.jsonl.1`,
    ])
      writeFileSync(join(server.root, 'log', name), '');
    expect(readdirSync(join(server.root, 'log'))).toHaveLength(6);
    expect(server.run(listRuns).stdout).toBe(`20251231-235959-ffff\n${ID}\n`);
  });

  it.each([
    ['there is none yet', '', '20261124-143005'],
    ['the last is older', '20261124-143004-ffff', '20261124-143005'],
    ['the last began in this second', '20261124-143005-0000', '20261124-143006'],
    ['the clock was put back', '20271231-235959-0000', '20280101-000000'],
    ['the last has no time at all', '99999999-999999-0000', '20261124-143005'],
  ])('sort behind the last where %s', (_, newest, expected) => {
    // Only the clock stands still; what it is turned into is the work of the real one.
    server.stub('date', `[ "$*" = '-u +%s' ] && echo 1795530605 || exec /bin/date "$@"`);
    expect(server.run(sh`newest=${newest}; ${nextStamp}`).stdout).toBe(`${expected}\n`);
  });
});
