import { isIP } from 'node:net';
import { SetupError } from '../errors.js';
import { clean } from '../sanitize.js';
import { sh } from '../sh.js';
import type { Frame } from './probe.js';

/** What one look at the server told; read with the first batch of probes. */
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
  /** Version of OpenSSH, major times 100 plus minor: 902 for 9.2; 0 where it could not be told. */
  openssh: number;
  /** What its clock says, in seconds since 1970; NaN where it did not tell. */
  clock: number;
  /** Who logged in over SSH, before sudo. */
  login: string;
  /** All global addresses of the server's interfaces. */
  addresses: string[];
  /** The address by which this computer reached the server. */
  reached: string[];
  /** Public host keys of the SSH server, `TYPE BASE64` each. */
  hostKeys: string[];
}

/** Releases that this program knows: first and last VERSION_ID of os-release(5), both included. */
const SUPPORTED: Readonly<Record<string, { name: string; from: string; to: string }>> = {
  debian: { name: 'Debian', from: '12', to: '13' },
  ubuntu: { name: 'Ubuntu', from: '20.04', to: '26.04' },
};

export const serverProbe = sh`cat /etc/os-release
date +CLOCK=%s
printf 'ARCH=%s\nOPENSSH=%s\n' "$(dpkg --print-architecture)" "$(ssh -V 2>&1)"
ip -o addr show scope global | while read -r _ _ _ address _; do printf 'ADDRESS=%s\n' "$address"; done
sed -n 's/^\\([a-z0-9-]* [A-Za-z0-9+/=]*\\).*/HOSTKEY=\\1/p' /etc/ssh/ssh_host_*_key.pub
if [ -d /run/systemd/system ]; then echo INIT=systemd; fi`;

/** As known_hosts holds it, into which it goes: sshd(8). */
const HOST_KEY = /^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$/;

/** @throws SetupError unsupported-system, before anything was changed */
export function parseServer(output: Frame | undefined, login: string, reached: string): ServerFacts {
  const values = new Map<string, string>();
  const addresses: string[] = [];
  const hostKeys: string[] = [];
  for (const line of output?.stdout.split('\n') ?? []) {
    const [, name, raw] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || raw === undefined) continue;
    const address = raw.replace(/\/\d+$/, '');
    if (name === 'ADDRESS' && isIP(address) !== 0) addresses.push(address);
    else if (name === 'HOSTKEY' && HOST_KEY.test(raw)) hostKeys.push(raw);
    else values.set(name, raw.replace(/^(["'])(.*)\1$/, '$2'));
  }
  const server = {
    id: values.get('ID') ?? '',
    version: values.get('VERSION_ID') ?? '',
    codename: values.get('VERSION_CODENAME') ?? '',
    pretty: clean((values.get('PRETTY_NAME') ?? 'an unknown system').slice(0, 100)),
    arch: values.get('ARCH') ?? '',
    openssh: opensshVersion(values.get('OPENSSH') ?? ''),
    clock: Number(values.get('CLOCK') ?? Number.NaN),
    login,
    addresses,
    reached: [reached],
    hostKeys,
  };
  refuseUnsupported(server, values.get('INIT'));
  return server;
}

function refuseUnsupported(server: ServerFacts, init: string | undefined): void {
  const range = SUPPORTED[server.id];
  const known = Object.values(SUPPORTED).map(({ name, from, to }) => `${name} ${from} to ${to}`);
  if (!range || number(server.version) < number(range.from) || number(server.version) > number(range.to)) {
    throw new SetupError(`The server runs ${server.pretty}, which broker-setup does not know.`, {
      code: 'unsupported-system',
      hint: `Nothing was changed. Supported are ${known.join(' and ')}: install one of them and run the same command again.`,
    });
  }
  if (init !== 'systemd') {
    throw new SetupError('The server does not run systemd, so services and timers cannot be set up.', {
      code: 'unsupported-system',
      hint: 'Nothing was changed. Take a virtual server with an image of the distribution instead of a bare container.',
    });
  }
}

/** What `ssh -V` prints: `OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.22`. The server comes from the same source package. */
function opensshVersion(said: string): number {
  const [, major = '0', minor = '0'] = /OpenSSH_(\d+)\.(\d+)/.exec(said) ?? [];
  return Number(major) * 100 + Number(minor);
}

/** 24.04 → 2404, 12 → 1200. */
function number(version: string): number {
  const [major = '', minor = '0'] = version.split('.');
  return Number(major) * 100 + Number(minor);
}
