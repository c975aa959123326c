import type { Context } from '../../engine/step.js';

export interface PortRule {
  port: number;
  transport: 'tcp' | 'udp';
  /** Becomes the comment of the rule, in which ufw takes no apostrophe. */
  title: string;
}

/** What the guide opens, to the world and for both families. */
const GUIDE_PORTS = [80, 443, 1883, 8883, 8083, 8084, 8081, 18083, 18084] as const;

/** certbot's own listener answers here at every renewal: RFC 8555 section 8.3. */
const RENEWALS: PortRule = { port: 80, transport: 'tcp', title: 'certificate renewals' };

/** What of the guide's list is open. What was chosen to be kept from the world stays so: not every broker can do that without the firewall. */
export function openedByGuide({ settings, broker }: Context): number[] {
  const kept = broker.listeners(settings).filter(({ reach }) => reach === 'loopback');
  return GUIDE_PORTS.filter((port) => !kept.some((one) => one.port === port));
}

/** SSH first, then renewals, then the listeners that the world may reach, then the rest of the guide's list where chosen. */
export function wantedPorts(sshPorts: readonly number[], context: Context): PortRule[] {
  const { settings, broker } = context;
  const ssh = sshPorts.map((port): PortRule => ({ port, transport: 'tcp', title: 'SSH' }));
  const listeners = broker.listeners(settings).filter(({ reach }) => reach === 'world');
  const guide = (settings.exposure === 'guide' ? openedByGuide(context) : []).map(
    (port): PortRule => ({ port, transport: 'tcp', title: 'listed in the guide' }),
  );
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
