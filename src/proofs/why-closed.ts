import type { Inventory, PortLook } from '../engine/inventory.js';

/**
 * Pure. Why a port that should be open is not, and what to do: the look from outside explained by what is known of the
 * inside. Without a look inside it stays a guess, and says so.
 */
export function whyClosed({ port, transport, seen }: PortLook, { listeners, firewall }: Inventory): string {
  const here = listeners?.some((one) => one.port === port && one.transport === transport && one.world);
  const passes = firewall && (!firewall.on || firewall.open.includes(`${port}/${transport}`));
  if (seen === 'wrong') return `Something else answers on ${port}. See what it is with: sudo ss -lnp`;
  if (firewall?.rejectsBefore && seen === 'rejected')
    return 'A REJECT rule of the provider’s image says no before the firewall of this set-up is asked. See it with: sudo iptables -S INPUT';
  if (here === false) return `Nothing listens on ${port} on the server. See why with: sudo systemctl status`;
  if (passes === false)
    return `The server’s own firewall closes ${port}. Open it again with: broker-setup doctor --fix`;
  if (here === true && passes === true)
    return `The server listens and lets ${port} through, so a firewall in front of it does not: open the port in your provider’s console (security group, cloud firewall).`;
  return seen === 'refused'
    ? 'The server was reached and said no: look at the broker with “broker-setup doctor”.'
    : 'A firewall in front of the server, or its own, does not let it through: open the port in your provider’s console, too (security group, cloud firewall).';
}
