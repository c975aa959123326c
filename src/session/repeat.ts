import { commandFor } from '../terminal/program.js';
import type { InitFlags } from './flags.js';

/** The settings file that is read where --config names none, if it is there. */
export const DEFAULT_CONFIG = 'broker.yaml';

type Same = Pick<InitFlags, 'config' | 'knownHosts'>;

const again = (command: string, { config = DEFAULT_CONFIG, knownHosts }: Same): string =>
  commandFor(command, { config, knownHosts });

/** Takes the lock of a run off whose person is gone. */
export const unlockCommand = (flags: Same): string => again('unlock', flags);

/** Checks the server at any time. */
export const doctorCommand = (flags: Same): string => again('doctor', flags);

export const repeatCommand = ({ command = 'init', yes, ...flags }: InitFlags): string =>
  `${again(command, flags)}${yes ? ' --yes' : ''}`;
