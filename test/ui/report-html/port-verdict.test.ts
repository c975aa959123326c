import { describe, expect, it } from 'vitest';
import { type PortEntry, portVerdict } from '../../../src/ui/report-html/port-verdict.js';

type Seen = PortEntry['outside'][number]['seen'];
type Rest = Partial<PortEntry> & { seen?: readonly Seen[] };

const verdict = (wanted: boolean, { seen = [], ...rest }: Rest, stock = true) => {
  const outside = seen.map((what, index) => ({ address: `203.0.113.${index}`, seen: what }));
  const { state, text } = portVerdict({ port: 8883, transport: 'tcp', wanted, outside, ...rest }, stock);
  return `${state}: ${text}`;
};
const runs = { program: 'mosquitto', firewall: 'open' } as const;

describe('a port that is wanted', () => {
  it.each<[Rest, string]>([
    [{ ...runs, seen: ['open'] }, 'ok: open, as wanted'],
    [{ ...runs, seen: ['open', 'unreachable'] }, 'ok: open, as wanted'],
    [{ ...runs, seen: ['open', 'rejected'] }, 'problem: wanted, but not open at 203.0.113.1'],
    [{ ...runs, seen: ['filtered', 'filtered'] }, 'problem: wanted, but not open'],
    [{ ...runs, seen: ['wrong'] }, 'problem: wanted, but not open'],
    [{ ...runs, seen: ['unreachable'] }, 'unknown: wanted, not seen from outside'],
    [{ ...runs, seen: [] }, 'unknown: wanted, not seen from outside'],
    [{ ...runs, firewall: 'closed', seen: ['filtered'] }, 'problem: wanted, but the firewall closes it'],
    [{ ...runs, local: true, seen: ['refused'] }, 'problem: wanted, but only the server itself gets there'],
    [{ firewall: 'open', seen: ['refused'] }, 'problem: wanted, but nothing listens'],
    [{ port: 80, firewall: 'open', seen: ['refused'] }, 'ok: free for renewals, as wanted'],
    [{ port: 80, firewall: 'open', seen: ['filtered'] }, 'problem: wanted, but not open'],
    [{ port: 80, firewall: 'open', seen: [] }, 'unknown: wanted, not seen from outside'],
    [{ port: 80, ...runs, seen: ['filtered'] }, 'problem: wanted, but not open'],
  ])('%j', (port, expected) => {
    expect(verdict(true, port)).toBe(expected);
  });

  it('is judged by what is seen from outside where the server told nothing', () => {
    expect(verdict(true, { seen: ['open'] }, false)).toBe('ok: open, as wanted');
    expect(verdict(true, { seen: ['refused'] }, false)).toBe('problem: wanted, but not open');
    expect(verdict(true, { port: 80, seen: ['refused'] }, false)).toBe('ok: free for renewals, as wanted');
  });
});

describe('a port that is not wanted', () => {
  it.each<[Rest, string]>([
    [{ seen: ['filtered'] }, 'ok: closed, as wanted'],
    [{ ...runs, firewall: 'closed', seen: [] }, 'ok: closed, as wanted'],
    [{ ...runs, local: true, seen: [] }, 'ok: for the server itself, as wanted'],
    [{ ...runs, seen: ['open'] }, 'problem: open, not wanted'],
    [{ ...runs, seen: ['wrong'] }, 'problem: open, not wanted'],
    [{ ...runs, firewall: 'closed', seen: ['open'] }, 'problem: open past the firewall, not wanted'],
    [{ ...runs, firewall: 'bypassed', seen: ['open'] }, 'problem: open past the firewall, not wanted'],
    [{ ...runs, local: true, seen: ['open'] }, 'problem: open, not wanted'],
    [{ ...runs, seen: ['filtered'] }, 'warning: the server lets it through, not wanted'],
    [{ program: 'x', seen: ['unreachable'] }, 'unknown: not seen from outside'],
  ])('%j', (port, expected) => {
    expect(verdict(false, port)).toBe(expected);
  });
});
