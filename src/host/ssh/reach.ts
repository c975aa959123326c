import type { Secret } from '../../sh.js';
import type { HostKeyPolicy } from '../trust/host-key.js';
import type { Connection } from './connection.js';
import type { AskPassphrase } from './offers.js';
import type { Pace } from './pace.js';
import type { Patience } from './patience.js';

/** What a transport is told. */
export interface ConnectOptions {
  hostKey: HostKeyPolicy;
  signal?: AbortSignal;
  /** For sudo, where the login is not root: known already, or asked for only once sudo wants it. */
  sudoPassword?: Secret | (() => Promise<Secret | undefined>);
  /** Of an encrypted key, asked for only when its turn comes. */
  passphrase?: AskPassphrase;
  /** Of a security key, where it wants one; the question as ssh words it. */
  pin?: (question: string) => Promise<Secret | undefined>;
  /** For each stage: TCP, then key exchange and login. Default 20 s. */
  timeoutMs?: number;
  /** Whether what may pass by itself is tried again, and for how long; default: not at all. */
  patience?: Patience;
  /** Our connections to this server so far; a server that counts them is not asked for too many. */
  pace?: Pace;
  /** Called when the first packet has been sent: a chance to do something that takes this computer's time. */
  dialling?: () => void;
  /** Asks first what the server would accept, one round trip, and offers nothing that it would not. */
  askFirst?: boolean;
}

/** A server that was reached, whatever carries the connection. */
export interface Reached {
  /** As Host.address. */
  address: string;
  connection: Connection;
  /** Closes it, and all that it leads through. */
  leave(): Promise<void>;
}
