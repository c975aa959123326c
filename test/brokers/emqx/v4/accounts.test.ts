import { expect, it } from 'vitest';
import { complete, contextFor, findings, installed } from '../node.js';
import { shipped } from '../shipped.js';

const VERSION = '4.4.19';

it('an account that is there already goes first, or another password could not be set', () => {
  const context = contextFor(VERSION);
  const node = { ...complete(installed(shipped(VERSION)), context), accounts: 'own,false,false,true' };
  const found = findings(node, context).find(({ id }) => id === 'conf-edits.device')?.change;
  expect(found?.kind === 'run' && found.script.run).toMatch(
    /untold\/devicePassword[\s\S]*mnesia:dirty_delete\(emqx_user, \{username, <<"device-1">>\}\),\s*emqx_auth_mnesia_cli:add_user\(\{username, <<"device-1">>\}, <<"open sesame">>\)/,
  );
});
