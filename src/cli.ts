import { Command, Option } from 'commander';
import * as common from './options.js';
import { parse } from './parse.js';
import { show } from './terminal/screen.js';
import { version } from './version.js';

/** Commands are loaded when they are called: `--help` must not wait for an SSH library. */
const program = new Command('broker-setup')
  .description('Turns a fresh Debian or Ubuntu server into a hardened MQTT broker, over SSH.')
  .version(version, '-V, --version')
  .showHelpAfterError('(run with --help to see what is right)')
  .showSuggestionAfterError()
  .exitOverride()
  // Commander colours nothing, so a colour is one that was typed.
  .configureOutput({ writeErr: (text) => show(text.replaceAll('\u001b', ''), process.stderr) })
  .addHelpText(
    'after',
    `
Start here:
  broker-setup rehearse         try it on a throwaway server on this computer
  broker-setup init             set up your own server, guided by questions

Exit codes: 0 all is well, 1 something failed or is left to do, 2 wrong usage or
settings, 3 something could not be checked, 130 cancelled.`,
  );

program
  .command('init')
  .summary('set up a server, or repair it')
  .description(
    'Sets up a server, or brings it back in place. Asks what is missing, shows the plan, asks once, then does it.',
  )
  .argument('[server]', 'address of the server, or its name in ~/.ssh/config')
  .addOption(common.config())
  .addOption(common.set())
  .option('--domain <name>', 'domain of the broker')
  .option('--user <name>', 'your user on the server')
  .addOption(new Option('--exposure <ports>', 'ports open to the world').choices(['encrypted', 'guide']))
  .addOption(common.profile())
  .addOption(common.brokerKind())
  .option('--broker-version <version>', 'version of EMQX, such as 6.3.1')
  .option('--broker-package <file>', 'EMQX as a .deb: a file of this computer, or an https address')
  .option('--agree-licence', 'accept the licence of EMQX 5.9 and newer')
  .option('--email <address>', 'e-mail address for the certificate authority')
  .option('--agree-terms', "accept the certificate authority's terms of service")
  .option('-y, --yes', 'do not ask before changing the server')
  .option('-n, --dry-run', 'show the plan with the files that would change; change nothing')
  .addOption(common.hostKey())
  .addOption(common.knownHosts())
  .addOption(common.transport())
  .addOption(common.json())
  .addOption(common.verbose())
  .action(async (server: string | undefined, options) => {
    const { init } = await import('./commands/init.js');
    process.exitCode = await init(server, options);
  });

program
  .command('doctor')
  .summary('check a server from inside and outside')
  .description(
    'Checks a server from inside, over SSH, and from outside, from this computer, and reports. Changes nothing unless --fix asks for it. Works on servers that init has never seen, too.',
  )
  .argument('[server]', 'address of the server, or its name in ~/.ssh/config')
  .addOption(common.config())
  .addOption(common.set())
  .option('--fix', 'mend what was found: shows the plan, asks once, then does it')
  .option('-y, --yes', 'with --fix: do not ask before changing the server')
  .option('--changed', 'tell only what differs from the last check-up from this computer')
  .option('--report <file>', 'also write the report as an HTML page')
  .option('--outside-only', 'look from this computer only, without logging in')
  .option('--renewal', 'also let certbot rehearse the renewal of the certificate')
  .option('--install-watch', 'let the server check itself every day and tell you (see watch: in broker.yaml)')
  .option('--remove-watch', 'remove that daily watch')
  .addOption(common.hostKey())
  .addOption(common.knownHosts())
  .addOption(common.transport())
  .addOption(common.json())
  .addHelpText(
    'after',
    `
Exit codes: 0 everything was checked and is well, 1 there are problems, 2 wrong
usage or settings, 3 something could not be checked. What is only worth knowing
does not count; what you accept in broker.yaml (accept:) neither.`,
  )
  .action(async (server: string | undefined, options) => {
    const { doctor } = await import('./commands/doctor.js');
    process.exitCode = await doctor(server, options);
  });

program
  .command('fingerprint')
  .summary('print the fingerprint of a certificate')
  .description(
    'Prints what devices pin: the fingerprint of the certificate that a server presents. Without HOST it is your broker, and the certificate on its disk is compared.',
  )
  .argument('[host[:port]]', 'any TLS server; default: the broker of the settings file')
  .addOption(
    new Option('--sha1', 'of the certificate, as ESP8266 takes it (default)').conflicts([
      'sha256',
      'spki',
      'all',
    ]),
  )
  .addOption(new Option('--sha256', 'of the certificate, as ESP32 takes it').conflicts(['spki', 'all']))
  .addOption(
    new Option('--spki', 'SHA-256 of the public key, which stays at renewals (RFC 7469)').conflicts('all'),
  )
  .option('--all', 'all three, one a line, each after its name')
  .addOption(
    new Option('--format <format>', 'how it is spelled (see below)').choices([
      'colon',
      'hex',
      'arduino',
      'json',
    ]),
  )
  .addOption(
    new Option(
      '--from <source>',
      'what the port serves, or what lies on the disk (over SSH); default: both, with HOST served',
    ).choices(['served', 'disk', 'both']),
  )
  .addOption(common.config())
  .addOption(common.hostKey())
  .addOption(common.knownHosts())
  .addOption(common.transport())
  .addOption(common.json())
  .addHelpText(
    'after',
    `
Formats:
  colon    AA:BB:..., as openssl prints it; the public key's in base64 (default)
  hex      aabb..., as ESPHome takes it; the public key's as well
  arduino  "AA:BB:...", for setFingerprint() of ESP8266; SHA-1 only
  json     everything, whatever else is asked for; the same as --json

Only the value is on standard output. Exit codes: 0 all is well, 1 the port and
the disk differ, 2 wrong usage or settings, 3 one of them could not be read.`,
  )
  .action(async (host: string | undefined, options) => {
    const { fingerprint } = await import('./commands/fingerprint.js');
    process.exitCode = await fingerprint(host, options);
  });

program
  .command('history')
  .summary('list what runs have changed on a server')
  .description(
    'Lists the runs that have changed the server, from the log that it keeps, or tells all that one of them changed.',
  )
  .argument('[run]', 'name of a run, as the list shows it')
  .addOption(common.config())
  .addOption(common.set())
  .addOption(common.hostKey())
  .addOption(common.knownHosts())
  .addOption(common.transport())
  .addOption(common.json())
  .action(async (run: string | undefined, options) => {
    const { history } = await import('./commands/history.js');
    process.exitCode = await history(run, options);
  });

program
  .command('undo')
  .summary('put back what a run has changed')
  .description(
    'Puts the files that a run has changed back as they were, after showing what differs, and restarts what uses them. Unless a login works afterwards, the undo is itself taken back.',
  )
  .argument('[run]', 'name of a run, as history shows it; default: the newest')
  .option('-y, --yes', 'do not ask before changing the server')
  .option('-v, --verbose', 'show how each file would change in full')
  .addOption(common.config())
  .addOption(common.set())
  .addOption(common.hostKey())
  .addOption(common.knownHosts())
  .addOption(common.transport())
  .action(async (run: string | undefined, options) => {
    const { undo } = await import('./commands/undo.js');
    process.exitCode = await undo(run, options);
  });

program
  .command('unlock')
  .summary('release the lock of a run that is gone')
  .description(
    'Says who is at work on the server, and takes the lock of that run off: it stops before its next change.',
  )
  .argument('[server]', 'address of the server, or its name in ~/.ssh/config')
  .option('-y, --yes', 'do not ask')
  .addOption(common.config())
  .addOption(common.set())
  .addOption(common.hostKey())
  .addOption(common.knownHosts())
  .addOption(common.transport())
  .action(async (server: string | undefined, options) => {
    const { unlock } = await import('./commands/unlock.js');
    process.exitCode = await unlock(server, options);
  });

const rehearse = program
  .command('rehearse')
  .summary('do it all on a throwaway server on this computer')
  .description(
    'Boots a throwaway server and a private certificate authority on this computer, runs init against it twice, then doctor and fingerprint, and removes it all.',
  )
  .option('--keep', 'leave the server running and say how to get in')
  .option('--install', 'install the Debian packages that are missing on this computer')
  .addOption(new Option('--way <way>', 'how to boot').choices(['auto', 'nspawn', 'podman']).default('auto'))
  .addOption(
    new Option('--release <name>', 'release of the throwaway server')
      .choices(['bookworm', 'trixie'])
      .default('bookworm'),
  )
  .addOption(common.profile().default('standard'))
  .addOption(common.brokerKind().default('mosquitto'))
  .addOption(
    new Option('--broker-version <version>', 'version of EMQX; default: the one of the package').implies({
      broker: 'emqx',
    }),
  )
  .addOption(
    new Option('--emqx-package <file>', 'EMQX as a .deb of this computer').implies({ broker: 'emqx' }),
  )
  .option('--agree-licence', 'accept the licence of EMQX 5.9 and newer')
  .addOption(common.transport())
  .addOption(common.verbose())
  .action(async (options) => {
    const { rehearse: action } = await import('./commands/rehearse.js');
    process.exitCode = await action(options);
  });

rehearse
  .command('down')
  .summary('remove a rehearsal server that was kept')
  .argument('[name]', 'which one, even if a process is using it; default: all that no process is using')
  .action(async (name: string | undefined) => {
    const { rehearseDown } = await import('./commands/rehearse.js');
    process.exitCode = await rehearseDown(name);
  });

await parse(program);
