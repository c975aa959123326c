import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Secret, type Sh, sh } from '../../../sh.js';

/** A question of an ssh, which has no terminal here. */
export interface Question {
  prompt: string;
  /** SSH_ASKPASS_PROMPT (ssh(1)): `none` is only told, `confirm` wants a yes. `host-key`: a line of known_hosts for `TYPE BASE64`. */
  kind: string | undefined;
  /** Process id of the ssh that asks. */
  asker: number;
}

export interface Askpass {
  /** To be in the environment of ssh. */
  env: Record<string, string>;
  /** Program that ssh asks about a host key (ssh_config(5), KnownHostsCommand). */
  judge: string;
  close(): void;
}

/**
 * What ssh runs as SSH_ASKPASS: it hands the question to a socket and prints what comes back. So a secret is on no command line, in no file
 * and in no environment; and it leaves this process only once ssh asks for it.
 */
const RELAY = `
const socket = require('node:net').connect(process.argv[1], () =>
  socket.write(JSON.stringify({ prompt: process.argv[2], kind: process.env.SSH_ASKPASS_PROMPT, asker: process.ppid }) + '\\n'));
let answer = '';
socket.setEncoding('utf8');
socket.on('data', (piece) => { answer += piece; });
socket.on('end', () => { if (answer[0] !== '+') process.exit(1); require('node:fs').writeSync(1, answer.slice(1) + '\\n'); });
socket.on('error', () => process.exit(1));
`;

/**
 * Answers the questions of ssh.
 * @param folder a private one
 * @param answer undefined where there is none: ssh then goes on without
 */
export async function openAskpass(
  folder: string,
  answer: (question: Question) => Promise<Secret | undefined>,
): Promise<Askpass> {
  const socket = join(folder, 'a');
  const program = join(folder, 'askpass');
  const server = createServer((asking) => {
    let text = '';
    asking.setEncoding('utf8');
    asking.on('error', () => undefined);
    asking.on('data', (piece: string) => {
      text += piece;
      if (!text.endsWith('\n')) return;
      reply(text, answer).then(
        (given) => asking.end(given === undefined ? '-' : `+${given.reveal()}`),
        () => asking.end('-'),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  const judge = join(folder, 'judge');
  await executable(program, sh`exec ${process.execPath} -e ${RELAY} ${socket} "$1"`);
  // It is asked about the order of types first, and says nothing to that.
  await executable(
    judge,
    sh`[ "$1" = HOSTNAME ] || exit 0
SSH_ASKPASS_PROMPT=host-key exec ${process.execPath} -e ${RELAY} ${socket} "$2 $3"`,
  );
  return {
    env: {
      SSH_ASKPASS: program,
      SSH_ASKPASS_REQUIRE: 'force',
      // OpenSSH before 8.4 knows no SSH_ASKPASS_REQUIRE; without a terminal it asks where it believes in a screen.
      DISPLAY: process.env.DISPLAY ?? ':0',
    },
    judge,
    close: () => server.close(),
  };
}

async function executable(file: string, script: Sh): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${script.run}\n`);
  await chmod(file, 0o700);
}

function reply(
  text: string,
  answer: (question: Question) => Promise<Secret | undefined>,
): Promise<Secret | undefined> {
  const { prompt, kind, asker } = JSON.parse(text) as Partial<Question>;
  return answer({ prompt: prompt ?? '', kind, asker: asker ?? 0 });
}
