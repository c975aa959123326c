import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokerFor } from '../../../../src/brokers/index.js';
import type { Settings } from '../../../../src/settings/schema.js';
import { complete, contextFor, findings, installed } from '../node.js';
import { shipped } from '../shipped.js';
import { type Stubs, stubs } from '../stubs.js';

const VERSION = '5.8.9';

let server: Stubs;
beforeEach(() => {
  server = stubs('chown', 'systemctl', 'ss');
  server.stub('pgrep', 'echo 53');
  server.stub('ps', 'echo 420');
  mkdirSync(join(server.root, 'run'));
});
afterEach(() => server.remove());

/** The Erlang that EMQX is handed. */
function handedOver(script: string): string {
  server.stub('su', `cat ${server.root}/run/*/program >'${server.root}/program'; echo '{ok,ok}'`);
  server.run(`set +eu\n${script}`, '/run/broker-setup');
  return readFileSync(join(server.root, 'program'), 'utf8');
}

/** What the change with this name hands over. */
function change(id: string, accounts: string, protocols: Settings['protocols']): string {
  const context = contextFor(VERSION, { protocols });
  const node = { ...complete(installed(shipped(VERSION)), context), accounts };
  const found = findings(node, context).find((one) => one.id === `conf-edits.${id}`)?.change;
  if (found?.kind !== 'run') throw new Error(`no change ${id}`);
  return handedOver(found.script.run);
}

const MQTT = "['mqtt:global']";

describe('each protocol keeps accounts of its own', () => {
  it.each<[Settings['protocols'], string]>([
    [['mqtt'], '[]'],
    [['mqtt', 'coap'], "['coap:global']"],
    [['mqtt', 'coap', 'lwm2m'], "['coap:global', 'lwm2m:global']"],
    [['lwm2m'], "['lwm2m:global']"],
  ])('%j: the node is asked for that of MQTT, and apart from it for those in %s', (protocols, chains) => {
    const context = contextFor(VERSION, { protocols });
    const program = handedOver(brokerFor(context.settings).conf.probe(context).run);
    const asked = program.matchAll(
      /lists:all\(fun\(Chain\) -> mnesia:dirty_read\(emqx_authn_mnesia, \{Chain, <<"device-1">>\}\) =\/= \[\] end, (\[.*?\])\)/g,
    );
    expect([...asked].map(([, list]) => list)).toEqual([MQTT, chains]);
  });

  it.each<[Settings['protocols'], string]>([
    [['mqtt', 'coap'], "['coap:global']"],
    [['mqtt', 'coap', 'lwm2m'], "['coap:global', 'lwm2m:global']"],
  ])('%j: the account is copied as it is kept, so that its password stays', (protocols, chains) => {
    const program = change('gateway-account', 'own,true,false,false', protocols);
    expect(program).toContain(`mnesia:dirty_read(emqx_authn_mnesia, {'mqtt:global', <<"device-1">>})`);
    expect(program).toContain(`setelement(2, Account, {Chain, <<"device-1">>})) end, ${chains})`);
    expect(program).not.toMatch(/add_user|open sesame/);
  });

  it('one that is there already goes everywhere first, or another password could not be set', () => {
    const program = change('device', 'own,false,false,false', ['mqtt', 'coap']);
    expect(program).toMatch(
      /mnesia:dirty_delete\(emqx_authn_mnesia, \{Chain, <<"device-1">>\}\) end, \['mqtt:global' \| \['coap:global'\]\]\)[\s\S]*add_user/,
    );
  });

  it('a new one is made for MQTT, and then copied', () => {
    const program = change('device', 'own,false,false,false', ['mqtt', 'coap']);
    expect(program).toMatch(
      /add_user\('mqtt:global', .*user_id => <<"device-1">>, password => <<"open sesame">>.*\s+\{ok, _\} -> begin\s+\[Account\] = [\s\S]*\['coap:global'\]\)/,
    );
    expect(program.match(/add_user/g)).toHaveLength(1);
  });
});
