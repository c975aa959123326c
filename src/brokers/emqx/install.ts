import type { FindingName } from '../../catalogue/index.js';
import { answers } from '../../engine/answers.js';
import type { Change, Undo } from '../../engine/change.js';
import type { Probed } from '../../engine/probe.js';
import { type Context, definePart, type Fact, type Finding, type Part } from '../../engine/step.js';
import {
  familyOf,
  fixedUntil,
  isMadeFor,
  isSince,
  MAINTAINED,
  nearestFor,
  packageName,
} from '../../settings/emqx-versions.js';
import { isAddress } from '../../settings/package-file.js';
import type { Settings } from '../../settings/schema.js';
import { lines, sh, verbatim } from '../../sh.js';
import { EMQX } from './facts.js';
import { parseRoom, printRoom, type Room, roomFindings } from './memory.js';
import { fetchPackage, installFile, installFromRepository, packagePath } from './package.js';
import { addRepository, KEY_MARK, KEYRING, SOURCE, sourceLine } from './repository.js';

type EmqxSettings = Extract<Settings['broker'], { kind: 'emqx' }> & { version: string };

interface State {
  /** The installed package and its version without what Debian adds; undefined where there is none. */
  installed: { name: string; version: string } | undefined;
  held: boolean;
  masked: boolean;
  room: Room;
  /** EMQX runs. */
  runs: boolean;
  /** Fingerprint of the repository's key that was accepted; undefined where there is none. */
  key: string | undefined;
  source: string | undefined;
  /** Package files that lie on the server already, by SHA-256. */
  files: string[];
}

/** The package of exactly this version, held there. It is neither started nor enabled: conf-edits does that, when nothing is open any more. */
export function install(broker: EmqxSettings): Part {
  return definePart<State>({
    needs: () => ({ units: [EMQX.unit] }),
    probe:
      () => sh`dpkg-query -W -f 'package=\${Package} \${Version} \${db:Status-Status}\\n' emqx emqx-ee emqx-enterprise | grep ' installed$'
printf 'held=%s\\n' "$(echo $(dpkg-query -W -f '\${db:Status-Want} \${Package}\\n' emqx emqx-ee emqx-enterprise | sed -n 's/^hold //p'))"
${printRoom}
if [ -f ${KEYRING} ] && [ -f ${SOURCE} ]; then sed -n 's/^${verbatim(KEY_MARK)}/key=/p; s/^deb /source=deb /p' ${SOURCE}; fi
for deb in /var/cache/broker-setup/*.deb; do if [ -f "$deb" ]; then echo "file-$(basename "$deb" .deb)=there"; fi; done`,
    parse,
    check: (state, context) => check(state, broker, context),
    facts: ({ key }) => (broker.package === undefined && key ? [keyFact(key)] : []),
  });
}

function parse({ stdout, facts }: Probed): State {
  const told = answers(stdout);
  const [name, version] = (told.get('package') ?? '').split(' ');
  return {
    installed: name && version ? { name, version: /^[\d.]+/.exec(version)?.[0] ?? version } : undefined,
    held: (told.get('held') ?? '') !== '',
    masked: facts.unit(EMQX.unit).enabled === 'masked',
    room: parseRoom(told),
    runs: facts.unit(EMQX.unit).active === 'active',
    key: told.get('key') || undefined,
    source: told.get('source') || undefined,
    files: [...told.keys()].filter((one) => one.startsWith('file-')).map((one) => one.slice('file-'.length)),
  };
}

function keyFact(key: string): Fact {
  return {
    id: 'broker-install.repository-key',
    label: "Key of EMQX's repository (OpenPGP fingerprint)",
    value: key,
    record: 'broker.repository_key',
  };
}

function check(state: State, broker: EmqxSettings, context: Context): Finding[] {
  const { version } = broker;
  const memory = roomFindings(state.room, state.runs);
  const stops = [...impossible(state, broker, context), ...memory.filter(({ level }) => level === 'stop')];
  // What was accepted in broker.yaml must be found whatever else is.
  if (stops.length > 0) return [...stops, ...care(version, context.now)];
  const findings: Finding[] = [];
  if (state.installed?.version !== version) findings.push(...bring(state, broker, context));
  if (!state.held) findings.push(hold(version));
  return [...findings, ...memory, ...care(version, context.now)];
}

/** What only a person can decide; told before anything is changed. */
function impossible(state: State, { version, package: from }: EmqxSettings, { server }: Context): Finding[] {
  const stop = (id: FindingName<'broker-install'>, summary: string, hint: string): Finding => ({
    id: `broker-install.${id}`,
    level: 'stop',
    summary,
    hint,
  });
  const found: Finding[] = [];
  const there = state.installed?.version;
  if (there !== version && from === undefined && !isMadeFor(version, server.codename)) {
    const nearest = nearestFor(version, server.codename);
    found.push(
      stop(
        'release',
        `EMQX ${version} is not made for ${server.pretty}.`,
        nearest === undefined
          ? 'No version is. Choose mosquitto, or give a package file as broker.package.'
          : `The nearest that is: ${nearest}. Or give a package file as broker.package.`,
      ),
    );
  }
  if (there !== undefined && there !== version && familyOf(there) !== familyOf(version)) {
    found.push(
      stop(
        'family',
        `EMQX ${there} is installed. Its accounts and settings cannot be taken over by ${version}.`,
        'Set up a new server and move the devices; or remove it with all its data on the server: sudo apt-get purge emqx',
      ),
    );
  } else if (there !== undefined && !isSince(version, there)) {
    found.push(
      stop(
        'downgrade',
        `EMQX ${there} is installed, which is newer than ${version}. An older version cannot read its data.`,
        `Set broker.version to ${there} or a newer one.`,
      ),
    );
  }
  if (state.masked) {
    found.push(
      stop(
        'masked',
        'Somebody has forbidden systemd to start EMQX (the unit is masked).',
        `If that was not meant, allow it on the server with: sudo systemctl unmask ${EMQX.unit}`,
      ),
    );
  }
  return found;
}

/** From nothing, or from an older version, to this one. */
function bring(state: State, broker: EmqxSettings, context: Context): Finding[] {
  const { version, package: from } = broker;
  const what = state.installed
    ? `Replace EMQX ${state.installed.version} with ${version}`
    : `Install EMQX ${version}`;
  const change = (id: FindingName<'broker-install'>, summary: string, made: Change): Finding => ({
    id: `broker-install.${id}`,
    level: 'change',
    summary,
    change: made,
  });
  if (from === undefined) {
    const line = sourceLine(version, context.server);
    const known = state.key !== undefined && state.source === line;
    const pinned = broker.repository_key === undefined || broker.repository_key === state.key;
    return [
      ...(known && pinned
        ? []
        : [
            change(
              'repository',
              "Add the vendor's repository of EMQX, for what is signed with its key only",
              {
                kind: 'run',
                script: addRepository(version, line, broker.repository_key),
                undo: { files: [KEYRING, SOURCE] },
              },
            ),
          ]),
      change('package', `${what} (${packageName(version)}) from the vendor's repository`, {
        kind: 'run',
        script: installFromRepository(version),
        undo: INSTALLED,
      }),
    ];
  }
  if (isAddress(from)) {
    const { sha256 = '' } = broker;
    return [
      change('package', `${what} from ${from}`, {
        kind: 'run',
        script: lines(fetchPackage(from, sha256), installFile(version, sha256)),
        undo: INSTALLED,
      }),
    ];
  }
  const file = context.laptop.brokerPackage;
  if (!file) throw new Error('The package file was not read.');
  const upload: Change = { kind: 'upload', ...file, to: packagePath(file.sha256) };
  return [
    ...(state.files.includes(file.sha256)
      ? []
      : [change('upload', `Send ${file.file} to the server`, upload)]),
    change('package', `${what} from that file`, {
      kind: 'run',
      script: installFile(version, file.sha256),
      undo: INSTALLED,
    }),
  ];
}

const INSTALLED: Undo = { stays: 'EMQX stays installed.' };

/** apt would jump from 4 to 5 by itself: one repository holds both. */
function hold(version: string): Finding {
  return {
    id: 'broker-install.hold',
    level: 'change',
    summary: `Keep EMQX at ${version} until broker.version says otherwise`,
    change: {
      kind: 'run',
      undo: INSTALLED,
      script: sh`apt-mark hold $(dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' emqx emqx-ee emqx-enterprise 2>/dev/null | awk '$2 == "installed" {print $1}') >/dev/null`,
    },
  };
}

/** Said for ever after, as it cannot be mended here. */
function care(version: string, now: Date): Finding[] {
  const until = fixedUntil(version);
  if (now.toISOString().slice(0, 10) <= until) return [];
  return [
    {
      id: 'broker-install.unmaintained',
      level: 'warn',
      summary: `EMQX ${version} has had no security fixes since ${until}.`,
      hint: `The maintained line is ${MAINTAINED.split('.').slice(0, 2).join('.')}; Mosquitto is kept up to date by the distribution.`,
    },
  ];
}
