import { isIPv6 } from 'node:net';
import { type Inventory, opens, type Passage, type PortLook } from '../engine/inventory.js';
import { consolePage } from './provider.js';

/**
 * Pure. Why a port that should be open is not, and what to do: the look from outside explained by what is known of the
 * inside. The firewall in front of the server comes last: only where nothing on the server closes the port.
 */
export function whyClosed(
  { port, transport, address, seen }: PortLook,
  { listeners, firewall, firmware }: Inventory,
): string {
  const page = consolePage(firmware);
  const here = listeners?.some((one) => one.port === port && one.transport === transport && one.world);
  const family = isIPv6(address) ? 6 : 4;
  const passage = firewall?.passages?.find(
    (one) => one.port === port && one.transport === transport && one.family === family,
  );
  const passes = firewall && (passage?.passes ?? (!firewall.on || opens(firewall, port, transport)));
  const over = family === 6 ? ' over IPv6' : '';
  if (seen === 'wrong') return `Something else answers on ${port}. See what it is with: sudo ss -lnp`;
  if (firewall?.rejectsBefore && seen === 'rejected')
    return 'A REJECT rule of the provider’s image says no before the firewall of this set-up is asked. Take it out with: broker-setup doctor --fix';
  if (passes === false && passage?.rule !== undefined)
    return `A firewall rule on the server closes ${port}${over}: ${passage.rule}.`;
  if (here === true && passes === true && seen === 'refused')
    return `The server listens on ${port}, but says no at ${address}: it may listen for IPv4 or for IPv6 only. See it with: sudo ss -ltn.`;
  if (here === false && listeners?.some((one) => one.port === port && one.transport === transport))
    return `On the server ${port} is open for the server itself only. Let the program listen on all addresses; or, if that was meant, say so in broker.yaml.`;
  if (here === false)
    return `Nothing listens on ${port} on the server. See what does with: sudo ss -ltnp; and what failed with: sudo systemctl --failed.`;
  if (passes === false)
    return `The server’s own firewall closes ${port}${over}. Open it again with: broker-setup doctor --fix`;
  if (passes === true && passage !== undefined && passage.unclear.length > 0)
    return `The server has firewall rules that were not understood, and one of them may close ${port}${over}: ${passage.unclear.slice(0, 3).join('; ')}. If none does, look at the firewall in your provider’s console (${page}).`;
  if (passes === true && passage === undefined && firewall !== undefined && firewall.others.length > 0)
    return `Another firewall is at work on the server (${firewall.others.join('; ')}), which this set-up does not look into: it may be what closes ${port}. See it with: sudo nft list ruleset`;
  if (passes === true && seen !== 'refused')
    return `The server ${here === true ? 'listens and ' : ''}lets ${port} through, so a firewall in front of it does not: open the port in your provider’s console (${page}). If it is open there, the network that you are in may close it: try from another.${senders(passage)}`;
  return seen === 'refused'
    ? `The server was reached and refuses connections to ${port}. On the server, see what listens with: sudo ss -lntup; and what failed with: sudo systemctl --failed.`
    : `A firewall in front of the server, or its own, does not let it through: open the port in your provider’s console, too (${page}).${senders(passage)}`;
}

/** Your computer may be one of those whom the server itself refuses. */
function senders(passage: Passage | undefined): string {
  if (passage === undefined || passage.some.length === 0) return '';
  return ` The server also has rules that refuse some clients, and your computer may be one of them: ${passage.some.slice(0, 3).join('; ')}.`;
}

/** Pure. Why a port that should be closed answers, and what to do. */
export function whyOpen({ port, transport }: PortLook, { firewall }: Inventory): string {
  const key = `${port}/${transport}`;
  if (firewall?.published.includes(key))
    return `A container publishes ${port} past the firewall. Where only this server needs it: -p 127.0.0.1:${port}:PORT`;
  if (firewall && !firewall.on) return 'The firewall is off. Switch it on with: broker-setup doctor --fix';
  if (firewall && opens(firewall, port, transport))
    return `A rule of the firewall opens ${port}. If nobody needs it: sudo ufw delete allow ${key}`;
  return 'Something lets it through in spite of the firewall; Docker, for one, publishes ports past ufw. See what listens with: sudo ss -ltnp';
}
