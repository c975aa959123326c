import { expect, it } from 'vitest';
import { CATALOGUE, catalogued } from '../../src/catalogue/index.js';
import { NOT_HERE, SPOILS_4, SPOILS_5 } from '../e2e/doctor/emqx-spoils.js';

it('each finding about EMQX is produced with a stand-in, or it is said why not', () => {
  const produced = [...SPOILS_4, ...SPOILS_5].flatMap(({ found }) => found.map((id) => catalogued(id)));
  const here = new Set([...produced, 'broker-install.unmaintained', ...Object.keys(NOT_HERE)]);
  const about = Object.keys(CATALOGUE).filter((id) =>
    /^(?:broker-install|conf-edits|dashboard)\.|^ports\.udp$/.test(id),
  );
  expect(about.filter((id) => !here.has(id))).toEqual([]);
  expect(Object.keys(NOT_HERE).filter((id) => produced.includes(id) || !about.includes(id))).toEqual([]);
});
