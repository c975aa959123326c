import type { Answers } from '../../engine/answers.js';
import type { Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';

/** Bit of the right to change the network in a process's capabilities: capabilities(7), linux/capability.h. */
const CAP_NET_ADMIN = 12n;

export interface Netfilter {
  /** Whether the kernel lets the rules be seen, where there is a program to ask it with. */
  works: boolean | undefined;
  /** What systemd-detect-virt(1) calls the machine: none, kvm, lxc, openvz … */
  machine: string;
}

/** Shell that tells whether this server can have a firewall of its own. Sets `rules` and `rules6` to those in force. */
export const tellNetfilter = sh`printf 'virt=%s\n' "$(systemd-detect-virt)"
while read -r name value; do [ "$name" != CapEff: ] || echo "capabilities=$value"; done </proc/self/status
if rules=$(iptables -S); then echo netfilter=works; fi
if ! rules6=$(ip6tables -S); then echo netfilter6=fails; fi`;

/** Pure. @param asked whether there is a program to ask with @param kernel6 whether the kernel speaks IPv6 */
export function toldNetfilter(told: Answers, asked: boolean, kernel6: boolean): Netfilter {
  const works = told.get('netfilter') === 'works' && !(kernel6 && told.get('netfilter6') === 'fails');
  const capabilities = told.get('capabilities');
  const barred =
    /^[0-9a-f]+$/.test(capabilities ?? '') && ((BigInt(`0x${capabilities}`) >> CAP_NET_ADMIN) & 1n) === 0n;
  return { works: barred ? false : asked ? works : undefined, machine: told.get('virt') ?? '' };
}

/** Half a firewall is worse than none: it is left out as a whole, and that is said (mail-in-a-box/mailinabox#59). */
export function noNetfilterFinding({ machine }: Netfilter): Finding {
  const kind = ['', 'none'].includes(machine) ? '' : ` It is a machine of the kind ${machine}.`;
  return {
    id: 'ufw.netfilter',
    level: 'warn',
    summary: `This server cannot have a firewall of its own: its kernel does not let it (netfilter).${kind} None is set up, and whatever listens can be reached.`,
    hint: "Close all ports that are not needed in your provider's console. Better: take a virtual machine instead of a container.",
  };
}
