import { Cancelled } from '../errors.js';
import { columns } from '../terminal/columns.js';
import { wrapLines } from '../terminal/wrap.js';
import { askBroker, askPackage, askSha256, RECOMMENDED } from './ask-broker.js';
import { fromServer } from './assign.js';
import { complete, validate } from './complete.js';
import {
  type Block,
  contractHome,
  expandHome,
  isBlock,
  put,
  SAFE_DASHBOARD,
  valueAt,
  withDefaults,
  withoutNone,
} from './defaults.js';
import { hasDtls, speaksCoap, speaksLwm2m } from './emqx-versions.js';
import { type Prompts, terminal } from './prompts.js';
import type { Draft } from './schema.js';
import { type Surroundings, surroundings } from './surroundings.js';
import { type Leaf, leaf } from './tree.js';

/** What the questions share; the draft grows with each answer. */
interface Talk {
  draft: Block;
  prompts: Prompts;
  around: Surroundings;
}

/** What the wizard does besides asking; default: nothing. */
export interface Effects {
  /** Called after each answer with all that is known. */
  keep?(draft: Draft): Promise<void>;
  /** Called as soon as the draft names the server, to contact it. @returns whether another server is to be named */
  meet?(draft: Draft): Promise<'go-on' | 'rename'>;
}

/** In the order in which they are asked. What is not here keeps its default unless file or flags say otherwise. */
const QUESTIONS: readonly (readonly [path: string, ask: (talk: Talk) => Promise<unknown>])[] = [
  ['server', askServer],
  ['login.user', askLogin],
  ['domain', askDomain],
  ['user.name', (talk) => askText(talk, 'user.name')],
  ['user.sudo', (talk) => askChoice(talk, 'user.sudo')],
  ['key.file', askKey],
  ['key.type', askKeyType],
  ['key.alias', askAlias],
  ['exposure', (talk) => askChoice(talk, 'exposure')],
  ['broker.version', askForBroker],
  ['broker.package', ({ draft, prompts }) => askPackage(draft, prompts)],
  ['broker.sha256', ({ draft, prompts }) => askSha256(draft, prompts)],
  ['dashboard', askDashboard],
  ['protocols', askProtocols],
  ['device.name', (talk) => askText(talk, 'device.name')],
  ['reboot', (talk) => askChoice(talk, 'reboot')],
  ['certificate.email', (talk) => askText(talk, 'certificate.email', { optional: true })],
  // Last, because it must be given: until then a settings file with the answers is incomplete, and init goes on asking.
  ['certificate.agree_terms', askTerms],
];

/** The settings that the wizard asks for where they are missing. */
export const ASKED: ReadonlySet<string> = new Set([
  // The package file is asked for only with some versions.
  ...QUESTIONS.map(([path]) => path).filter((path) => path !== 'broker.package' && path !== 'broker.sha256'),
  'broker.kind',
]);

/** Once these are asked for, the server can be contacted. */
const WHO = 2;

/**
 * Asks for what the draft lacks, each answer validated together with all others before the next question.
 * @param given a draft that complete() found no problem in
 * @returns a new draft, for complete()
 * @throws Cancelled on Ctrl-C, or where the terms are not accepted; what `keep` and `meet` throw
 */
export async function ask(
  given: unknown,
  prompts: Prompts = terminal,
  around = surroundings,
  { keep, meet }: Effects = {},
): Promise<Draft> {
  const talk: Talk = { draft: isBlock(given) ? structuredClone(given) : {}, prompts, around };
  for (const question of QUESTIONS.slice(0, WHO)) await answered(talk, question, keep);
  while ((await meet?.(talk.draft as Draft)) === 'rename') {
    put(talk.draft, ['server'], undefined);
    put(talk.draft, ['login', 'user'], undefined);
    for (const question of QUESTIONS.slice(0, WHO)) await answered(talk, question, keep);
  }
  for (const question of QUESTIONS.slice(WHO)) await answered(talk, question, keep);
  return withoutNone(talk.draft) as Draft;
}

/** Asks one question until its answer fits all others, unless there is one already. */
async function answered(
  talk: Talk,
  [path, question]: (typeof QUESTIONS)[number],
  keep: Effects['keep'],
): Promise<void> {
  const keys = path.split('.');
  if (valueAt(talk.draft, keys) !== undefined) return;
  const before = structuredClone(talk.draft);
  for (;;) {
    const answer = await question(talk);
    if (answer !== undefined) put(talk.draft, keys, answer);
    const [problem] = problemsOf(talk.draft);
    if (problem === undefined) break;
    say(talk, problem);
    talk.draft = structuredClone(before);
  }
  if (JSON.stringify(before) === JSON.stringify(talk.draft)) return;
  // Nobody is asked anything more about complete settings.
  await keep?.((complete(talk.draft).settings ? withoutNone(talk.draft) : talk.draft) as Draft);
}

/** What is wrong with the answers so far; what is only missing is none of it. */
function problemsOf(draft: Block): string[] {
  const done = complete(draft);
  return done.settings ? [] : done.problems;
}

/** Whether one more answer would be right by itself, and with those given before. @returns true, or what is wrong */
function fits({ draft }: Talk, one: Leaf, value: unknown): true | string {
  const alone = validate(one, value);
  if (alone !== true) return alone;
  const tried = structuredClone(draft);
  put(tried, one.keys, value);
  return problemsOf(tried)[0] ?? true;
}

async function askServer(talk: Talk): Promise<undefined> {
  const { prompts, draft } = talk;
  help(talk, leaf('server'));
  const typed = await prompts.input({
    message: leaf('server').title,
    validate: (value) => {
      const wrong = fromServer(value.trim()).map(({ keys, value: part }) =>
        validate(leaf(keys.join('.')), part),
      );
      return wrong.find((one) => one !== true) ?? true;
    },
  });
  for (const { keys, value } of fromServer(typed.trim())) put(draft, keys, value);
}

async function askLogin(talk: Talk): Promise<unknown> {
  if (await talk.around.sshUser(String(talk.draft.server))) return undefined;
  return askText(talk, 'login.user', { preset: 'root' });
}

async function askDomain(talk: Talk): Promise<unknown> {
  const domain = await askText(talk, 'domain');
  const resolver = valueAt(talk.draft, ['certificate', 'resolver']);
  say(talk, await talk.around.dns(String(domain), resolver === undefined ? undefined : String(resolver)));
  return domain;
}

async function askTerms(talk: Talk): Promise<true> {
  const terms = leaf('certificate.agree_terms');
  help(talk, terms);
  const accepted = () => talk.prompts.confirm({ message: terms.title, default: false });
  if (await accepted()) return true;
  say(talk, 'Without them there is no certificate, and no set-up. Answer y to accept; another no ends here.');
  if (await accepted()) return true;
  throw new Cancelled('Without accepting the terms there is no certificate. Nothing was changed.');
}

async function askKey(talk: Talk): Promise<unknown> {
  const file = leaf('key.file');
  const { prompts, around } = talk;
  const preset = contractHome(String(valueAt(withDefaults(talk.draft), file.keys)));
  const own = (await around.ownKeys()).map((one) => contractHome(one)).filter((one) => one !== preset);
  help(talk, file);
  const made = await around.exists(expandHome(preset));
  const picked = await prompts.select({
    message: file.title,
    choices: [
      { value: preset, name: made ? `${preset} (it is there already)` : `a new one: ${preset}` },
      ...own.map((one) => ({ value: one, name: one })),
      { value: '', name: 'another file' },
    ],
    default: preset,
  });
  const usable = async (path: string): Promise<true | string> => {
    const right = fits(talk, file, path);
    return right === true ? ((await around.whyNoKey(expandHome(path))) ?? true) : right;
  };
  if (picked !== '') {
    const right = await usable(picked);
    if (right === true) return picked;
    say(talk, right);
    return askKey(talk);
  }
  const typed = await prompts.input({
    message: 'Its path (a new key is made where there is none)',
    validate: (value) => usable(value.trim()),
  });
  return typed.trim();
}

/** Only a key that is still to be made has a type to choose. */
async function askKeyType(talk: Talk): Promise<unknown> {
  const file = String(valueAt(talk.draft, ['key', 'file']));
  return (await talk.around.exists(expandHome(file))) ? undefined : askChoice(talk, 'key.type');
}

async function askAlias(talk: Talk): Promise<unknown> {
  const alias = leaf('key.alias');
  help(talk, alias);
  if (!(await talk.prompts.confirm({ message: 'Add such an entry?', default: true }))) return '';
  return input(talk, alias, String(valueAt(withDefaults(talk.draft), ['hostname'])), false);
}

async function askText(
  talk: Talk,
  path: string,
  { optional = false, preset }: { optional?: boolean; preset?: string } = {},
) {
  const one = leaf(path);
  help(talk, one);
  return input(
    talk,
    one,
    preset ?? (one.fallback === undefined ? undefined : String(one.fallback)),
    optional,
  );
}

/** @returns '' for an optional one left empty */
async function input(talk: Talk, one: Leaf, preset: string | undefined, optional: boolean) {
  const typed = await talk.prompts.input({
    message: one.title,
    ...(preset === undefined ? {} : { default: preset }),
    validate: (value) => (optional && value.trim() === '' ? true : fits(talk, one, value.trim())),
  });
  return typed.trim();
}

async function askForBroker(talk: Talk): Promise<undefined> {
  if (valueAt(talk.draft, ['broker', 'kind']) === 'mosquitto') return;
  talk.prompts.tell('');
  say(talk, RECOMMENDED);
  await askBroker(talk.draft, talk.prompts);
}

const hasDashboard = ({ draft }: Talk) => valueAt(draft, ['broker', 'kind']) === 'emqx';

async function askDashboard(talk: Talk): Promise<unknown> {
  return hasDashboard(talk) ? askChoice(talk, 'dashboard', SAFE_DASHBOARD) : undefined;
}

async function askProtocols(talk: Talk): Promise<unknown> {
  const version = String(valueAt(talk.draft, ['broker', 'version']));
  if (!hasDashboard(talk) || !hasDtls(version)) return undefined;
  const possible = ['mqtt', 'mqtt,coap', 'mqtt,lwm2m', 'mqtt,coap,lwm2m'].filter(
    (one) =>
      (!one.includes('coap') || speaksCoap(version)) && (!one.includes('lwm2m') || speaksLwm2m(version)),
  );
  if (possible.length < 2) return undefined;
  const { title } = leaf('protocols');
  const picked = await talk.prompts.select({
    message: title,
    choices: possible.map((value) => ({
      value,
      name: value.replaceAll(',', ' and '),
    })),
    default: 'mqtt',
  });
  return picked.split(',');
}

/** No question where there is only one answer. */
async function askChoice(talk: Talk, path: string, preselected?: string): Promise<unknown> {
  const one = leaf(path);
  if (one.choices.length < 2) return undefined;
  help(talk, one);
  const chosen = preselected ?? one.fallback;
  const preset = chosen === undefined ? {} : { default: String(chosen) };
  return talk.prompts.select({
    message: one.title,
    choices: one.choices.map((choice) => ({
      value: String(choice),
      name: String(choice).replaceAll('-', ' '),
    })),
    ...preset,
  });
}

function help(talk: Talk, { description }: Leaf): void {
  talk.prompts.tell('');
  say(talk, description);
}

function say({ prompts }: Talk, text: string): void {
  for (const line of wrapLines(text, columns() - 4)) prompts.tell(`  ${line}`);
}
