import { type Firewall, type Listening, opens } from '../../engine/inventory.js';
import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';
import type { PortRule } from './ports.js';

/** Let through by ufw itself: DHCP and mDNS (ufw, before.rules, before6.rules). */
const LET_THROUGH: readonly number[] = [68, 546, 5353];

/** What they have open is for their own network, or for answers to what they ask. */
const BACKGROUND = /^(dhclient|avahi-daemon|systemd-(resolve|network|timesyn)|NetworkManager|chronyd|ntpd)/;

/**
 * Pure. What the world reaches today and will not once the firewall is switched on: a website, a VPN, a panel of somebody's.
 * Said before the yes, not after.
 */
export function closesFindings(
  listeners: readonly Listening[],
  firewall: Firewall,
  wanted: readonly PortRule[],
): Finding[] {
  if (isFiltered(firewall)) return [];
  const cut = listeners.filter(
    ({ port, transport, program, world }) =>
      world &&
      !wanted.some((one) => one.port === port && one.transport === transport) &&
      !opens(firewall, port, transport) &&
      !firewall.published.includes(`${port}/${transport}`) &&
      !(transport === 'udp' && LET_THROUGH.includes(port)) &&
      !BACKGROUND.test(program),
  );
  const [first] = cut;
  if (first === undefined) return [];
  const names = cut.map(
    ({ port, transport, program }) => `${port}/${transport}${program && ` (${program})`}`,
  );
  return [
    {
      id: 'ufw.closes',
      level: 'warn',
      summary: `Once the firewall is on, nobody reaches these from outside any more: ${names.join(', ')}.`,
      hint: `Where somebody needs one, open it on the server, before or after: sudo ufw allow ${first.port}/${first.transport}. Such a rule is left alone. (Where there is no ufw yet: sudo apt install ufw.)`,
    },
  ];
}

/** A provider's REJECT already closes all but what stands before it, and that stays open: nothing more goes dark. */
const isFiltered = ({ on, rejectsBefore }: Firewall): boolean => on || rejectsBefore;

/**
 * Tells `forwards=yes` for a server between networks that passes all on; $DEFAULT_FORWARD_POLICY is ufw's, $rules is tellNetfilter's.
 * Of a number below /proc/sys, dash's `read` gets the first digit only and then fails: it reads single bytes, and the kernel gives none
 * after the first (kernel/sysctl.c, do_proc_dointvec).
 */
export const tellForward: Sh = sh`forward=
read -r forward </proc/sys/net/ipv4/ip_forward
if [ "$forward" = 1 ] && [ "$DEFAULT_FORWARD_POLICY" != ACCEPT ]; then
  case "$rules
" in *'-P FORWARD ACCEPT
'*) echo forwards=yes ;; esac
fi`;

/** Pure. */
export const toldForward = (stdout: string): boolean => /^forwards=yes$/m.test(stdout);

/** Pure. Docker and Podman come with rules of their own; a VPN's host often has none, and passes on because nobody forbids it. */
export function forwardFindings(forwards: boolean, firewall: Firewall): Finding[] {
  if (isFiltered(firewall) || !forwards) return [];
  return [
    {
      id: 'ufw.forward',
      level: 'warn',
      summary:
        'This server passes on what others send through it, as a VPN or a router does. Once the firewall is on, it passes on only what rules allow.',
      hint: 'Where somebody needs that, allow it by its interface, before or after, for WireGuard with: sudo ufw route allow in on wg0',
    },
  ];
}
