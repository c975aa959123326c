import { Option } from 'commander';

/** Options that several commands have. */
export const config = () =>
  new Option('-c, --config <file>', 'settings file (default: broker.yaml, where there is one)');
export const hostKey = () =>
  new Option('--host-key <SHA256:...>', 'fingerprint that the server must show at first contact');
export const knownHosts = () =>
  new Option('--known-hosts <file>', 'known_hosts file to use instead of your own');
export const transport = () =>
  new Option(
    '--transport <transport>',
    "how to connect: node is this program's own SSH, openssh the ssh of this computer (default: auto)",
  ).choices(['auto', 'openssh', 'node']);
export const verbose = () => new Option('-v, --verbose', 'show each command and all output of the server');
export const json = () => new Option('--json', 'print the result as JSON on standard output');
export const set = () =>
  new Option('-s, --set <name=value...>', 'set or override a setting, e.g. --set user.name=ada').default(
    [],
    'none',
  );

export const profile = () =>
  new Option('--hardening <profile>', 'how far the system itself is hardened').choices([
    'standard',
    'strict',
  ]);

export const brokerKind = () => new Option('--broker <kind>', 'which broker').choices(['emqx', 'mosquitto']);
