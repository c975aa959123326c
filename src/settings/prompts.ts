import { Cancelled } from '../errors.js';
import { clean } from '../plain.js';
import { say } from '../ui/screen.js';

type Check = (value: string) => true | string;

/** The questions that are asked here; the terminal's or a test's. */
export interface Prompts {
  input(config: { message: string; default?: string; validate?: Check }): Promise<string>;
  select(config: {
    message: string;
    choices: { value: string; name: string }[];
    default?: string;
  }): Promise<string>;
  confirm(config: { message: string; default: boolean }): Promise<boolean>;
  password(config: { message: string; mask: string; validate?: Check }): Promise<string>;
  /** Help above a question. */
  tell(text: string): void;
}

/** inquirer's prompts, loaded when the first is asked, on stderr: stdout holds results only. @throws Cancelled on Ctrl-C */
export const terminal: Prompts = {
  input: (config) =>
    orCancelled(async () => (await import('@inquirer/prompts')).input(cleaned(config), context())),
  select: (config) =>
    orCancelled(async () =>
      (await import('@inquirer/prompts')).select(withCleanNames(cleaned(config)), context()),
    ),
  confirm: (config) =>
    orCancelled(async () => (await import('@inquirer/prompts')).confirm(cleaned(config), context())),
  password: (config) =>
    orCancelled(async () => (await import('@inquirer/prompts')).password(cleaned(config), context())),
  tell: say,
};

/** inquirer writes by itself, so what is asked is cleaned before. */
const cleaned = <Config extends { message: string }>(config: Config): Config => ({
  ...config,
  message: clean(config.message),
});

const withCleanNames = <Config extends { choices: { name: string; value: string }[] }>(
  config: Config,
): Config => ({
  ...config,
  choices: config.choices.map((choice) => ({ ...choice, name: clean(choice.name) })),
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
