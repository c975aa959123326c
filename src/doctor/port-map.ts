import { type Firewall, type Inventory, type Listening, opens, type PortLook } from '../engine/inventory.js';
import type { Context } from '../engine/step.js';
import type { Report } from './report.js';

type Entry = Report['ports'][number];

/** Pure. Each port that is to be open, that something listens on, or that was looked at: inside beside outside. */
export function portMap(
  { broker, settings }: Pick<Context, 'broker' | 'settings'>,
  { listeners = [], firewall, sshPorts = [] }: Inventory,
  looks: readonly PortLook[],
): Entry[] {
  const doors = broker.listeners(settings);
  const renewals = { port: 80, transport: 'tcp' as const };
  const known = [...doors, renewals, ...listeners, ...looks];
  const keys = [...new Set(known.map(({ port, transport }) => `${port}/${transport}`))];
  return keys
    .map((key): Entry => {
      const [digits, transport] = key.split('/');
      const is = (one: { port: number; transport: string }) =>
        one.port === Number(digits) && one.transport === transport;
      const door = doors.find(is);
      const here = listeners.find(is);
      const isSsh = transport === 'tcp' && sshPorts.includes(Number(digits));
      const title = door?.title ?? (is(renewals) ? 'certificate renewals' : isSsh ? 'SSH' : undefined);
      return {
        port: Number(digits),
        transport: transport === 'udp' ? 'udp' : 'tcp',
        wanted: door?.reach === 'world' || is(renewals) || isSsh,
        ...(title === undefined ? {} : { title }),
        ...(here === undefined ? {} : heard(here)),
        ...(firewall === undefined
          ? {}
          : { firewall: doneBy(firewall, Number(digits), transport === 'udp' ? 'udp' : 'tcp') }),
        outside: looks.filter(is).map(({ address, seen }) => ({ address, seen })),
      };
    })
    .sort((one, other) => one.port - other.port);
}

const heard = ({ program, world }: Listening) => ({ program: program || 'unknown', local: !world });

function doneBy(firewall: Firewall, port: number, transport: 'tcp' | 'udp'): 'open' | 'closed' | 'bypassed' {
  if (firewall.published.includes(`${port}/${transport}`)) return 'bypassed';
  return !firewall.on || opens(firewall, port, transport) ? 'open' : 'closed';
}

/** Pure. One look for each port and address: of several the one that saw most. */
export function distinct(looks: readonly PortLook[]): PortLook[] {
  const order = ['wrong', 'open', 'refused', 'rejected', 'filtered', 'unreachable'];
  const found = new Map<string, PortLook>();
  for (const look of [...looks].sort((one, other) => order.indexOf(other.seen) - order.indexOf(one.seen)))
    found.set(`${look.port}/${look.transport} ${look.address}`, look);
  return [...found.values()];
}
