import { type Inventory, type Listening, opens } from '../../engine/inventory.js';
import { listening } from '../../engine/listening.js';
import { type Asking, defineStep, type Outside, type Proof } from '../../engine/step.js';
import { ipv6Proof, judgeClosed, silence } from '../../proofs/ports.js';

/** What listens on the server, and whether the world reaches more of it than anybody asked for. */
export const ports = defineStep<Listening[]>({
  id: 'ports',
  title: 'Ports, from inside and outside',
  needs: () => ({ listeners: true }),
  parse: ({ facts }) => {
    const found = listening(facts.listeners());
    // Whoever is asked over SSH listens at least for SSH.
    if (found.length === 0) throw new Error('The server did not tell what listens on it (ss).');
    return found;
  },
  check: () => [],
  inventory: (listeners) => ({ listeners }),
  proofs: () => [ipv6Proof, unaskedProof],
});

const unaskedProof: Proof = {
  id: 'ports.unasked',
  title: 'No other TCP port of the server answers to the world',
  inside: true,
  async run(outside) {
    const { inventory, addresses } = await outside.inside;
    if (inventory.listeners === undefined)
      return { ok: undefined, detail: 'what listens on the server is not known' };
    const candidates = unasked(outside.context, inventory);
    const numbers = [...candidates.keys()];
    if (numbers.length === 0) return { ok: true, detail: 'nothing else could be reached' };
    const reached = new Set<string>();
    const looks = await silence(addresses, numbers, worldPorts(outside), reached);
    const seen = judgeClosed(looks, inventory, reached);
    if (seen.ok !== false) return seen;
    const open = (seen.ports ?? []).filter((look) => look.seen === 'open').map(({ port }) => port);
    const named = [...new Set(open)].map((port) => `${port} (${candidates.get(port)})`);
    return {
      ...seen,
      detail: `${named.join(', ')} answer${named.length === 1 ? 's' : ''}`,
      hint: 'Stop what is not needed. What only this server needs, bind to 127.0.0.1; a container with -p 127.0.0.1:8080:80. What the world is to reach, allow by a rule of your own: sudo ufw allow PORT/tcp',
    };
  },
};

const worldPorts = ({ context: { broker, settings } }: Outside): number[] =>
  broker
    .listeners(settings)
    .filter(({ reach, transport }) => reach === 'world' && transport === 'tcp')
    .map(({ port }) => port);

/**
 * Pure. TCP ports that others could reach and nobody asked for, with the program's name. A rule of the firewall that opens
 * one is somebody's wish; the broker's own that are to be closed have a proof of their own.
 */
function unasked({ broker, settings }: Asking, inventory: Inventory): Map<number, string> {
  const own = [...broker.listeners({ ...settings, exposure: 'guide' }), ...broker.listeners(settings)];
  const asked = new Set([...own.map(({ port }) => port), ...broker.inner(settings), 80]);
  return new Map(
    reachable(inventory).filter(
      ([port]) => !asked.has(port) && !(inventory.firewall && opens(inventory.firewall, port, 'tcp')),
    ),
  );
}

function reachable({ listeners = [], firewall, sshPorts = [] }: Inventory): [number, string][] {
  const published = (firewall?.published ?? [])
    .filter((port) => /^\d+\/tcp$/.test(port))
    .map((port): [number, string] => [Number.parseInt(port, 10), 'a container']);
  const programs = listeners
    // The SSH server is looked at by its own step.
    .filter(({ transport, world }) => transport === 'tcp' && world)
    .filter(({ port, program }) => (sshPorts.length > 0 ? !sshPorts.includes(port) : program !== 'sshd'))
    .map(({ port, program }): [number, string] => [port, program || 'unknown program']);
  return [...published, ...programs];
}
