import type { LineState, Report } from '../../doctor/report.js';

/** A port of the report. */
export type PortEntry = Report['ports'][number];

/** Whether a port is as it is wanted, and what is not. */
export interface PortVerdict {
  state: LineState;
  text: string;
}

/** HTTP-01 of the certificate authority (RFC 8555, 8.3): certbot listens there for the seconds of a renewal only. */
const RENEWALS = 80;

/**
 * Puts inside and outside together, for one port. A judgement of the map alone: what it means for the server, the findings say.
 * @param stock whether the server told what listens there; without it, no program means nothing
 */
export function portVerdict(port: PortEntry, stock: boolean): PortVerdict {
  return port.wanted ? wantedPort(port, stock) : unwantedPort(port);
}

function wantedPort({ port, program, local, firewall, outside }: PortEntry, stock: boolean): PortVerdict {
  const resting = port === RENEWALS && program === undefined;
  const looks = outside.filter(({ seen }) => seen !== 'unreachable');
  const shut = looks.filter(({ seen }) => seen !== 'open' && !(resting && seen === 'refused'));
  if (firewall === 'closed') return { state: 'problem', text: 'wanted, but the firewall closes it' };
  if (local) return { state: 'problem', text: 'wanted, but only the server itself gets there' };
  if (stock && program === undefined && !resting)
    return { state: 'problem', text: 'wanted, but nothing listens' };
  if (looks.length === 0) return { state: 'unknown', text: 'wanted, not seen from outside' };
  if (shut.length === 0) return { state: 'ok', text: `${resting ? 'free for renewals' : 'open'}, as wanted` };
  const where = shut.length < looks.length ? ` at ${shut.map(({ address }) => address).join(', ')}` : '';
  return { state: 'problem', text: `wanted, but not open${where}` };
}

function unwantedPort({ local, firewall, outside }: PortEntry): PortVerdict {
  const looks = outside.filter(({ seen }) => seen !== 'unreachable');
  if (looks.some(({ seen }) => seen === 'open' || seen === 'wrong'))
    return {
      state: 'problem',
      text:
        firewall === 'closed' || firewall === 'bypassed'
          ? 'open past the firewall, not wanted'
          : 'open, not wanted',
    };
  if (local) return { state: 'ok', text: 'for the server itself, as wanted' };
  if (firewall === 'open' || firewall === 'bypassed')
    return { state: 'warning', text: 'the server lets it through, not wanted' };
  if (looks.length === 0 && firewall === undefined)
    return { state: 'unknown', text: 'not seen from outside' };
  return { state: 'ok', text: 'closed, as wanted' };
}
