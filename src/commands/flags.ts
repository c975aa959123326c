/** Flags that several commands share, as commander hands them over. */
export interface CommonFlags {
  config?: string;
  /** Used instead of the user's own known_hosts. */
  knownHosts?: string;
  set?: string[];
  hostKey?: string;
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
}

export interface RehearseFlags {
  keep?: boolean;
  install?: boolean;
  way: 'auto' | 'nspawn' | 'podman';
  release: 'bookworm' | 'trixie';
  broker: 'emqx' | 'mosquitto';
  brokerVersion?: string;
  emqxPackage?: string;
  agreeLicence?: boolean;
  verbose?: boolean;
}
