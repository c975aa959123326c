import { type LoginRefused, SetupError } from '../../../errors.js';
import { clean } from '../../../sanitize.js';
import { closedEarly, expired, loginRefused, notSpoken, silent, unreachable, where } from '../../failures.js';
import type { Target } from '../../host.js';
import { cutOff } from '../cut-off.js';
import type { Asked } from './answers.js';
import { errnoOf, type Told } from './debug-output.js';
import { labelOf } from './identities.js';

/** What is known of a login that failed. */
export interface Attempt {
  target: Target;
  told: Told;
  asked: Asked;
  notes: readonly string[];
  /** What a file stands for, in words. */
  labels: ReadonlyMap<string, string>;
  timeoutMs: number;
}

/** Pure. Whether ssh broke off because of a host key. */
export const isHostKeyFailure = ({ said }: Told): boolean =>
  said.some((line) =>
    /^Host key verification failed\.|^No \S+ host key is known for |^(?:Host key|Error checking host key) .* (?:revoked by|in revoked keys) file /.test(
      line,
    ),
  );

/** Pure. An ssh that was waited for too long. */
export function tooSlow({ target, told, timeoutMs }: Attempt): SetupError {
  if (told.connected || target.proxyCommand !== undefined) return silent(target, timeoutMs);
  return unreachable(target, withCode('ETIMEDOUT', 'timeout'), timeoutMs);
}

/** Pure. The same error as this program's own SSH gives, from what ssh has said. */
export function failureOf(attempt: Attempt): SetupError {
  const { target, told, asked, timeoutMs } = attempt;
  const said = told.said.join('\n');
  if (asked.expired) return expired(target);
  if (asked.asked !== undefined) return refused(attempt, []);
  const denied = /^(\S+)@(\S+): Permission denied \(([^)]*)\)/m.exec(said);
  if (denied) {
    const [, user, host, methods = ''] = denied;
    const jump = target.jumps.find((hop) => hop.user === user && hop.hostname.toLowerCase() === host);
    const isTarget = target.user === user && target.hostname.toLowerCase() === host;
    if (jump !== undefined && !isTarget) return loginRefused(jump, [], methods.split(','), []);
    return refused(attempt, []);
  }
  if (/Too many authentication failures/.test(said))
    return refused(attempt, ['The server hung up after too many tries.']);
  const unlike = /Unable to negotiate with .*: (no matching .*)/.exec(said)?.[1];
  if (unlike !== undefined) return notSpoken(target, new Error(unlike.replace(/\.$/, '')));
  if (/timed out during banner exchange/.test(said)) return silent(target, timeoutMs);
  const code = told.connected ? undefined : errnoOf(said);
  const words = said.trim().split('\n').at(-1) ?? '';
  if (code !== undefined) {
    const hop = [...target.jumps, target].find(({ hostname }) => said.includes(hostname)) ?? target;
    return unreachable(hop, withCode(code, words), timeoutMs);
  }
  if (target.proxyCommand !== undefined && told.fingerprint === undefined) {
    return new SetupError(
      `The ProxyCommand of ~/.ssh/config did not lead to ${where(target)}${words === '' ? '.' : `: ${clean(words)}`}`,
      { code: 'proxy-command', hint: `Try \`ssh ${target.name}\` by hand.`, cause: new Error(said) },
    );
  }
  const begun = told.methods.length > 0;
  return begun ? cutOff(target, told.parting, new Error(said)) : closedEarly(target, new Error(said));
}

function refused({ target, told, asked, notes, labels }: Attempt, more: string[]): LoginRefused {
  const keys = told.keys.map(
    ({ name, agent }) => labels.get(name) ?? (agent && !/[\\/]/.test(name) ? labelOf(name) : `key ${name}`),
  );
  const tried = [
    ...new Set([...keys, ...(told.methods.some((method) => method !== 'publickey') ? ['password'] : [])]),
  ];
  const question =
    asked.asked === undefined
      ? []
      : [`It asked: "${clean(asked.asked.slice(0, 100))}", which only a person can answer.`];
  return loginRefused(target, tried, told.offered, [...notes, ...asked.notes, ...more, ...question]);
}

const withCode = (code: string, message: string): Error => Object.assign(new Error(message), { code });
