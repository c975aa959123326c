import { expect, it } from 'vitest';
import { brokerFor } from '../../src/brokers/index.js';
import { checks } from '../../src/doctor/checks/index.js';
import { withoutLimit } from '../../src/engine/probe.js';
import { steps } from '../../src/steps/index.js';
import { contextFor } from '../context.js';

/** They write a package cache of many megabytes wherever dpkg has changed something (apt-cache(8), APT::Cache). */
const OPENS_CACHE = /\bapt(?:-(?:mark|cache|get))? /;

it.each([{ kind: 'mosquitto' }, { kind: 'emqx', version: '5.8.9', agree_licence: true }])(
  'case 334: no probe runs a program of apt that the limit for output would kill (%o)',
  (broker) => {
    const context = contextFor({ settings: { broker } });
    const { install, conf } = brokerFor(context.settings);
    const probes = [...steps, ...checks, install, conf].map((part) => part.probe(context).run);
    const limited = probes.flatMap((script) => script.split(withoutLimit.run).slice(0, 1));
    expect(limited.filter((script) => OPENS_CACHE.test(script))).toEqual([]);
    expect(limited.length).toBeGreaterThan(20);
  },
);
