import { type Sh, sh } from '../../sh.js';

/** Where the address does not matter, one of the documentation range (RFC 5737) stands for the world. */
const SOMEWHERE = '192.0.2.1';

/**
 * Without this folder sshd neither validates nor tells anything ("Missing privilege separation directory"); systemd makes
 * it when it starts sshd, which with socket activation may be later: dev-sec/ansible-collection-hardening#752.
 */
export const privilegeFolder = sh`mkdir -p -m 0755 /run/sshd`;

/** Shell that prints the settings in force for one user who comes from the world: sshd(8), -T and -C. @param user one word of shell */
export const effectiveSettings = (user: Sh): Sh =>
  sh`sshd -T -C user=${user},host=somewhere,addr=${SOMEWHERE},laddr=${SOMEWHERE},lport=22`;
