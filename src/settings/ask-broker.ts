import { validate } from './complete.js';
import { type Block, isBlock, put, valueAt } from './defaults.js';
import { isSourceAvailable, LAST_FREE, MAINTAINED } from './emqx-versions.js';
import { isAddress } from './package-file.js';
import type { Prompts } from './prompts.js';
import { leaf } from './tree.js';

/** Which broker for whom, in one sentence. */
export const RECOMMENDED =
  'Take Mosquitto, unless you want a dashboard in the browser, CoAP devices or, later, a cluster: then take EMQX.';

/** What each choice costs and gives, in one line; the first is preselected. */
const CHOICES = [
  {
    value: 'mosquitto',
    name: 'Mosquitto: open source, small, updated by the distribution',
    short: 'Mosquitto',
  },
  {
    value: MAINTAINED,
    name: `EMQX ${MAINTAINED}: maintained; for one node, under a licence to accept`,
    short: `EMQX ${MAINTAINED}`,
  },
  {
    value: LAST_FREE,
    name: `EMQX ${LAST_FREE}: last under Apache-2.0, no security fixes any more`,
    short: `EMQX ${LAST_FREE}`,
  },
  {
    value: '4.4.19',
    name: 'EMQX 4.4.19: as in the guide, no security fixes since 2023',
    short: 'EMQX 4.4.19',
  },
  { value: 'other', name: 'another version of EMQX' },
];

/** Versions that the vendor's repository has for today's releases; for others a package file may be at hand. */
const IN_REPOSITORY = [MAINTAINED, LAST_FREE];

/**
 * Asks for broker, version and licence until they fit together, and puts the answers into the draft.
 * @param draft a part of it may be given already, and is kept
 */
export async function askBroker(draft: Block, prompts: Prompts): Promise<void> {
  const kind = valueAt(draft, ['broker', 'kind']);
  if (kind === 'mosquitto') return;
  while (!(await settled(draft, prompts)));
}

async function settled(draft: Block, prompts: Prompts): Promise<boolean> {
  const given = valueAt(draft, ['broker', 'version']);
  const picked = given === undefined ? await pick(draft, prompts) : String(given);
  if (picked === 'mosquitto') {
    draft.broker = { kind: 'mosquitto' };
    return true;
  }
  if (isSourceAvailable(picked) && valueAt(draft, ['broker', 'agree_licence']) !== true) {
    const licence = leaf('broker.agree_licence');
    prompts.tell('\n  https://www.emqx.com/en/content/license');
    const agreed = await prompts.confirm({ message: licence.title, default: false });
    if (!agreed) {
      // Without it only another choice helps.
      const broker = valueAt(draft, ['broker']);
      if (isBlock(broker)) delete broker.version;
      return false;
    }
    put(draft, licence.keys, true);
  }
  put(draft, ['broker', 'kind'], 'emqx');
  put(draft, ['broker', 'version'], picked);
  return true;
}

/** Asks for a package file where the vendor's repository may not have the version. @returns '' for none; undefined where nothing was asked */
export async function askPackage(draft: Block, prompts: Prompts): Promise<string | undefined> {
  const version = valueAt(draft, ['broker', 'version']);
  if (valueAt(draft, ['broker', 'kind']) === 'mosquitto' || version === undefined) return undefined;
  if (IN_REPOSITORY.includes(String(version))) return undefined;
  const file = leaf('broker.package');
  const from = await prompts.input({
    message: `${file.title} (empty: from the vendor's repository)`,
    validate: (value) => value.trim() === '' || validate(file, value.trim()),
  });
  return from.trim();
}

/** Asks for the SHA-256 of a package file at an address. @returns undefined where nothing was asked */
export async function askSha256(draft: Block, prompts: Prompts): Promise<string | undefined> {
  if (!isAddress(String(valueAt(draft, ['broker', 'package']) ?? ''))) return undefined;
  const sha256 = leaf('broker.sha256');
  const typed = await prompts.input({
    message: sha256.title,
    validate: (value) => validate(sha256, value.trim()),
  });
  return typed.trim();
}

async function pick(draft: Block, prompts: Prompts): Promise<string> {
  const onlyEmqx = valueAt(draft, ['broker', 'kind']) === 'emqx';
  const choices = CHOICES.filter(({ value }) => !onlyEmqx || value !== 'mosquitto');
  const [first] = choices;
  const picked = await prompts.select({
    message: leaf('broker.kind').title,
    choices,
    ...(first ? { default: first.value } : {}),
  });
  if (picked !== 'other') return picked;
  const version = leaf('broker.version');
  const typed = await prompts.input({
    message: version.title,
    validate: (value) => validate(version, value.trim()),
  });
  return typed.trim();
}
