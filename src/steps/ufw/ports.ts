import type { Context } from '../../engine/step.js';

export interface PortRule {
  port: number;
  transport: 'tcp' | 'udp';
  /** Becomes the comment of the rule, in which ufw takes no apostrophe. */
  title: string;
}

/** What the guide opens, to the world and for both families. */
export const GUIDE_PORTS = [80, 443, 1883, 8883, 8083, 8084, 8081, 18083, 18084] as const;

/** certbot's own listener answers here at every renewal: RFC 8555 section 8.3. */
const RENEWALS: PortRule = { port: 80, transport: 'tcp', title: 'certificate renewals' };

/** SSH first, then renewals, then the listeners that the world may reach, then the rest of the guide's list where chosen. */
export function wantedPorts(sshPorts: readonly number[], { settings, broker }: Context): PortRule[] {
  const ssh = sshPorts.map((port): PortRule => ({ port, transport: 'tcp', title: 'SSH' }));
  const doors = broker.listeners(settings);
  const listeners = doors.filter(({ reach }) => reach === 'world');
  // What was chosen to be kept from the world stays so: not every broker can do that without the firewall.
  const kept = doors.filter(({ reach }) => reach === 'loopback').map(({ port }) => port);
  const guide = (settings.exposure === 'guide' ? GUIDE_PORTS : [])
    .filter((port) => !kept.includes(port))
    .map((port): PortRule => ({ port, transport: 'tcp', title: 'listed in the guide' }));
  const all = [
    ...ssh,
    RENEWALS,
    ...listeners.map(({ port, transport, title }) => ({ port, transport, title })),
    ...guide,
  ];
  return all.filter(
    (rule, index) =>
      all.findIndex((other) => other.port === rule.port && other.transport === rule.transport) === index,
  );
}
