import { sh } from '../../sh.js';

/** A shell condition: the firewall is switched on, and what is in its files is in the kernel: everything else is dropped. */
export const inForce = sh`{ grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && iptables -S INPUT 2>/dev/null | grep -q '^-P INPUT DROP' && iptables -S INPUT 2>/dev/null | grep -q -- '-j ufw-before-input'; }`;
