import { Chalk, type ChalkInstance, type ColorSupportLevel, supportsColor } from 'chalk';

type Environment = Readonly<Record<string, string | undefined>>;

/** The colours in use: readable on light and on dark ground, which neither yellow nor white nor bright cyan is. */
export type Colour = Pick<ChalkInstance, 'bold' | 'dim' | 'green' | 'red'>;

/** Signs before a line; each also differs without colour. */
export interface Symbols {
  ok: string;
  warn: string;
  bad: string;
  unknown: string;
  todo: string;
}

/**
 * How many colours to use. chalk 5 passes NO_COLOR over (chalk/supports-color #74), while commander, listr2 and
 * inquirer follow it; here it wins over FORCE_COLOR, as with commander.
 * @param detected what chalk found out about the terminal
 */
export function colourLevel(
  environment: Environment,
  isTTY: boolean,
  detected: ColorSupportLevel,
): ColorSupportLevel {
  if (environment.NO_COLOR) return 0;
  const forced = environment.FORCE_COLOR;
  if (forced === '0' || forced === 'false') return 0;
  if (forced === '2' || forced === '3') return Number(forced) as ColorSupportLevel;
  if (forced !== undefined) return Math.max(1, detected) as ColorSupportLevel;
  return isTTY && environment.TERM !== 'dumb' ? detected : 0;
}

/** The old Windows console has no such letters; Windows Terminal and editors say who they are. */
export function hasUnicode(environment: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return Boolean(environment.WT_SESSION || environment.TERM_PROGRAM);
  return environment.TERM !== 'linux' && environment.TERM !== 'dumb';
}

export function symbols(unicode: boolean, { green, red, bold }: Colour): Symbols {
  return unicode
    ? { ok: green('✔'), warn: bold('!'), bad: red('✖'), unknown: bold('?'), todo: bold('→') }
    : { ok: green('OK'), warn: bold('!'), bad: red('x'), unknown: bold('?'), todo: bold('>') };
}

// One instance for both streams: coloured only where neither of them is a file or a pipe, so no log holds escapes.
const isTTY = Boolean(process.stdout.isTTY && process.stderr.isTTY);
const detected: ColorSupportLevel = supportsColor ? supportsColor.level : 0;

export const colour: Colour = new Chalk({ level: colourLevel(process.env, isTTY, detected) });
export const symbol: Symbols = symbols(hasUnicode(process.env, process.platform), colour);
