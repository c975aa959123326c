import type { Settings } from '../settings/schema.js';
import type { Sh } from '../sh.js';

/** A port on which the broker listens. */
export interface Listener {
  id: 'mqtt' | 'mqtts' | 'ws' | 'wss' | 'dashboard' | 'coap' | 'coaps' | 'lwm2m' | 'lwm2ms';
  /** What people call it, e.g. "MQTT over TLS". */
  title: string;
  port: number;
  transport: 'tcp' | 'udp';
  /** Presents the certificate of the domain. */
  tls: boolean;
  /** Speaks MQTT, plainly or inside a WebSocket; other listeners are looked at only as ports. */
  mqtt: 'tcp' | 'websocket' | undefined;
  /** Path of the WebSocket. */
  path?: string;
  reach: 'world' | 'loopback';
}

/** Where the broker reads its certificate: copies, because /etc/letsencrypt is root's alone. */
export interface CertificateFiles {
  directory: string;
  fullchain: string;
  privkey: string;
  owner: string;
  group: string;
  /** The user that the broker runs as, which must get at both files. */
  reader: string;
}

/** What steps, proofs and views know of a broker; none of them knows one by name. */
export interface BrokerFacts {
  id: string;
  title: string;
  /** Said by the wizard and the report about licence and care, in one line. */
  about: string;
  /** The systemd unit. */
  unit: string;
  packages(settings: Settings): string[];
  listeners(settings: Settings): Listener[];
  /** Ports that it opens for itself only, or would open if it were left as it ships; the world must not reach them. */
  inner(settings: Settings): number[];
  certificate: CertificateFiles;
  /** Makes the running broker present the files in `certificate`; part of the renewal hook, so it uses nothing but POSIX sh. */
  takeCertificate: Sh;
  /** Exits 0 once the broker answers; may wait. */
  ready: Sh;
}
