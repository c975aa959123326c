import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { BROKER } from '../../src/catalogue/broker.js';
import { CHECKS } from '../../src/catalogue/checks.js';
import { CATALOGUE, catalogued, whyItMatters } from '../../src/catalogue/index.js';
import { OWN_WAY } from '../../src/catalogue/opinionated.js';
import { OUTSIDE } from '../../src/catalogue/outside.js';
import { SERVER } from '../../src/catalogue/server.js';
import { checks } from '../../src/doctor/checks/index.js';
import { watch } from '../../src/doctor/checks/watch.js';
import { findingId } from '../../src/settings/formats.js';
import { steps } from '../../src/steps/index.js';

const ids = Object.keys(CATALOGUE);
const parts = [...steps, ...checks, watch('as-set')].map(({ id }) => id);

describe('every id', () => {
  it.each(Object.entries(CATALOGUE))('%s has a sentence for people', (_, why) => {
    expect(why).toMatch(/^\S.*[a-z)]\.$/s);
    expect(why).not.toMatch(/\s\s|\n/);
  });

  it('stands in one part of the catalogue only', () => {
    const all = [SERVER, BROKER, OUTSIDE, CHECKS].flatMap((part) => Object.keys(part));
    expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
    expect(all.sort()).toEqual([...ids].sort());
  });

  it('begins with a step, a check or a kind of look', () => {
    const begins = new Set([...parts, 'proofs', 'login', 'tls', 'mqtt', 'dashboard', 'doctor']);
    expect(ids.filter((id) => !begins.has(id.split('.')[0] ?? ''))).toEqual([]);
  });

  it('can be accepted in broker.yaml', () => {
    expect(ids.map((id) => id.replace('*', '8883')).filter((id) => !v.is(findingId, id))).toEqual([]);
  });

  it('is found again under itself', () => {
    for (const id of ids) expect(catalogued(id.replace('*', 'x1'))).toBe(id);
  });
});

describe('an id of many', () => {
  it.each([
    ['tls.8883', 'tls.*'],
    ['tls.18084', 'tls.*'],
    ['conf-edits.port-80', 'conf-edits.port-*'],
    ['mqtt.mqtts-anonymous', 'mqtt.*-anonymous'],
    ['mqtt.wss-message', 'mqtt.*-message'],
    ['mqtt.wss-wrong-password', 'mqtt.*-wrong-password'],
    ['certbot.port-80', 'certbot.port-80'],
  ])('%s is %s', (id, expected) => {
    expect(catalogued(id)).toBe(expected);
    expect(whyItMatters(id)).toBe(CATALOGUE[expected as keyof typeof CATALOGUE]);
  });

  it.each([
    'tls',
    'tls.',
    'tlsx8883',
    'xtls.8883',
    'conf-edits.port-',
    'conf-edits.portx80',
    'conf-editsxport-80',
    'mqtt.-anonymous',
    'mqtt.mqtts',
    'mqtt.mqtts-anonymousx',
    'ufw',
    'ufw.rulesx',
    'ufw-rules',
    'constructor',
    '',
  ])('%j does not exist', (id) => {
    expect(catalogued(id)).toBeUndefined();
    expect(whyItMatters(id)).toBeUndefined();
  });
});

it('our own way is made of ids that exist', () => {
  expect([...OWN_WAY].filter((id) => !ids.includes(id))).toEqual([]);
});

it('what is wrong on any server is not our own way', () => {
  const wrongAnywhere = [
    'accounts.empty-password',
    'conf-edits.anonymous',
    'sshd-config.overruled',
    'ufw.rules',
    'updates.off',
  ] as const;
  expect(wrongAnywhere.filter((id) => OWN_WAY.has(id))).toEqual([]);
});
