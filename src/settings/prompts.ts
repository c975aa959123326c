import { Cancelled } from '../errors.js';
import { clean } from '../sanitize.js';
import { columns } from '../terminal/columns.js';
import { say } from '../terminal/screen.js';
import { wrapLines } from '../terminal/wrap.js';

/** True, or what is wrong in a sentence. */
type Verdict = true | string;
type Check = (value: string) => Verdict | Promise<Verdict>;

interface Choice {
  value: string;
  name: string;
  /** What is shown once it is chosen; default: the name. */
  short?: string;
}

/** The questions that are asked here; the terminal's or a test's. */
export interface Prompts {
  input(config: { message: string; default?: string; validate?: Check }): Promise<string>;
  select(config: { message: string; choices: Choice[]; default?: string }): Promise<string>;
  confirm(config: { message: string; default: boolean }): Promise<boolean>;
  /** @param config.pending the answer is only tried afterwards, so no tick may stand before it */
  password(config: {
    message: string;
    mask: string;
    validate?: (value: string) => Verdict;
    pending?: boolean;
  }): Promise<string>;
  /** Help above a question. */
  tell(text: string): void;
}

/** inquirer's prompts, loaded when the first is asked, on stderr: stdout holds results only. @throws Cancelled on Ctrl-C */
export const terminal: Prompts = {
  input: (config) =>
    orCancelled(async () => (await import('@inquirer/prompts')).input(fitting(config), context())),
  select: (config) =>
    orCancelled(async () =>
      (await import('@inquirer/prompts')).select(withChoices(fitting(config)), context()),
    ),
  confirm: (config) =>
    orCancelled(async () => (await import('@inquirer/prompts')).confirm(fitting(config), context())),
  password: ({ pending, ...config }) =>
    orCancelled(async () =>
      (await import('@inquirer/prompts')).password(
        { ...fitting(config), ...(pending ? { theme: { prefix: { idle: '?', done: '?' } } } : {}) },
        context(),
      ),
    ),
  tell: say,
};

/** What inquirer puts before a line: its sign and a space, or the frame of an error. */
const MARGIN = 4;

/** inquirer breaks lines in the middle of a word, and writes by itself: what it shows is cleaned and broken before. */
const broken = (text: string): string => wrapLines(clean(text), columns() - MARGIN).join('\n');

/** Pure but for the width of the terminal. A question and its complaints as inquirer may show them. */
export function fitting<Config extends { message: string; validate?: Check }>(config: Config): Config {
  const { validate } = config;
  if (validate === undefined) return { ...config, message: broken(config.message) };
  const shown = (verdict: Verdict) => (verdict === true ? true : broken(verdict));
  return {
    ...config,
    message: broken(config.message),
    validate: async (value: string) => shown(await validate(value)),
  };
}

const withChoices = <Config extends { choices: Choice[] }>(config: Config): Config => ({
  ...config,
  choices: config.choices.map(({ value, name, short = name }) => ({
    value,
    name: broken(name).replaceAll('\n', '\n    '),
    short: broken(short),
  })),
});

const context = () => ({ output: process.stderr });

/** inquirer rejects with ExitPromptError on Ctrl-C and where stdin ends; known by name, as its class differs between bundles. */
export async function orCancelled<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)) {
      throw new Cancelled(undefined, { cause: error });
    }
    throw error;
  }
}
