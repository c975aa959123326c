import type { Format } from '../fingerprint.js';
import type { AskedTransport } from '../host/ssh/transport.js';

/** Flags that several commands share, as commander hands them over. */
export interface CommonFlags {
  config?: string;
  /** Used instead of the user's own known_hosts. */
  knownHosts?: string;
  set?: string[];
  hostKey?: string;
  /** What carries connections to the server; default: auto. */
  transport?: AskedTransport;
  json?: boolean;
  verbose?: boolean;
}

export interface InitFlags extends CommonFlags {
  domain?: string;
  email?: string;
  agreeTerms?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  /** Set by rehearse: nobody goes on with this server afterwards. */
  throwaway?: boolean;
  /** Nothing is summed up at the end but passwords that were made: a look at the whole follows. */
  brief?: boolean;
  /** What is to be typed to go on after an interruption; default: init. */
  command?: string;
}

export interface DoctorFlags extends CommonFlags {
  fix?: boolean;
  yes?: boolean;
  changed?: boolean;
  /** Where the HTML page goes. */
  report?: string;
  outsideOnly?: boolean;
  renewal?: boolean;
  installWatch?: boolean;
  removeWatch?: boolean;
}

export interface FingerprintFlags extends CommonFlags {
  sha1?: boolean;
  sha256?: boolean;
  spki?: boolean;
  all?: boolean;
  format?: Format | 'json';
  from?: 'served' | 'disk' | 'both';
}

export interface RehearseFlags {
  keep?: boolean;
  install?: boolean;
  way: 'auto' | 'nspawn' | 'podman';
  release: 'bookworm' | 'trixie';
  hardening: 'standard' | 'strict';
  broker: 'emqx' | 'mosquitto';
  brokerVersion?: string;
  emqxPackage?: string;
  agreeLicence?: boolean;
  transport?: AskedTransport;
  verbose?: boolean;
}
