#!/usr/bin/env node
// Nothing newer than Node 12 understands: an old Node must get as far as saying that it is too old.
var needed = [20, 17];
var found = process.versions.node.split('.').map(Number);

function fail(problem, remedy) {
  console.error(problem + '\n' + remedy);
  process.exitCode = 1;
}

if (found[0] > needed[0] || (found[0] === needed[0] && found[1] >= needed[1])) {
  import('node:module').then(function (module) {
    // Keeps compiled code between runs; Node 20 has no such thing.
    if (module.enableCompileCache) module.enableCompileCache();
    return import('../dist/cli.js').catch(function (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      fail('broker-setup is not built yet.', 'In a clone, run `npm ci` first.');
    });
  });
} else {
  fail(
    'broker-setup needs Node.js ' + needed.join('.') + ' or newer, but this is ' + found.join('.') + '.',
    'Install the current LTS version from https://nodejs.org and run the same command again.',
  );
}
