import { readFileSync } from 'node:fs';
import { brokerFor } from '../src/brokers/index.js';
import { parseServer } from '../src/engine/server.js';
import type { Context, Finding, Laptop, Secrets, Step } from '../src/engine/step.js';
import { complete } from '../src/settings/complete.js';
import { Secret } from '../src/sh.js';
import { probed } from './facts.js';

/** A context as a run has it, for checks that are tried without a server. `settings` are merged over the required ones. */
export function contextFor(
  changes: { settings?: object; laptop?: Partial<Laptop>; secrets?: Partial<Secrets>; release?: string } = {},
): Context {
  const { settings, missing, problems } = {
    ...{ missing: [], problems: [] },
    ...complete({
      server: '203.0.113.7',
      domain: 'mqtt.example.org',
      broker: { kind: 'mosquitto' },
      certificate: { agree_terms: true },
      ...changes.settings,
    }),
  };
  if (!settings) throw new Error(`settings of a test: ${[...missing, ...problems].join(', ')}`);
  return {
    settings,
    broker: brokerFor(settings),
    server: parseServer(
      { code: 0, stdout: fixture('server', changes.release ?? 'bookworm-done') },
      'root',
      '203.0.113.7',
    ),
    laptop: {
      publicKey: undefined,
      hostEntry: undefined,
      dns: { a: ['203.0.113.7'], aaaa: [] },
      caa: { issuers: [] },
      caBundle: undefined,
      brokerPackage: undefined,
      agentKeys: 0,
      ...changes.laptop,
    },
    secrets: {
      devicePassword: new Secret('device'),
      dashboardPassword: new Secret('dashboard'),
      nodeCookie: new Secret('cookie'),
      sudoPassword: undefined,
      sudoPasswordMade: false,
      keyPassphrase: undefined,
      ...changes.secrets,
    },
    packages: [],
    now: new Date('2026-11-22T12:00:00Z'),
  };
}

/** Output of a step's probe on a real server. */
export function fixture(step: string, name: string): string {
  return readFileSync(new URL(`fixtures/${step}/${name}.txt`, import.meta.url), 'utf8');
}

/** What a step finds in the output of its probe. */
export function findings(step: Step, stdout: string, context: Context): Finding[] {
  return step.see(probed(stdout), context).findings;
}

/** Their ids, which is what most tests are about. */
export function ids(step: Step, stdout: string, context: Context): string[] {
  return findings(step, stdout, context).map((finding) => finding.id);
}

/** The output with the value of one answer replaced, or taken away. */
export function answering(stdout: string, name: string, value: string | undefined): string {
  const line = new RegExp(`^${name}=.*\n`, 'm');
  const other = value === undefined ? '' : `${name}=${value}\n`;
  return line.test(stdout) ? stdout.replace(line, () => other) : `${other}${stdout}`;
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
