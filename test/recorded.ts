import { brokerFor } from '../src/brokers/index.js';
import type { Context, Step } from '../src/engine/step.js';
import type { Settings } from '../src/settings/schema.js';
import { Secret } from '../src/sh.js';
import { fixture } from './context.js';
import { fileIn, probed, type Recorded, withFile } from './facts.js';

/** Settings like those that the fixtures of the second half of the pipeline were recorded with. */
export const settings: Settings = {
  version: 1,
  server: '203.0.113.7',
  login: {},
  domain: 'mqtt.rehearsal.test',
  hostname: 'mqtt',
  user: { name: 'researcher', sudo: 'without-password' },
  key: { file: '/home/me/.ssh/broker', type: 'ed25519' },
  exposure: 'encrypted',
  hardening: 'standard',
  broker: { kind: 'mosquitto' },
  dashboard: 'public',
  protocols: ['mqtt'],
  device: { name: 'device-1' },
  certificate: {
    agree_terms: true,
    key_type: 'ecdsa',
    directory: 'https://acme-v02.api.letsencrypt.org/directory',
  },
  reboot: 'no',
  accept: [],
  watch: {},
};

export interface Other {
  settings?: Partial<Settings>;
  certificate?: Partial<Settings['certificate']>;
  server?: Partial<Context['server']>;
  laptop?: Partial<Context['laptop']>;
  now?: Date;
}

/** A context in which everything is as it should be; each part can be given otherwise. */
export function contextWith(other: Other = {}): Context {
  const certificate = { ...settings.certificate, ...other.certificate };
  const all = { ...settings, ...other.settings, certificate };
  return {
    settings: all,
    broker: brokerFor(all),
    server: {
      id: 'debian',
      version: '12',
      codename: 'bookworm',
      pretty: 'Debian GNU/Linux 12 (bookworm)',
      arch: 'amd64',
      openssh: 902,
      clock: Number.NaN,
      login: 'root',
      addresses: ['203.0.113.7', '2001:db8::7'],
      reached: ['203.0.113.7'],
      hostKeys: [],

      ...other.server,
    },
    laptop: {
      publicKey: undefined,
      hostEntry: undefined,
      caa: { issuers: [] },
      dns: { a: ['203.0.113.7'], aaaa: ['2001:db8::7'] },
      caBundle: undefined,
      brokerPackage: undefined,
      agentKeys: 0,
      ...other.laptop,
    },
    secrets: {
      devicePassword: new Secret('open sesame'),
      dashboardPassword: new Secret('open dashboard'),
      nodeCookie: new Secret('a cookie'),
      sudoPassword: undefined,
      sudoPasswordMade: false,
      keyPassphrase: undefined,
    },
    packages: [],
    now: other.now ?? new Date('2026-11-23T12:00:00Z'),
  };
}

/** What a probe printed on a real server. */
export function recorded(step: string, name: string): Recorded {
  return probed(fixture(step, name));
}

/** The same output, spoiled in one place. */
export function spoiled(output: Recorded, from: string | RegExp, to: string): Recorded {
  const recording = output.recording.replace(from, to);
  if (recording === output.recording) throw new Error(`nothing to spoil: ${from}`);
  return probed(recording);
}

/** The same output with another content of a file, e.g. what its template makes today. */
export function withContent(output: Recorded, path: string, content: string): Recorded {
  return probed(withFile(output.recording, path, { ...fileIn(output.recording, path), content }));
}

/** Findings of a step as `id level`. */
export function seen(step: Step, output: Recorded, context: Context): string[] {
  return step.see(output, context).findings.map(({ id, level }) => `${id} ${level}`);
}
