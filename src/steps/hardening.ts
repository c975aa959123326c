import { answers } from '../engine/answers.js';
import type { SeenFile } from '../engine/facts/files.js';
import { isEnabled } from '../engine/facts/units.js';
import { type Context, defineStep, type Fact, type Finding } from '../engine/step.js';
import { lines, sh, verbatim } from '../sh.js';
import { EDITS, editFindings, leftEdits } from './hardening/edits.js';
import {
  leftMeasures,
  measureFindings,
  type RunningUnits,
  runningUnits,
  UNITS,
  withoutFiles,
} from './hardening/files.js';
import {
  heldByHost,
  type KernelState,
  kernelFindings,
  kernelProbe,
  parseKernel,
} from './hardening/kernel.js';
import { MEASURES } from './hardening/measures.js';
import { looseModes, modeFindings, modesProbe, parseModes, type SeenModes } from './hardening/modes.js';
import { TMP_MOUNT } from './hardening/mounts.js';
import { isIn } from './hardening/profile.js';
import { SYSCTL_DROP_IN } from './hardening/sysctl.js';
import { leftTmp, TMP_UNIT, type TmpState, tmpFindings, tmpProbe } from './hardening/tmp.js';

interface State {
  kernel: KernelState;
  files: ReadonlyMap<string, SeenFile>;
  units: RunningUnits;
  modes: SeenModes;
  tmp: TmpState;
}

const PATHS = [
  SYSCTL_DROP_IN,
  TMP_MOUNT,
  ...MEASURES.flatMap(({ files }) => files.map(({ path }) => path)),
  ...EDITS.flatMap(({ paths }) => paths),
];

/** What the distribution leaves open for the sake of everybody, closed for a server with a broker; strict closes what may annoy. */
export const hardening = defineStep<State>({
  id: 'hardening',
  title: 'Harden the system',
  packages: ({ settings }) =>
    [...MEASURES, ...EDITS]
      .filter(({ profile }) => isIn(profile, settings.hardening))
      .flatMap(({ packages = [] }) => packages),
  needs: () => ({ units: [...UNITS, TMP_UNIT], files: [TMP_MOUNT, ...PATHS.map(verbatim)] }),
  probe: () => lines(kernelProbe, modesProbe, tmpProbe, sh`exit 0`),
  parse: ({ stdout, facts }) => {
    const told = answers(stdout);
    const kernel = parseKernel(stdout);
    if (kernel.inForce.length === 0)
      throw new Error('The settings of the kernel could not be read (/proc/sys).');
    return {
      kernel,
      files: facts.files(),
      units: runningUnits(facts),
      modes: parseModes(stdout),
      tmp: {
        inForce: told.get('tmp-mount') === 'closed',
        enabled: facts.file(TMP_MOUNT) !== undefined && isEnabled(facts.unit(TMP_UNIT)),
        inFstab: told.get('tmp-fstab') === 'yes',
      },
    };
  },
  check: (state, context) => findings(state, context),
  facts: ({ kernel }, { settings }) => heldFact(heldByHost(kernel, settings.hardening)),
});

function findings({ kernel, files, units, modes, tmp }: State, { settings, server }: Context): Finding[] {
  const profile = settings.hardening;
  return [
    ...leftFindings({ files, modes }, profile),
    ...kernelFindings(kernel, files.get(SYSCTL_DROP_IN), profile),
    ...measureFindings(files, units, profile, `${server.id} ${server.version}`),
    ...editFindings(files, profile),
    ...modeFindings(modes, profile),
    ...(profile === 'strict' ? tmpFindings(tmp, files) : []),
  ];
}

/** What strict has brought goes again with it. Packages stay, and the kernel keeps its values until the server restarts. */
function leftFindings(
  { files, modes }: Pick<State, 'files' | 'modes'>,
  profile: Context['settings']['hardening'],
): Finding[] {
  if (profile === 'strict') return [];
  const left = [leftMeasures(files, profile), leftTmp(files)];
  const gone = left.flatMap((one) => one.files);
  const activate = left.flatMap((one) => one.activate);
  // Modes that an administrator has closed himself are his.
  const modesBack = gone.length > 0 ? looseModes(modes, profile) : [];
  const edits = leftEdits(files, profile);
  const found: Finding[] = [];
  if (gone.length > 0) {
    found.push({
      id: 'hardening.strict-left',
      level: 'change',
      summary: 'Take away what “hardening: strict” has brought; its packages stay',
      change: {
        kind: 'run',
        script: lines(withoutFiles(gone, activate), ...modesBack),
        undo: {
          files: gone,
          stays: 'The modes of the files of cron stay as they ship.',
          ...(activate.length > 0 ? { activate: lines(...activate) } : {}),
        },
      },
    });
  }
  if (edits.length > 0) {
    found.push({
      id: 'hardening.strict-left',
      level: 'change',
      summary: `Take the lines of “hardening: strict” out of ${edits.map(({ path }) => path).join(', ')}`,
      change: { kind: 'write', files: edits },
    });
  }
  return found;
}

/** Said, so that nobody believes it closed. */
function heldFact(keys: readonly string[]): Fact[] {
  if (keys.length === 0) return [];
  return [
    {
      id: 'hardening.held',
      label: 'Kernel settings that this server cannot change (it is a container; its host decides)',
      value: keys.join(', '),
    },
  ];
}
