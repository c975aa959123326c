/** What one look at the server told: read with the first batch of probes. */
export interface ServerFacts {
  /** ID of os-release(5): debian, ubuntu. */
  id: string;
  /** VERSION_ID of os-release(5): 12, 24.04. */
  version: string;
  codename: string;
  /** PRETTY_NAME of os-release(5). */
  pretty: string;
  /** dpkg's name of the architecture: amd64, arm64. */
  arch: string;
  /** Who logged in over SSH, before sudo. */
  login: string;
  /** All global addresses of the server's interfaces. */
  addresses: string[];
  /** The address by which this computer reached the server, as the server sees it, then as the computer sees it. */
  reached: string[];
}

/** Releases that this program knows, by ID and VERSION_ID of os-release(5). */
export const SUPPORTED: Readonly<Record<string, readonly string[]>> = {
  debian: ['12', '13'],
  ubuntu: ['20.04', '22.04', '24.04', '26.04'],
};
