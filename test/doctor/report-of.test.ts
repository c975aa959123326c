import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/doctor/report.js';
import { mendingOf, partsOf, spoken } from '../../src/doctor/report-of.js';
import { program } from '../../src/terminal/program.js';
import { settings } from '../recorded.js';
import { lineOf } from './parts.js';

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

describe('case 223: advice', () => {
  const said = (mend: string, known = true, renewal = false) => {
    const report = { findings: [lineOf({ id: 'ports.open', state: 'problem', mend })] } as unknown as Report;
    return spoken(report, { settings, known }, renewal).findings[0]?.mend;
  };

  it('names this program as it was started', () => {
    expect(said('Open it: broker-setup doctor --fix')).toBe(`Open it: ${program} doctor --fix`);
  });

  it('is never the command that is running', () => {
    expect(said('Look there. Or look with: broker-setup doctor.')).toBe('Look there.');
    expect(said('Look with “broker-setup doctor”')).toBeUndefined();
    expect(said('Look there. Try: broker-setup doctor --renewal')).toContain('--renewal');
    expect(said('Look there. Try: broker-setup doctor --renewal', true, true)).toBe('Look there.');
  });

  it('is a set-up where nobody has said what the server is to be', () => {
    expect(said('Open it: broker-setup doctor --fix', false)).toBe(`Open it: ${program} init 203.0.113.7`);
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
