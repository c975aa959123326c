/** How a throwaway server is booted: systemd-nspawn (Linux, root) or podman (also without root). */
export type Way = 'nspawn' | 'podman';

/** The Debian releases a rehearsal can boot. */
export type Release = 'bookworm' | 'trixie';

/** What a caller may choose; everything has a default. */
export interface RehearsalOptions {
  release?: Release;
  way?: Way | 'auto';
  /** Name to find it by later; `bsr-` and five random characters by default. */
  name?: string;
  /** Domain the private DNS answers for; `mqtt.rehearsal.test` by default. */
  domain?: string;
  /** Whether missing Debian packages may be installed with apt-get. */
  install?: boolean;
  /** nspawn: folder with the disk of a powered-off server to begin with. It is read, never written, and must outlive the rehearsal. */
  base?: string;
  /** Called with one line for each thing that takes a while. */
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/** What the private DNS answers for the domain. */
export interface Records {
  a: string[];
  aaaa: string[];
}

/** What a script inside the server printed, and how it ended. */
export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/** A throwaway server that is up, with its private CA and DNS. */
export interface Rehearsal {
  name: string;
  way: Way;
  release: Release;
  domain: string;
  /** How the laptop reaches the server's sshd and its ports. */
  address: string;
  sshPort: number;
  /** Port on `address` for each published port of the server; empty where they are the same (nspawn). */
  ports: Record<number, number>;
  rootPassword: string;
  acme: {
    /** ACME directory URL as seen from the server. */
    directory: string;
    /** PEM bundle on this machine: the CA of the ACME server's own listener and the root of what it issues. */
    caBundle: string;
  };
  /** `ip` or `ip:port` of a DNS server, reachable from this machine, that answers for the domain as the CA sees it. */
  resolver: string;
  /** The server's own addresses, as DNS first answers them. */
  records: Records;
  /** Runs a script as root inside, without ssh. */
  exec(script: string): Promise<Output>;
  /** Makes DNS answer something else for the domain, from now on. */
  setDns(records: Records): Promise<void>;
  /** Pulls the plug and powers on again; resolves when sshd answers. Also powers on a server that is off. */
  reboot(): Promise<void>;
  /** Removes the server, its CA, its DNS and its network. */
  down(): Promise<void>;
}
