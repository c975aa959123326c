import { homedir } from 'node:os';
import { join } from 'node:path';
import { input } from '@inquirer/prompts';
import { render } from '@inquirer/testing';
import { describe, expect, it } from 'vitest';
import { Cancelled } from '../../src/errors.js';
import { complete, validate } from '../../src/settings/complete.js';
import { isInteractive } from '../../src/settings/interactive.js';
import { fitting, orCancelled, type Prompts } from '../../src/settings/prompts.js';
import type { Draft } from '../../src/settings/schema.js';
import { inWords, type Surroundings } from '../../src/settings/surroundings.js';
import { leaf } from '../../src/settings/tree.js';
import { ask } from '../../src/settings/wizard.js';

/** Just Enter: the default is taken. */
const ENTER = null;
type Answer = string | boolean | null;

/** Gives these answers by the beginning of the question; a wrong answer is remembered and the next one of the list taken. */
function person(answers: Record<string, Answer | Answer[]> = {}) {
  const asked: string[] = [];
  const told: string[] = [];
  const refused: string[] = [];
  const defaults = new Map<string, unknown>();
  const lists = new Map(Object.entries(answers).map(([key, value]) => [key, [value].flat()]));
  const next = (message: string): Answer =>
    lists.get([...lists.keys()].find((key) => message.startsWith(key)) ?? '')?.shift() ?? ENTER;
  const answer = async (config: {
    message: string;
    default?: unknown;
    validate?: (value: string) => true | string | Promise<true | string>;
  }) => {
    asked.push(config.message);
    defaults.set(config.message, config.default);
    for (;;) {
      const given = next(config.message);
      const value = given === ENTER ? (config.default ?? '') : given;
      const said = (await config.validate?.(String(value))) ?? true;
      if (said === true) return value as never;
      refused.push(said);
      if (given === ENTER) throw new Error(`${config.message} has no answer: ${said}`);
    }
  };
  const choices: string[][] = [];
  const prompts: Prompts = {
    input: answer,
    confirm: answer,
    password: answer,
    select: (config) => {
      choices.push(config.choices.map(({ name }) => name));
      return answer(config);
    },
    tell: (text) => void told.push(text),
  };
  return { prompts, asked, told, refused, defaults, choices };
}

const around = (over: Partial<Surroundings> = {}): Surroundings => ({
  sshUser: async () => undefined,
  dns: async (domain) => `${domain} points at 203.0.113.7 now.`,
  ownKeys: async () => [],
  exists: async () => false,
  whyNoKey: async () => undefined,
  ...over,
});

const yes: Record<string, Answer | Answer[]> = {
  'Which server?': '203.0.113.7',
  'Domain of': 'mqtt.example.org',
  'Which broker?': ['6.3.1'],
  'Do you accept the licence': [true],
  'Do you accept': true,
};

describe('ask', () => {
  it('asks in order, and defaults make complete settings', async () => {
    const { prompts, asked, told } = person(yes);
    const draft = await ask({}, prompts, around());
    expect(asked).toEqual([
      'Which server?',
      'Who logs in there the first time?',
      'Domain of the broker?',
      'Your user name on the server?',
      'Shall sudo ask this user for a password?',
      'Which SSH key?',
      'Type of the new key?',
      'Add such an entry?',
      'Name of the entry in ~/.ssh/config?',
      'Which ports shall be open to the world?',
      'Which broker?',
      'Do you accept the licence of this version?',
      'Who shall reach the dashboard?',
      'Which protocols do the devices speak?',
      "Name of the first device's account?",
      'Restart it at the end, if needed?',
      'E-mail address for the certificate authority? (empty for none)',
      "Do you accept the certificate authority's terms?",
    ]);
    expect(complete(draft).settings).toMatchObject({
      server: '203.0.113.7',
      login: { user: 'root' },
      hostname: 'mqtt',
      user: { name: 'researcher', sudo: 'without-password' },
      key: { file: join(homedir(), '.ssh', 'broker-setup_mqtt'), type: 'ed25519', alias: 'mqtt' },
      exposure: 'encrypted',
      broker: { kind: 'emqx', version: '6.3.1', agree_licence: true },
      dashboard: 'tunnel',
      protocols: ['mqtt'],
      certificate: { agree_terms: true },
    });
    expect(draft.certificate).not.toHaveProperty('email');
    const help = told.join('\n');
    expect(help).toContain('https://letsencrypt.org/repository/');
    expect(help).toContain('mqtt.example.org points at 203.0.113.7 now.');
    expect(help).toContain('on which anyone on\n  the way can read passwords');
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('asks only for what is missing', async () => {
    const { prompts, asked } = person(yes);
    const given = {
      server: 'lab',
      login: { user: 'root', port: 22 },
      certificate: { agree_terms: true, email: 'a@b.org' },
      user: { name: 'ada', sudo: 'with-password' },
      key: { file: '/k', type: 'rsa', alias: 'lab' },
      exposure: 'guide',
      broker: { kind: 'mosquitto' },
      device: { name: 'd' },
      reboot: 'no',
    };
    const draft = await ask(given, prompts, around());
    expect(asked).toEqual(['Domain of the broker?']);
    expect(draft).toEqual({ ...given, domain: 'mqtt.example.org' });
    expect(given).not.toHaveProperty('domain');
  });

  it('case 64: asks for another broker where the licence is not accepted', async () => {
    const { prompts, asked } = person({
      ...yes,
      'Do you accept the licence': [false],
      'Which broker?': ['6.3.1', 'other'],
      'Which version': ['5.8', '4.4.19'],
    });
    const draft = await ask({}, prompts, around());
    expect(asked.filter((one) => one === 'Which broker?')).toHaveLength(2);
    expect(draft.broker).toEqual({ kind: 'emqx', version: '4.4.19' });
  });

  it.each([
    ['a file of this computer', { 'Which package file?': './emqx.deb' }, { package: './emqx.deb' }],
    [
      'a file at an address, with its SHA-256',
      { 'Which package file?': ['emqx.rpm', 'https://example.org/emqx.deb'], SHA: ['abc', 'a'.repeat(64)] },
      { package: 'https://example.org/emqx.deb', sha256: 'a'.repeat(64) },
    ],
    ['nothing, for the vendor’s repository', {}, {}],
  ])('takes %s for a version that few repositories have', async (_, answers, expected) => {
    const { prompts, asked } = person({ ...yes, 'Which broker?': '4.4.19', ...answers });
    const draft = await ask({}, prompts, around());
    expect(draft.broker).toEqual({ kind: 'emqx', version: '4.4.19', ...expected });
    expect(asked.join()).toContain('Which protocols');
  });

  it('offers CoAP and LwM2M only where they come encrypted', async () => {
    const { prompts, asked } = person({ ...yes, 'Which broker?': 'other', 'Which version': '5.0.26' });
    await ask({}, prompts, around());
    expect(asked.join()).not.toContain('protocols');
  });

  it('case 152: does not offer CoAP where EMQX lets its devices hang', async () => {
    const { prompts } = person({ ...yes, 'Which broker?': '5.8.9' });
    const offered: unknown[] = [];
    const select: typeof prompts.select = (question) => {
      if (question.message.includes('protocols'))
        offered.push(...question.choices.map((choice) => (choice as { value: unknown }).value));
      return prompts.select(question);
    };
    await ask({}, { ...prompts, select }, around());
    expect(offered).toEqual(['mqtt', 'mqtt,lwm2m']);
  });

  it('asks Mosquitto neither for a dashboard nor for protocols', async () => {
    const { prompts, asked } = person({ ...yes, 'Which broker?': 'mosquitto' });
    const draft = await ask({}, prompts, around());
    expect(draft.broker).toEqual({ kind: 'mosquitto' });
    expect(asked.join()).not.toMatch(/dashboard|protocols/);
  });

  it('validates each answer by the schema before the next question', async () => {
    const { prompts, refused } = person({
      ...yes,
      'Which server?': ['-oProxyCommand=x', 'Root!@lab', ' debian@lab '],
      'Your user name': ['root', 'ada'],
      'E-mail': ['nonsense', ' ada@example.org '],
    });
    const draft = await ask({}, prompts, around());
    expect(draft).toMatchObject({ server: 'lab', login: { user: 'debian' }, user: { name: 'ada' } });
    expect(draft.certificate?.email).toBe('ada@example.org');
    expect(refused).toEqual([
      expect.stringContaining('It must be an address'),
      expect.stringContaining('It must be a user name'),
      'It must not be an account that the system uses itself.',
      'It must be an e-mail address.',
    ]);
  });

  it('does not ask who logs in where ~/.ssh/config says so', async () => {
    const { prompts, asked } = person(yes);
    const draft = await ask({}, prompts, around({ sshUser: async () => 'ubuntu' }));
    expect(asked).not.toContain('Who logs in there the first time?');
    expect(draft.login).toBeUndefined();
  });

  it('does not preselect the terms, and ends without them', async () => {
    const { prompts, defaults } = person({ ...yes, 'Do you accept': ENTER });
    await expect(ask({}, prompts, around())).rejects.toThrow(Cancelled);
    expect(defaults.get("Do you accept the certificate authority's terms?")).toBe(false);
  });

  it("offers the user's own keys, and no type for a key that exists", async () => {
    const own = join(homedir(), '.ssh', 'id_ed25519');
    const { prompts, asked, choices } = person({
      ...yes,
      'Which SSH key': '~/.ssh/id_ed25519',
      'Add such': false,
    });
    const draft = await ask(
      {},
      prompts,
      around({ ownKeys: async () => [own], exists: async (file) => file === own }),
    );
    expect(choices[1]).toEqual(['a new one: ~/.ssh/broker-setup_mqtt', '~/.ssh/id_ed25519', 'another file']);
    expect(asked).not.toContain('Type of the new key?');
    expect(draft.key).toEqual({ file: '~/.ssh/id_ed25519' });
  });

  it('takes another path, but not the public half', async () => {
    const { prompts, refused } = person({ ...yes, 'Which SSH key': '', 'Its path': ['~/k.pub', '~/k'] });
    expect((await ask({}, prompts, around())).key?.file).toBe('~/k');
    expect(refused).toEqual([expect.stringMatching(/^key\.file is .* must be the private half of the key/)]);
  });

  it('says that the key of an earlier run is there', async () => {
    const { prompts, choices } = person(yes);
    await ask({}, prompts, around({ exists: async () => true }));
    expect(choices[1]?.[0]).toBe('~/.ssh/broker-setup_mqtt (it is there already)');
  });
});

describe('each answer at its own question', () => {
  it('case 251: is checked together with those given before: no private name with a public authority', async () => {
    const { prompts, refused, asked } = person({
      ...yes,
      'Domain of': ['mqtt.lab.test', 'mqtt.example.org'],
    });
    const draft = await ask({}, prompts, around());
    expect(draft.domain).toBe('mqtt.example.org');
    expect(refused).toEqual([expect.stringMatching(/^domain is "mqtt.lab.test", but must be a public name/)]);
    expect(asked.filter((one) => one === 'Domain of the broker?')).toHaveLength(1);
  });

  it('case 251: is asked for again where a choice does not fit what was given', async () => {
    const { prompts, told } = person({ ...yes, 'Which broker?': ['mosquitto', '6.3.1'] });
    const draft = await ask({ protocols: ['coap'] }, prompts, around());
    expect(draft.broker).toMatchObject({ kind: 'emqx', version: '6.3.1' });
    expect(told.join(' ').replace(/\s+/g, ' ')).toContain('Mosquitto speaks neither CoAP nor LwM2M');
  });

  it('case 252: a file that is no key is refused where it is named, and another is asked for', async () => {
    const why = 'key.file: /etc/passwd cannot be used as a key.';
    const { prompts, refused, told } = person({
      ...yes,
      'Which SSH key': ['~/.ssh/broken', ''],
      'Its path': ['/etc/passwd', '~/k'],
    });
    const whyNoKey = async (file: string) =>
      file === '/etc/passwd' ? why : file.endsWith('broken') ? 'key.file: broken.' : undefined;
    const draft = await ask({}, prompts, around({ whyNoKey }));
    expect(draft.key?.file).toBe('~/k');
    expect(refused).toEqual([why]);
    expect(told.join('\n')).toContain('key.file: broken.');
  });

  it('case 253: is kept before the next question; what is kept is complete only at the end', async () => {
    const { prompts } = person(yes);
    const kept: Draft[] = [];
    const keep = async (draft: Draft) => void kept.push(structuredClone(draft));
    const whole = await ask({}, prompts, around(), { keep });
    expect(kept[0]).toEqual({ server: '203.0.113.7' });
    expect(kept.at(-1)).toEqual(whole);
    for (const part of kept.slice(0, -1)) expect(complete(part)).toMatchObject({ problems: [] });
    expect(kept.map((part) => complete(part).settings !== undefined).indexOf(true)).toBe(kept.length - 1);
  });

  it('case 253: after Ctrl-C at any question the next run asks the rest, with the same outcome', async () => {
    const all = await ask({}, person(yes).prompts, around());
    for (let stop = 1; stop < 18; stop += 1) {
      const { prompts } = person(yes);
      let kept: Draft = {};
      let left = stop;
      const cut =
        <Config, Answer>(question: (config: Config) => Promise<Answer>) =>
        (config: Config): Promise<Answer> => {
          left -= 1;
          return left < 0 ? Promise.reject(new Cancelled()) : question(config);
        };
      const interrupted = {
        ...prompts,
        input: cut(prompts.input),
        select: cut(prompts.select),
        confirm: cut(prompts.confirm),
      };
      const keep = async (draft: Draft) => {
        kept = structuredClone(draft);
      };
      await expect(ask({}, interrupted, around(), { keep })).rejects.toThrow(Cancelled);
      expect(complete(kept).settings).toBeUndefined();
      expect(await ask(kept, person(yes).prompts, around())).toEqual(all);
    }
  });

  it('is kept when it is given: the broker with its licence, and that there is no alias, package or e-mail', async () => {
    const answers = { ...yes, 'Add such': false, 'Which broker?': 'other', 'Which version': '5.9.0' };
    const { prompts, asked } = person(answers);
    const kept: [string | undefined, Draft][] = [];
    const keep = async (draft: Draft) => void kept.push([asked.at(-1), structuredClone(draft)]);
    await ask({}, prompts, around(), { keep });
    const after = (question: string) => kept.find(([last]) => last?.startsWith(question))?.[1];
    expect(after('Add such')?.key).toHaveProperty('alias', '');
    expect(after('Do you accept the licence')?.broker).toEqual({
      ...{ kind: 'emqx', version: '5.9.0', agree_licence: true },
    });
    expect(after('Which package file?')?.broker).toHaveProperty('package', '');
    expect(after('E-mail')?.certificate).toHaveProperty('email', '');
  });

  it('is not asked for again, where it was that there is none; complete settings leave it out', async () => {
    const terms = { "Do you accept the certificate authority's": [ENTER, ENTER] };
    const answers = { ...terms, ...yes, 'Add such': false, 'Which broker?': '4.4.19' };
    let kept: Draft = {};
    const keep = async (draft: Draft) => {
      kept = structuredClone(draft);
    };
    await expect(ask({}, person(answers).prompts, around(), { keep })).rejects.toThrow(Cancelled);
    const { prompts, asked } = person(yes);
    const whole = await ask(kept, prompts, around(), { keep });
    expect(asked).toEqual(["Do you accept the certificate authority's terms?"]);
    expect(whole.key).not.toHaveProperty('alias');
    expect(whole.broker).toEqual({ kind: 'emqx', version: '4.4.19' });
    expect(kept).toEqual(whole);
  });

  it('case 255: Enter at the terms says what that means, and asks once more', async () => {
    const { prompts, asked, told } = person({
      "Do you accept the certificate authority's": [ENTER, true],
      ...yes,
    });
    const draft = await ask({}, prompts, around());
    expect(draft.certificate?.agree_terms).toBe(true);
    expect(asked.filter((one) => one.startsWith('Do you accept the certificate'))).toHaveLength(2);
    expect(told.join('\n')).toContain('Without them there is no certificate');
  });

  it('case 256: the server is contacted before the next question, and may be named again', async () => {
    const { prompts, asked } = person({ ...yes, 'Which server?': ['nosuch.example.org', 'ada@lab'] });
    const met: [Draft, number][] = [];
    const meet = async (draft: Draft) => {
      met.push([structuredClone(draft), asked.length]);
      return met.length === 1 ? ('rename' as const) : ('go-on' as const);
    };
    const draft = await ask({}, prompts, around(), { meet });
    expect(met).toEqual([
      [{ server: 'nosuch.example.org', login: { user: 'root' } }, 2],
      [{ server: 'lab', login: { user: 'ada' } }, 3],
    ]);
    expect(draft).toMatchObject({ server: 'lab', login: { user: 'ada' } });
  });
});

describe('safe answers by Enter alone', () => {
  it('case 257: one sentence recommends a broker by need, and Enter takes Mosquitto', async () => {
    const { prompts, told } = person({ ...yes, 'Which broker?': ENTER });
    const draft = await ask({}, prompts, around());
    expect(draft.broker).toEqual({ kind: 'mosquitto' });
    expect(told.join(' ').replace(/\s+/g, ' ')).toContain(
      'Take Mosquitto, unless you want a dashboard in the browser, CoAP devices or, later, a cluster',
    );
  });

  it.each([
    ['6.3.1', ['mqtt', 'mqtt,coap']],
    ['5.8.9', ['mqtt', 'mqtt,lwm2m']],
    ['4.4.19', ['mqtt', 'mqtt,coap']],
  ])('case 257: EMQX %s is offered only the protocols that it can do', async (version, expected) => {
    const { prompts } = person({ ...yes, 'Which broker?': version });
    const offered: string[] = [];
    const select: typeof prompts.select = (question) => {
      if (question.message.includes('protocols')) offered.push(...question.choices.map(({ value }) => value));
      return prompts.select(question);
    };
    await ask({}, { ...prompts, select }, around());
    expect(offered).toEqual(expected);
  });

  it('case 258: Enter puts the dashboard behind a tunnel; a file that does not say it keeps its meaning', async () => {
    const draft = await ask({}, person(yes).prompts, around());
    expect(draft.dashboard).toBe('tunnel');
    const { dashboard, ...older } = draft;
    expect(complete(older).settings?.dashboard).toBe('public');
  });
});

describe('in a terminal', () => {
  const config = {
    message: 'Domain of the broker?',
    validate: (value: string) => validate(leaf('domain'), value),
  };

  it('shows what is right at the prompt and goes on', async () => {
    const { answer, events, getScreen, nextRender } = await render(input, config);
    events.type('MQTT');
    events.keypress('enter');
    await nextRender();
    expect(getScreen()).toContain('It must be a full domain name in lower case');
    for (let i = 0; i < 4; i++) events.keypress('backspace');
    events.type('mqtt.example.org');
    events.keypress('enter');
    expect(await answer).toBe('mqtt.example.org');
  });

  it('case 259: a complaint is broken between words', async () => {
    const { message, validate: check } = fitting({
      message: 'Question?',
      validate: async (_: string) => `${'word '.repeat(30)}end`,
    });
    expect(message).toBe('Question?');
    const shown = String(await check(''));
    expect(shown.split('\n').length).toBeGreaterThan(1);
    for (const line of shown.split('\n')) expect(line).toMatch(/^(?:word ?)*(?:end)?$/);
  });

  it('Ctrl-C is Cancelled', async () => {
    const { answer, events } = await render(input, config);
    const cancelled = orCancelled(() => answer);
    events.keypress({ name: 'c', ctrl: true });
    await expect(cancelled).rejects.toMatchObject({ name: 'Cancelled', exitCode: 130 });
  });

  it('a defect stays a defect', async () => {
    await expect(orCancelled(() => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});

describe('isInteractive', () => {
  it.each([
    [true, true, true, {}, true],
    [true, true, true, { CI: 'true' }, false],
    [false, true, true, {}, false],
    [true, undefined, true, {}, false],
    [true, true, undefined, {}, false],
  ])('stdin %s, stdout %s, stderr %s, %j: %s', (stdin, stdout, stderr, env, expected) => {
    const tty = (isTTY: boolean | undefined) => (isTTY === undefined ? {} : { isTTY });
    expect(isInteractive({ stdin: tty(stdin), stdout: tty(stdout), stderr: tty(stderr), env })).toBe(
      expected,
    );
  });
});

describe('inWords', () => {
  it.each([
    [{ a: ['192.0.2.1'], aaaa: ['2001:db8::1'] }, 'a.example.org points at 192.0.2.1, 2001:db8::1 now.'],
    [{ a: [], aaaa: [] }, 'a.example.org has no address in DNS yet. Set it at your provider before the run.'],
    [
      { error: 'x' },
      'DNS could not be asked about a.example.org. It is looked at again before anything changes.',
    ],
  ])('%j', (found, expected) => {
    expect(inWords('a.example.org', found)).toBe(expected);
  });
});
