import { describe, expect, it } from 'vitest';
import { type Waiver, withWaivers } from '../../src/doctor/waivers.js';
import { lineOf } from './parts.js';

const TODAY = '2026-11-23';
const docker = lineOf({ id: 'ufw.docker', state: 'warning' });
const reason = 'on purpose';
const marked = (lines: Parameters<typeof withWaivers>[0], ...waivers: Waiver[]) =>
  withWaivers(lines, waivers, TODAY).map(({ id, accepted, summary }) => ({ id, accepted, summary }));
const complaints = (lines: Parameters<typeof withWaivers>[0], ...waivers: Waiver[]) =>
  withWaivers(lines, waivers, TODAY).filter(({ id }) => id === 'doctor.waiver');

describe('a waiver', () => {
  it('marks what it names, and nothing else', () => {
    const other = lineOf({ id: 'ufw.own-rules' });
    expect(withWaivers([docker, other], [{ id: 'ufw.docker', reason }], TODAY)).toEqual([
      { ...docker, accepted: { reason } },
      other,
    ]);
  });

  it('marks every finding of that name', () => {
    const [one, two] = marked([docker, docker], { id: 'ufw.docker', reason });
    expect([one?.accepted, two?.accepted]).toEqual([{ reason }, { reason }]);
  });

  it.each([
    ['2026-11-22', false],
    ['2026-11-23', true],
    ['2026-11-24', true],
  ])('until %s holds on 2026-11-23: %s', (until, holds) => {
    const [line] = marked([docker], { id: 'ufw.docker', reason, until });
    expect(line?.accepted).toEqual(holds ? { reason, until } : undefined);
  });

  it('that is over is reported, with its day', () => {
    expect(complaints([docker], { id: 'ufw.docker', reason, until: '2026-11-22' })).toEqual([
      expect.objectContaining({
        group: 'doctor',
        state: 'warning',
        summary: 'broker.yaml accepts ufw.docker only until 2026-11-22, which is over.',
        mend: expect.stringContaining('new date'),
      }),
    ]);
  });

  it.each([
    ['was not found', [lineOf({ id: 'ufw', state: 'ok' })]],
    ['is in order', [lineOf({ id: 'ufw.docker', state: 'ok' })]],
  ])('for something that %s is reported as needless', (_, lines) => {
    expect(complaints(lines, { id: 'ufw.docker', reason })).toEqual([
      expect.objectContaining({
        summary: 'broker.yaml accepts ufw.docker, but nothing of that name was found.',
        mend: 'Delete it under accept: in broker.yaml.',
      }),
    ]);
  });

  it('does not mark a line that is in order', () => {
    const [line] = marked([lineOf({ id: 'ufw.docker', state: 'ok' })], { id: 'ufw.docker', reason });
    expect(line?.accepted).toBeUndefined();
  });

  it('accepts what could not be checked as well', () => {
    const [line] = marked([lineOf({ id: 'ports.ipv6', state: 'unknown' })], { id: 'ports.ipv6', reason });
    expect(line?.accepted).toEqual({ reason });
  });
});

it('each of several waivers is judged for itself', () => {
  const lines = [
    docker,
    lineOf({ id: 'system.disk' }),
    lineOf({ id: 'tls.8084', state: 'ok', seen: 'outside' }),
  ];
  expect(
    complaints(
      lines,
      { id: 'ufw.docker', reason },
      { id: 'system.disk', reason, until: '2026-01-01' },
      { id: 'tls.8883', reason },
    ).map(({ summary }) => summary),
  ).toEqual([
    'broker.yaml accepts system.disk only until 2026-01-01, which is over.',
    'broker.yaml accepts tls.8883, but nothing of that name was found.',
  ]);
});
