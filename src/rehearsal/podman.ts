import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Boot } from './boot.js';
import { networkOf } from './network.js';
import { groundScript, recordsScript } from './podman-ground.js';
import { podmanImages } from './podman-image.js';
import { mixesCgroups, runtimeOptions, serverScript, ulimitOptions } from './podman-server.js';
import { choosePorts, PUBLISHED } from './ports.js';
import { greetsSsh, until } from './ready.js';
import { attempt, run } from './run.js';
import { directoryOf, readStates, type State } from './state.js';

const groundOf = (state: Pick<State, 'name'>) => `${state.name}-ca`;

/** Address of the container with the CA and DNS in a rehearsal's network. */
const groundAddress = (state: State) => `10.213.${state.slot}.2`;

/** Boots systemd in a podman container; the CA and DNS run in a second one. Both share a network of their own. */
export const podman: Boot = {
  async plan(state) {
    const { server, server6 } = networkOf(state.slot);
    const others = await readStates();
    const ports = await choosePorts(others.flatMap((other) => Object.values(other.ports)));
    return {
      address: '127.0.0.1',
      sshPort: ports[22] ?? 22,
      ports,
      resolver: `127.0.0.1:${ports[53]}`,
      directory: `https://${groundAddress(state)}:14000/dir`,
      records: { a: [server], aaaa: [server6] },
    };
  },

  async prepare(release, onProgress, signal) {
    await podmanImages(release, onProgress, signal);
  },

  async start(state, onProgress, signal) {
    const images = await podmanImages(state.release, onProgress, signal);
    const { subnet, server, server6 } = networkOf(state.slot);
    const publish = (port: number, protocol = 'tcp') =>
      `--publish=127.0.0.1:${state.ports[port]}:${port}/${protocol}`;
    const common = ['--detach', `--network=${state.name}`, ...(await ulimitOptions())];
    onProgress(`booting Debian ${state.release} with podman`);
    const subnets = [`--subnet=${subnet}`, '--ipv6', `--subnet=${server6.replace(/::10$/, '::/64')}`];
    // Not interrupted by the signal: podman killed half way leaves mounts and networks that it cannot remove itself.
    await run('podman', ['network', 'create', '--disable-dns', ...subnets, state.name]);
    signal?.throwIfAborted();
    const runtime = await runtimeOptions();
    const ground = [
      publish(14000),
      publish(15000),
      publish(53),
      publish(53, 'udp'),
      `--ip=${groundAddress(state)}`,
    ];
    const names = [`--name=${groundOf(state)}`, ...ground, images.ground, 'sh', '-c'];
    await run('podman', [...runtime, 'run', ...common, ...names, groundScript(state, groundAddress(state))]);
    signal?.throwIfAborted();
    const machine = [
      '--systemd=always',
      '--cap-add=NET_ADMIN,NET_RAW,SYS_ADMIN,AUDIT_WRITE',
      // A reboot from inside ends the container; this starts it again.
      '--restart=always',
      '--no-hosts',
      '--hostname=rehearsal',
      `--ip=${server}`,
      `--ip6=${server6}`,
      ...[22, ...PUBLISHED].map((port) => publish(port)),
    ];
    const boot = [images.server, 'sh', '-c', serverScript(state, groundAddress(state), await mixesCgroups())];
    await run('podman', [...runtime, 'run', ...common, ...machine, `--name=${state.name}`, ...boot]);
    signal?.throwIfAborted();
    const ca = ['exec', groundOf(state), 'cat', '/rehearsal/acme-ca.pem'];
    const readCa = async () => {
      const { code, stdout } = await attempt('podman', ca, { signal });
      if (code === 0) await writeFile(join(directoryOf(state.name), 'acme-ca.pem'), stdout);
      return code === 0 && stdout !== '';
    };
    await until('The CA of the rehearsal', 20, readCa, {
      signal,
      why: () => podman.lastWords(state, 'pebble'),
    });
    await untilUp(state, signal);
  },

  exec(state, script) {
    const env = [
      'HOME=/root',
      'LC_ALL=C.UTF-8',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ];
    return attempt('podman', ['exec', state.name, 'env', '-i', ...env, 'sh', '-c', script]);
  },

  async setDns(state, records) {
    await run('podman', ['exec', groundOf(state), 'sh', '-c', recordsScript(state.domain, records)]);
  },

  async reboot(state) {
    await run('podman', ['stop', '--time=0', state.name]);
    await run('podman', ['start', state.name]);
    await untilUp(state);
  },

  async lastWords(state, part) {
    const name = part === 'server' ? state.name : groundOf(state);
    const { stdout, stderr } = await attempt('podman', ['logs', '--tail=8', name]);
    return (stdout + stderr).trim();
  },

  async remove(claim) {
    const containers = [claim.name, groundOf(claim)];
    await run('podman', ['rm', '--force', '--ignore', '--time=0', '--volumes', ...containers]);
    const { code } = await attempt('podman', ['network', 'exists', claim.name]);
    if (code === 0) await run('podman', ['network', 'rm', '--force', claim.name]);
  },
};

const untilUp = (state: State, signal?: AbortSignal) =>
  until('The sshd of the server', 60, () => greetsSsh(state.address, state.sshPort), {
    signal,
    why: () => podman.lastWords(state, 'server'),
  });
