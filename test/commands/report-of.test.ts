import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { mendingOf, partsOf } from '../../src/commands/report-of.js';
import { program } from '../../src/ui/program.js';
import { settings } from '../recorded.js';

describe('what mends', () => {
  it('is this program, where it was said what the server is to be', () => {
    expect(mendingOf({ settings, known: true })).toEqual({ command: `${program} doctor --fix`, fix: true });
  });

  it('is a set-up where nobody has said it', () => {
    expect(mendingOf({ settings, known: false })).toEqual({
      command: `${program} init 203.0.113.7`,
      fix: false,
    });
  });

  it.each(['mine.yaml', "Ada's broker/my broker.yaml"])('can be pasted into a shell with %s', (config) => {
    const { command } = mendingOf({ settings, known: true, config });
    const words = execFileSync('sh', ['-c', `set -- ${command}; printf '%s\\n' "$@"`], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(words.trim().split('\n')).toEqual([...program.split(' '), 'doctor', '--fix', '--config', config]);
  });
});

describe('what is looked at', () => {
  const ids = (known: boolean) => partsOf({ settings, known }).map(({ id }) => id);

  it('has no name twice, as the report goes by them', () => {
    expect(new Set(ids(true)).size).toBe(ids(true).length);
  });

  it('includes the daily watch of servers of ours only', () => {
    expect(ids(true)).toContain('watch');
    expect(ids(false)).toEqual(ids(true).filter((id) => id !== 'watch'));
  });
});
