import { brokerFor } from '../brokers/index.js';
import { answers, tellFile, toldFile } from '../engine/answers.js';
import { SetupError, UsageError } from '../errors.js';
import { type Fingerprint, fingerprintOf, firstCertificate } from '../fingerprint.js';
import type { SshHost } from '../host/ssh/ssh.js';
import type { TlsDoor } from '../proofs/handshake.js';
import { firstTarget } from '../session/enter.js';
import type { CommonFlags } from '../session/flags.js';
import { visit } from '../session/one-off-session.js';
import { sessionFlags } from '../session/session.js';
import { knownSettings } from '../session/settings.js';
import type { Settings } from '../settings/schema.js';
import { lineage } from '../templates/certificate-copy.js';
import { MQTTS, parseDoor } from './host-port.js';

/** The server that the settings describe, as far as its certificate matters. */
export interface OwnServer {
  door: TlsDoor;
  /**
   * The certificate that certbot keeps on the server's disk, over SSH.
   * @throws SetupError of every way in which a server can be out of reach or refuse the login; `no-certificate`
   */
  onDisk(): Promise<Fingerprint>;
}

/**
 * Finds the server of the settings, without a connection to it.
 * @param host as it was typed, where it was: the server's domain or address, perhaps with another port of the broker
 * @throws UsageError for settings that are missing, a HOST that they do not describe, a --host-key that is none
 */
export async function ownServer(host: string | undefined, flags: CommonFlags): Promise<OwnServer> {
  const rules = sessionFlags(flags);
  const settings = await knownSettings(undefined, flags);
  const typed = host === undefined ? undefined : parseDoor(host);
  if (typed && ![settings.domain, settings.server].includes(typed.address)) throw unknown(typed, settings);
  const first = await firstTarget(settings, rules.knownHosts);
  const listener = brokerFor(settings)
    .listeners(settings)
    .find((one) => one.tls && one.transport === 'tcp');
  return {
    door: {
      address: first.jumps.length > 0 ? settings.domain : first.hostname,
      port: typed?.port ?? listener?.port ?? MQTTS,
      servername: settings.domain,
    },
    onDisk: () => visit(settings, rules, ({ host }) => readNewest(host, settings.domain)),
  };
}

function unknown({ address }: TlsDoor, { domain, server }: Settings): UsageError {
  return new UsageError(
    `Of ${address} only what it presents can be seen: the settings describe ${domain} (${server}), and nothing else says how to log in.`,
    [],
    {
      hint: `For ${domain} leave HOST out. For ${address} leave --from out, or name the settings file of that server with --config.`,
    },
  );
}

/** The certificate that certbot has made last. @throws SetupError `no-certificate` */
export async function readNewest(host: Pick<SshHost, 'run'>, domain: string): Promise<Fingerprint> {
  const { fullchain } = lineage(domain);
  const { stdout } = await host.run({ script: tellFile('newest', fullchain) });
  const newest = firstCertificate(toldFile(answers(stdout), 'newest') ?? '');
  if (newest) return fingerprintOf(newest);
  throw new SetupError(`There is no certificate of ${domain} on the server's disk (${fullchain}).`, {
    code: 'no-certificate',
    hint: 'Run init, which gets one.',
  });
}
