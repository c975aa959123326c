import { hasDtls, speaksCoap } from '../brokers/emqx/versions.js';
import { Cancelled } from '../errors.js';
import { askBroker } from './ask-broker.js';
import { fromServer } from './assign.js';
import { validate } from './complete.js';
import { type Block, contractHome, expandHome, isBlock, put, valueAt, withDefaults } from './defaults.js';
import { type Prompts, terminal } from './prompts.js';
import type { Draft } from './schema.js';
import { type Surroundings, surroundings } from './surroundings.js';
import { type Leaf, leaf } from './tree.js';
import { wrap } from './wrap.js';

/** What the questions share; the draft grows with each answer. */
interface Talk {
  draft: Block;
  prompts: Prompts;
  around: Surroundings;
}

/** In the order in which they are asked. What is not here keeps its default unless file or flags say otherwise. */
const QUESTIONS: readonly (readonly [path: string, ask: (talk: Talk) => Promise<unknown>])[] = [
  ['server', askServer],
  ['login.user', askLogin],
  ['domain', askDomain],
  ['certificate.email', (talk) => askText(talk, 'certificate.email', { optional: true })],
  ['certificate.agree_terms', askTerms],
  ['user.name', (talk) => askText(talk, 'user.name')],
  ['user.sudo', (talk) => askChoice(talk, 'user.sudo')],
  ['key.file', askKey],
  ['key.type', askKeyType],
  ['key.alias', askAlias],
  ['exposure', (talk) => askChoice(talk, 'exposure')],
  ['broker.version', askForBroker],
  ['dashboard', (talk) => (hasDashboard(talk) ? askChoice(talk, 'dashboard') : Promise.resolve(undefined))],
  ['protocols', askProtocols],
  ['device.name', (talk) => askText(talk, 'device.name')],
  ['reboot', (talk) => askChoice(talk, 'reboot')],
];

/**
 * Asks for what the draft lacks, each answer validated by the schema before the next question.
 * @param given a draft that complete() found no problem in
 * @returns a new draft, for complete()
 * @throws Cancelled on Ctrl-C, or where the terms are not accepted
 */
export async function ask(
  given: unknown,
  prompts: Prompts = terminal,
  around = surroundings,
): Promise<Draft> {
  const talk: Talk = { draft: isBlock(given) ? structuredClone(given) : {}, prompts, around };
  for (const [path, question] of QUESTIONS) {
    if (valueAt(talk.draft, path.split('.')) !== undefined) continue;
    const answer = await question(talk);
    if (answer !== undefined) put(talk.draft, path.split('.'), answer);
  }
  return talk.draft as Draft;
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
  if (await talk.prompts.confirm({ message: terms.title, default: false })) return true;
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
  if (picked !== '') return picked;
  const check = checkText(file, false);
  return (
    await prompts.input({
      message: 'Its path (a new key is made where there is none)',
      validate: (value) =>
        /\.pub$/i.test(value.trim()) ? 'It must be the private half: without .pub.' : check(value),
    })
  ).trim();
}

/** Only a key that is still to be made has a type to choose. */
async function askKeyType(talk: Talk): Promise<unknown> {
  const file = String(valueAt(talk.draft, ['key', 'file']));
  return (await talk.around.exists(expandHome(file))) ? undefined : askChoice(talk, 'key.type');
}

async function askAlias(talk: Talk): Promise<unknown> {
  const alias = leaf('key.alias');
  help(talk, alias);
  if (!(await talk.prompts.confirm({ message: 'Add such an entry?', default: true }))) return undefined;
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

/** @returns undefined for an optional one left empty */
async function input({ prompts }: Talk, one: Leaf, preset: string | undefined, optional: boolean) {
  const typed = await prompts.input({
    message: one.title,
    ...(preset === undefined ? {} : { default: preset }),
    validate: checkText(one, optional),
  });
  return typed.trim() === '' ? undefined : typed.trim();
}

const checkText = (one: Leaf, optional: boolean) => (value: string) =>
  optional && value.trim() === '' ? true : validate(one, value.trim());

async function askForBroker(talk: Talk): Promise<undefined> {
  if (valueAt(talk.draft, ['broker', 'kind']) === 'mosquitto') return;
  help(talk, leaf('broker.kind'));
  await askBroker(talk.draft, talk.prompts);
}

const hasDashboard = ({ draft }: Talk) => valueAt(draft, ['broker', 'kind']) === 'emqx';

async function askProtocols(talk: Talk): Promise<unknown> {
  const version = String(valueAt(talk.draft, ['broker', 'version']));
  if (!hasDashboard(talk) || !hasDtls(version)) return undefined;
  const possible = ['mqtt', 'mqtt,coap', 'mqtt,lwm2m', 'mqtt,coap,lwm2m'].filter(
    (one) => !one.includes('coap') || speaksCoap(version),
  );
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
async function askChoice(talk: Talk, path: string): Promise<unknown> {
  const one = leaf(path);
  if (one.choices.length < 2) return undefined;
  help(talk, one);
  const preset = one.fallback === undefined ? {} : { default: String(one.fallback) };
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
  for (const line of wrap(text, 76)) prompts.tell(`  ${line}`);
}
