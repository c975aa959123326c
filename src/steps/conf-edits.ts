import { brokerFor } from '../brokers/index.js';
import { type Answers, answers } from '../engine/answers.js';
import { withRightsOf } from '../engine/controlled.js';
import type { SeenFile } from '../engine/facts/files.js';
import { together } from '../engine/facts.js';
import type { Probed } from '../engine/probe.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { fingerprintOf, firstCertificate } from '../fingerprint.js';
import { brokerProofs } from '../proofs/broker.js';
import { tellUntold, untoldOf } from '../run-log/undelivered-passwords.js';
import { lines, type Sh, sh } from '../sh.js';
import { CHAIN_MODE, installCertificate, KEY_MODE, lineage } from '../templates/certificate-copy.js';

interface State {
  /** One for each of the two copies; undefined where there is none. */
  fullchain: Copy | undefined;
  privkey: Copy | undefined;
  /** The certificate that the broker has now, PEM. */
  present: string | undefined;
  /** Folders on the way to them through which the broker's user does not come, the outermost first. */
  closed: string[];
  /** Notes of passwords that were set and not told. */
  notes: Answers;
  /** For the broker's own part. */
  rest: Probed;
}

interface Copy {
  /** Same content as certbot's newest. */
  same: boolean;
  mode: string;
  owner: string;
}

/** Ends our own lines: what follows is the broker's part, whose output may hold anything. */
const REST = '== rest ==';

/** What brokers call the finding that starts them anew. */
const RESTART = 'conf-edits.restart';

/** Pure. The folder and all above it but the root, the outermost first. */
function foldersTo(folder: string): string[] {
  const names = folder.split('/').slice(1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

/** Gives the broker the certificate, its listeners and the first account. */
export const confEdits = defineStep<State>({
  id: 'conf-edits',
  title: 'Configure the broker',
  needs: (asking) =>
    together([
      { files: [lineage(asking.settings.domain).fullchain, asking.broker.certificate.fullchain] },
      brokerFor(asking.settings).conf.needs(asking),
    ]),
  probe: (asking) => {
    const { certificate } = asking.broker;
    const newest = lineage(asking.settings.domain).privkey;
    return lines(
      // The key itself stays on the server.
      sh`if [ -f ${certificate.privkey} ]; then printf 'privkey=%s %s\\n' "$(stat -L -c '%a %U:%G' ${certificate.privkey})" "$(cmp -s ${newest} ${certificate.privkey} && echo same)"; fi
if id ${certificate.reader} >/dev/null 2>&1; then
  set --
  for folder in ${foldersTo(certificate.directory)}; do [ ! -d "$folder" ] || set -- "$@" "$folder"; done
  echo "closed=$(${withRightsOf(certificate.reader, certificate.group)} sh -c 'for folder; do [ -x "$folder" ] || printf "%s " "$folder"; done' sh "$@")"
fi
${tellUntold}
echo ${REST}`,
      brokerFor(asking.settings).conf.probe(asking),
    );
  },
  parse: ({ code, stdout, facts }, { broker, settings }) => {
    const [ours = '', ...rest] = stdout.split(`${REST}\n`);
    const told = answers(ours);
    const present = facts.file(broker.certificate.fullchain);
    return {
      fullchain: present && copyOf(present, facts.file(lineage(settings.domain).fullchain)),
      privkey: copy(told.get('privkey')),
      present: present?.content,
      // Answered with the rights of the broker's user, and given to chmod: only what was asked.
      closed: foldersTo(broker.certificate.directory).filter((folder) =>
        (told.get('closed') ?? '').split(' ').includes(folder),
      ),
      notes: told,
      rest: { code, stdout: rest.join(`${REST}\n`), facts },
    };
  },
  check,
  facts: ({ rest }, context) => brokerFor(context.settings).conf.see(rest, context).facts,
  inventory: ({ rest }, context) => brokerFor(context.settings).conf.see(rest, context).inventory,
  proofs: (context) => [...brokerProofs(context), ...brokerFor(context.settings).conf.proofs(context)],
});

function copy(line: string | undefined): Copy | undefined {
  const [mode, owner = '', same] = line?.split(' ') ?? [];
  return mode === undefined ? undefined : { mode: mode.padStart(4, '0'), owner, same: same === 'same' };
}

const copyOf = ({ mode, owner, content }: SeenFile, newest: SeenFile | undefined): Copy => ({
  mode,
  owner,
  same: content === newest?.content,
});

function check(state: State, context: Context): Finding[] {
  const untold = untoldOf(state.notes, context.secrets);
  const brokers = brokerFor(context.settings).conf.see(state.rest, { ...context, untold }).findings;
  // The broker starts anew anyway, and only with new files does it know of the certificate.
  const restarts = brokers.some(({ id, change }) => change?.kind === 'write' || id === RESTART);
  // Nothing is written into a folder that somebody else can have replaced.
  const isFirst = ({ id }: Finding) => id === 'conf-edits.ownership';
  return [
    ...brokers.filter(isFirst),
    ...certificate(state, context, restarts),
    ...brokers.filter((finding) => !isFirst(finding)),
  ];
}

function certificate(
  { fullchain, privkey, present, closed }: State,
  { broker, settings }: Context,
  restarts: boolean,
): Finding[] {
  const { owner, group, directory } = broker.certificate;
  const right = (seen: Copy | undefined, mode: string) =>
    seen?.same === true && seen.mode === mode && seen.owner === `${owner}:${group}`;
  if (right(fullchain, CHAIN_MODE) && right(privkey, KEY_MODE)) return open(closed, broker.title);
  const copied = lines(letThrough(closed), installCertificate(broker.certificate, settings.domain));
  return [
    {
      id: 'conf-edits.certificate',
      level: 'change',
      summary: `Copy the certificate to ${directory}, its key readable for ${broker.title} alone`,
      ...instead(present, settings.domain),
      change: {
        kind: 'run',
        undo: {
          files: [broker.certificate.fullchain, broker.certificate.privkey],
          activate: broker.takeCertificate,
        },
        script: restarts ? copied : lines(copied, broker.takeCertificate, broker.ready),
      },
    },
  ];
}

/** The domain is another than before: who knows the broker by its old name is told before its devices are shut out. */
function instead(present: string | undefined, domain: string): Pick<Finding, 'hint'> {
  const certificate = firstCertificate(present ?? '');
  if (certificate === undefined || certificate.checkHost(domain) !== undefined) return {};
  const [name = 'another name'] = fingerprintOf(certificate).names;
  return {
    hint: `It takes the place of that of ${name}: devices that connect to ${name}, or know its fingerprint, will refuse the new one.`,
  };
}

/** The files are right, but the broker's user is kept out of a folder on the way: it would not come up after its next start. */
function open(closed: readonly string[], title: string): Finding[] {
  if (closed.length === 0) return [];
  return [
    {
      id: 'conf-edits.certificate',
      level: 'change',
      summary: `Let ${title} through to its certificate: ${closed[0]} keeps its user out`,
      change: {
        kind: 'run',
        undo: { stays: `${title} may still pass through ${closed.join(', ')}.` },
        script: letThrough(closed),
      },
    },
  ];
}

/** To pass through a folder is not to see what is in it. */
const letThrough = (folders: readonly string[]): Sh =>
  folders.length === 0 ? sh`` : sh`chmod a+x ${folders}`;
