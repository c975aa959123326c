import { sh } from '../../sh.js';

/**
 * A shell condition: whether updated packages ask for a restart (/run/reboot-required, Debian's reboot-notifier), or a newer
 * kernel is installed than the one that runs. A kernel that does not come from /boot is the provider's own business.
 */
export const rebootDue = sh`{ [ -e /run/reboot-required ] || { read -r running </proc/sys/kernel/osrelease && [ -e "/boot/vmlinuz-$running" ] && [ "$(ls -1 /boot/vmlinuz-* | sort -V | tail -n 1)" != "/boot/vmlinuz-$running" ]; }; }`;
