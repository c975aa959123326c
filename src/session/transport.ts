import { SetupError } from '../errors.js';
import type { Target } from '../host/host.js';
import { type AskedTransport, chooseTransport, sharesNothing } from '../host/ssh/transport.js';
import { hopFacts } from '../host/ssh/transport-facts.js';
import type { HostKeyPolicy } from '../host/trust/host-key.js';
import { wrap } from '../terminal/wrap.js';

/** What decides about the transport, and who hears of it. */
export interface TransportRules {
  /** From --transport; default: auto. */
  transport: AskedTransport;
  say(text: string): void;
}

/** The first login with the transport that is to carry it, and every connection after it. @param key the limited user's */
export async function withTransport(
  first: Target,
  key: string,
  known: HostKeyPolicy['known'],
  { transport: asked, say }: TransportRules,
): Promise<Target> {
  const { platform } = process;
  const facts = asked === 'auto' && platform !== 'win32' ? await hopFacts(first, [key], known) : [];
  const { transport, why } = chooseTransport(asked, platform, facts);
  if (why !== undefined) say(wrap(`Using the ssh of this computer: ${why}.`, 0));
  return { ...first, transport };
}

/**
 * Enters, and once more with the ssh of this computer where the server knows no algorithm that this program's own SSH knows,
 * such as one with post-quantum key exchange only.
 */
export async function orWithOpenssh<T>(
  first: Target,
  { transport: asked, say }: TransportRules,
  enter: (first: Target) => Promise<T>,
): Promise<T> {
  try {
    return await enter(first);
  } catch (error) {
    if (!(error instanceof SetupError) || !sharesNothing(error)) throw error;
    if (first.transport === 'openssh') throw error;
    if (process.platform === 'win32') throw error;
    if (asked === 'node')
      throw error.adding('The ssh of this computer may know newer algorithms: try --transport openssh.');
    const why = 'the server knows only newer algorithms, such as post-quantum key exchange';
    say(wrap(`Using the ssh of this computer: ${why}.`, 0));
    return enter({ ...first, transport: 'openssh' });
  }
}
