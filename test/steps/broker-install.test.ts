import { expect, it } from 'vitest';
import { brokerInstall } from '../../src/steps/broker-install.js';
import { contextWith, recorded, seen } from '../recorded.js';

const context = contextWith();
const service = (active: string, unitFile: string) => ({
  code: 0,
  stdout: `Status=installed\nActiveState=${active}\nUnitFileState=${unitFile}\n`,
});

it.each([
  ['bookworm-untouched', ['broker-install.package change', 'broker-install.service change']],
  ['bookworm-package', []],
  ['trixie-package', []],
  ['trixie-complete', []],
])('on a server like %s', (name, expected) => {
  expect(seen(brokerInstall, recorded('broker-install', name), context)).toEqual(expected);
});

it.each([
  ['inactive', 'enabled', ['broker-install.service change']],
  ['failed', 'enabled', ['broker-install.service change']],
  ['active', 'disabled', ['broker-install.service change']],
  ['inactive', 'masked', ['broker-install.service stop']],
])('with a service that is %s and %s', (active, unitFile, expected) => {
  expect(seen(brokerInstall, service(active, unitFile), context)).toEqual(expected);
});

it('is installed with the packages of all steps', () => {
  expect(brokerInstall.packages(context)).toEqual(['mosquitto']);
});
