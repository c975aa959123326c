import { expect, it } from 'vitest';
import { parseRenewal } from '../../../src/steps/certbot/lineage.js';

it.each([
  ['server = https://ca.lan/dir', 'https://ca.lan/dir'],
  ['server = "https://ca.lan/dir?a=1,2"', 'https://ca.lan/dir?a=1,2'],
  ["server = 'https://ca.lan/dir#a'", 'https://ca.lan/dir#a'],
])('reads %s as certbot does', (line, server) => {
  expect(parseRenewal(`[renewalparams]\n${line}\nreuse_key = True\n`)).toMatchObject({
    server,
    reuseKey: true,
  });
});
