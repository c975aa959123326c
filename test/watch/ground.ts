import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mosquitto } from '../../src/brokers/mosquitto.js';
import type { Settings } from '../../src/settings/schema.js';
import { AUTO_UPGRADES_PATH, LISTS_STAMPS, ROUND_STAMP } from '../../src/templates/auto-upgrades.js';
import { watchConf } from '../../src/watch/conf.js';
import { watchScript } from '../../src/watch/script.js';
import { CLOCK } from '../clock.js';
import { settings } from '../recorded.js';

/** What curl was given: its arguments, its standard input, the body. */
export interface Sent {
  args: string[];
  config: string;
  body: string;
}

/** The real script on a tree of its own, with stand-ins for what asks the system. */
export interface WatchGround {
  root: string;
  at(path: string): string;
  write(path: string, content: string): void;
  /** A stand-in for a program. */
  program(name: string, body: string): void;
  lay(changes?: Partial<Settings>): void;
  run(): { status: number | null; stderr: string };
  /** What curl has sent since it was asked for the last time. */
  sent(): Sent[];
  last(): string;
  /** Everything is as at the beginning, but the state of the watch stays. */
  mend(): void;
  remove(): void;
}

const LIVE = `etc/letsencrypt/live/${settings.domain}`;

/** A certificate as on a server of the fixtures, which runs out in so many days. */
export function makeCertificate(folder: string, days: number): string {
  mkdirSync(folder, { recursive: true });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const names = ['-subj', `/CN=${settings.domain}`, '-addext', `subjectAltName=DNS:${settings.domain}`];
  const files = ['-keyout', join(folder, 'privkey.pem'), '-out', join(folder, 'fullchain.pem')];
  const args = ['req', '-x509', '-nodes', ...curve, '-days', String(days), ...names, ...files];
  execFileSync('openssl', args, { stdio: 'pipe' });
  return readFileSync(join(folder, 'fullchain.pem'), 'utf8');
}

function fingerprintIn(file: string): string {
  const args = ['x509', '-in', file, '-noout', '-fingerprint', '-sha256'];
  return execFileSync('openssl', args, { encoding: 'utf8' }).trim().split('=')[1] ?? '';
}

export function watchGround(): WatchGround {
  const root = mkdtempSync(join(tmpdir(), 'watch-'));
  const openssl = execFileSync('sh', ['-c', 'command -v openssl'], { encoding: 'utf8' }).trim();
  const kept = `${root}-kept`;
  const at = (path: string) => join(root, path);
  const write = (path: string, content: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  };
  const program = (name: string, body: string) => {
    write(`bin/${name}`, `#!/bin/sh\n${body}\n`);
    chmodSync(at(`bin/${name}`), 0o755);
  };
  const lay: WatchGround['lay'] = (changes = {}) => {
    const all = { ...settings, ...changes };
    write('etc/broker-setup/watch.conf', watchConf(all).reveal());
    const script = watchScript(mosquitto, all)
      .replace(/^PATH=.*$/m, `PATH=${at('bin')}:$PATH`)
      .replaceAll(
        /(?<![\w.}])\/(?=etc\/|var\/lib|var\/log|run\/reboot|proc\/uptime|boot\/|usr\/sbin)/g,
        `${root}/`,
      );
    write('watch', script);
  };
  // A server on which all is well.
  makeCertificate(at(LIVE), 90);
  write('served.pem', readFileSync(at(`${LIVE}/fullchain.pem`), 'utf8'));
  write('var/log/broker-setup/renewal.log', `x y ok sha256=${fingerprintIn(at(`${LIVE}/fullchain.pem`))}\n`);
  write('etc/ufw/ufw.conf', 'ENABLED=yes\n');
  write('proc/uptime', '864000.5 1.0\n');
  for (const path of [AUTO_UPGRADES_PATH, ROUND_STAMP, LISTS_STAMPS[0]]) write(path, '');
  mkdirSync(at('run'));
  program('openssl', `if [ "$1" = s_client ]; then cat '${at('served.pem')}'; else exec ${openssl} "$@"; fi`);
  program('iptables', "echo '-P INPUT DROP'; echo '-A INPUT -j ufw-before-input'");
  program('df', 'echo head; echo "x 9000 1000 8000 12% /var"');
  program('sleep', 'true');
  program(
    'systemctl',
    `case $* in
  *is-active*|*is-enabled*) for unit; do [ ! -e "${root}/off-$unit" ] || exit 3; done ;;
  *certbot.service) cat '${at('result')}' 2>/dev/null || echo Result=success ;;
  *list-units*) cat '${at('failed')}' 2>/dev/null || true ;;
esac`,
  );
  program(
    'curl',
    `n=$(ls '${root}' | grep -c '^sent-'); mkdir '${root}'/sent-$n
for word; do printf '%s\\n' "$word" >>'${root}'/sent-$n/args; case $word in @*) cp "\${word#@}" '${root}'/sent-$n/body ;; esac; done
cat >'${root}'/sent-$n/config
for refused in $(cat '${at('refused')}' 2>/dev/null); do grep -q "$refused" '${root}'/sent-$n/config && { rm -r '${root}'/sent-$n; echo 'curl: (22) refused' >&2; exit 22; }; done
exit 0`,
  );
  cpSync(root, kept, { recursive: true, preserveTimestamps: true });
  return {
    root,
    at,
    write,
    program,
    lay,
    run() {
      const env = { PATH: process.env.PATH ?? '', RUNTIME_DIRECTORY: at('run'), ...CLOCK };
      const { status, stderr } = spawnSync('sh', [at('watch')], { env, encoding: 'utf8' });
      return { status, stderr };
    },
    sent() {
      const folders = readdirSync(root).filter((name) => name.startsWith('sent-'));
      return folders.sort().map((name) => {
        const part = (file: string) => readFileSync(at(`${name}/${file}`), 'utf8');
        const one = { args: part('args').trimEnd().split('\n'), config: part('config'), body: part('body') };
        rmSync(at(name), { recursive: true });
        return one;
      });
    },
    last: () => readFileSync(at('var/lib/broker-setup/watch/last'), 'utf8'),
    mend() {
      const state = 'var/lib/broker-setup';
      for (const name of readdirSync(root)) if (name !== 'var') rmSync(at(name), { recursive: true });
      for (const name of readdirSync(at('var')))
        if (name !== 'lib') rmSync(at(`var/${name}`), { recursive: true });
      cpSync(kept, root, { recursive: true, preserveTimestamps: true });
      if (!existsSync(at(state))) throw new Error('the watch has not run yet');
    },
    remove() {
      for (const folder of [root, kept]) rmSync(folder, { recursive: true });
    },
  };
}

/** Makes a file of the tree look so many seconds old. */
export function age({ at }: WatchGround, path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  if (existsSync(at(path))) utimesSync(at(path), then, then);
}

/** What a webhook is sent. */
export interface Body {
  text: string;
  content: string;
  server: string;
  domain: string;
  new: { id: string; summary: string }[];
  gone: { id: string; summary: string }[];
  remaining: { id: string; summary: string }[];
}

/** The JSON that was sent since it was asked for the last time. */
export const bodies = ({ sent }: WatchGround): Body[] => sent().map(({ body }) => JSON.parse(body) as Body);
