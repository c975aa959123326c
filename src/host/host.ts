import type { Secret, Sh } from '../sh.js';

/** What a script left behind. A non-zero code is a result, not an exception. */
export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Job {
  /** POSIX shell, run as root (through sudo where the login is not root), with no stdin, LC_ALL=C, SSH_CONNECTION, and a PATH of the distribution's folders. */
  script: Sh;
  /** Called with each complete line as it arrives, stdout and stderr alike: for the live line under a step. */
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

/** A server that runs scripts as root. The only thing steps and engine know of SSH. */
export interface Host {
  /** How people call it: the alias or address that was typed. */
  readonly name: string;
  /** The address that this computer reached. */
  readonly address: string;
  /** Who is logged in. */
  readonly user: string;
  /** @throws ConnectionLost when the link breaks before the script's exit code arrived */
  run(job: Job): Promise<Result>;
  close(): Promise<void>;
}

/** What carries a connection: this program's own SSH, or the ssh(1) of this computer. */
export type Transport = 'node' | 'openssh';

/** A server as ssh(1) would reach it: the outcome of `ssh -G`. */
export interface Target {
  name: string;
  hostname: string;
  port: number;
  user: string;
  identityFiles: string[];
  identityAgent: string | undefined;
  identitiesOnly: boolean;
  knownHostsFiles: string[];
  /** The name under which known_hosts holds the key, where it is not the hostname. */
  hostKeyAlias: string | undefined;
  /** Outermost first. */
  jumps: Target[];
  /** The program that reaches it instead of a TCP connection; only ssh(1) can follow it. */
  proxyCommand: string | undefined;
  /** Certificates of the user that are named (CertificateFile); only ssh(1) can show one. */
  certificateFiles: string[];
  /** What else `ssh -G` says that ssh(1) has to know when it connects: keyword and value. */
  sshOptions: (readonly [keyword: string, value: string])[];
  transport: Transport;
}

/** What may open the door, in the order in which it is offered. */
export interface Credentials {
  /** Private keys on this computer. */
  keys: { file: string; passphrase?: Secret }[];
  agent: boolean;
  /** Of the agent only these keys, whatever ssh_config says: the login is to show that they open the door. */
  onlyKeys?: boolean;
  /** Certificates for the keys, beside those that lie next to them. */
  certificates?: string[];
  password?: Secret;
}

/** What ssh(1) would use by itself to open this door. */
export function ownCredentials({ identityFiles, certificateFiles }: Target): Credentials {
  return { keys: identityFiles.map((file) => ({ file })), certificates: certificateFiles, agent: true };
}
