/**
 * Makes docs/init.svg: a person called ada runs `npx broker-setup init` in a terminal of 80 columns, against a rehearsal
 * server. What is seen is what the program printed; only the time is shortened. Again, on Linux as root:
 *
 *     npx tsx scripts/recording.mts
 *
 * It needs tmux, unshare and setpriv (Debian: tmux, util-linux), and what `broker-setup rehearse` needs. It packs this
 * clone (which builds it), boots a server and a private certificate authority, records, and removes both.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { up } from '../src/rehearsal/index.js';
import { type Frame, svg } from './recording/svg.mjs';

const DOMAIN = 'mqtt.example.org';
const HOME = '/home/ada';
const UID = 4242;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const STYLE = /\u001b\[[\d;]*m/g;
const PATIENCE_MS = 300_000;

const target = resolve(process.argv[2] ?? 'docs/init.svg');
const folder = await mkdtemp(join(tmpdir(), 'recording-'));
const socket = join(folder, 'tmux');
const tmux = async (...args: string[]) =>
  (await execa('tmux', ['-S', socket, '-f', '/dev/null', ...args])).stdout;

const server = await up({ domain: DOMAIN, onProgress: (line) => console.error(line) });
try {
  await prepareHome();
  await tmux('new-session', '-d', '-x', '80', '-y', '30', `unshare --mount sh ${join(folder, 'enter')}`);
  await tmux('set-option', '-g', 'status', 'off');
  const frames = await record();
  await writeFile(target, svg(frames, 'broker-setup init: questions, the plan, the run and what was proved'));
} finally {
  await tmux('kill-server').catch(() => undefined);
  await server.down();
  await rm(folder, { recursive: true, force: true });
}

/** A home with nothing but the packed program in it, seen by a shell in a mount namespace of its own. */
async function prepareHome(): Promise<void> {
  const home = join(folder, 'home');
  await mkdir(home);
  const { stdout } = await execa('npm', ['pack', '--silent', '--pack-destination', folder]);
  const packed = join(folder, stdout.trim().split('\n').at(-1) ?? '');
  await execa('npm', [
    'install',
    '--silent',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefix',
    home,
    packed,
  ]);
  await copyFile(server.acme.caBundle, join(home, 'private-ca.pem'));
  // All that a rehearsal has and a server of one's own has not: its certificate authority and its DNS.
  await writeFile(
    join(home, 'broker.yaml'),
    `certificate:\n  directory: ${server.acme.directory}\n  ca_bundle: ~/private-ca.pem\n  resolver: ${server.resolver}\n`,
  );
  await writeFile(
    join(folder, 'passwd'),
    `root:x:0:0::/root:/bin/sh\nada:x:${UID}:${UID}::${HOME}:/bin/bash\n`,
  );
  await writeFile(join(folder, 'hosts'), `127.0.0.1 localhost\n${server.address} ${DOMAIN}\n`);
  await writeFile(
    join(folder, 'enter'),
    `set -eu
chown -R ${UID}:${UID} ${home}
mount -t tmpfs none /home
mkdir ${HOME}
mount --bind ${home} ${HOME}
mount --bind ${join(folder, 'passwd')} /etc/passwd
mount --bind ${join(folder, 'hosts')} /etc/hosts
cd ${HOME}
exec setpriv --reuid=${UID} --regid=${UID} --clear-groups env -i HOME=${HOME} USER=ada PATH="$PATH" \\
  TERM=xterm-256color LANG=C.UTF-8 npm_config_update_notifier=false PS1='$ ' bash --norc --noprofile
`,
  );
}

/** What ada answers; at every other question the default is right. */
function answerTo(question: string): string {
  const answers: [RegExp, string][] = [
    [/which server/i, DOMAIN],
    [/domain of the broker/i, DOMAIN],
    [/e-mail/i, 'ada@example.org'],
    // Typed letters go to the choice that begins so.
    [/which broker/i, 'Mosquitto'],
    [/terms/i, 'y'],
    [/right server/i, 'y'],
    [/^\? password/i, server.rootPassword],
  ];
  return answers.find(([pattern]) => pattern.test(question))?.[1] ?? '';
}

async function record(): Promise<Frame[]> {
  const frames: Frame[] = [];
  const see = async (seconds: number): Promise<string[]> => {
    const lines = await screen();
    const last = frames.at(-1);
    if (last?.lines.join('\n') === lines.join('\n')) last.seconds += seconds;
    else frames.push({ lines, seconds });
    return lines.map(plain);
  };
  const type = async (text: string) => {
    for (const letter of text) {
      await tmux('send-keys', '-l', letter);
      await sleep(40);
      await see(0.05);
    }
    await see(0.4);
    await tmux('send-keys', 'Enter');
  };

  await until((lines) => lines.at(-1) === '$');
  await see(0.6);
  await type('npx broker-setup init');
  const asked = new Set<number>();
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    await sleep(250);
    const lines = await see(0.1);
    if (lines.at(-1) === '$') break;
    if (Date.now() > end)
      throw new Error(`It did not end in time. The last it said:\n${lines.slice(-30).join('\n')}`);
    const at = lines.findLastIndex((line) => line.startsWith('? '));
    if (at === -1 || asked.has(at)) continue;
    asked.add(at);
    await sleep(400);
    await see(/these changes/.test(lines[at] ?? '') ? 3 : 0.9);
    await type(answerTo(lines[at] ?? ''));
  }
  const lines = await see(8);
  if (!lines.some((line) => line.includes(`${DOMAIN} is ready`))) {
    throw new Error(`The run did not go well:\n${lines.slice(-30).join('\n')}`);
  }
  return frames;
}

/**
 * All lines of the terminal, those that have scrolled out too, without the empty ones at the end. tmux says only where
 * a style changes; here each line begins with the style that the line above ended with.
 */
async function screen(): Promise<string[]> {
  const captured = (await tmux('capture-pane', '-e', '-p', '-S', '-')).split('\n');
  let style = '';
  const lines = captured.map((line) => {
    const begun = `${style}${line.trimEnd()}`;
    style = (begun.match(STYLE) ?? []).join('').replace(/^.*\[0?m/, '');
    return plain(line) === '' ? '' : begun;
  });
  while (lines.length > 0 && plain(lines.at(-1) ?? '') === '') lines.pop();
  return lines;
}

async function until(ready: (lines: string[]) => boolean): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (ready((await screen()).map(plain))) return;
    await sleep(100);
  }
  throw new Error('The terminal did not become ready.');
}

function plain(line: string): string {
  return line.replace(STYLE, '').trimEnd();
}
