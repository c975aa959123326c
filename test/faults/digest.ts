import { stateOf } from '../e2e/before-after.js';
import type { Ground } from '../e2e/ground.js';
import { STAND_IN_PATH } from './stand-in.js';

/** What `stateOf` does not look at, because it is of no file: accounts, units, the kernel's firewall, what was left lying about. mosquitto.db is what the broker saves when it is stopped in peace; namespace-dev-* is where systemd builds the /dev of a service that starts (PrivateDevices=), which is caught now and then by a copy of the running disk or by this look itself. */
const MORE = `
echo '# accounts'
getent passwd; getent group
awk -F: '{print $1, substr($2, 1, 3)}' /etc/shadow
echo '# what differs in each run, as far as it may not'
sed 's/^account = .*/account = .../' /etc/letsencrypt/renewal/*.conf
for copy in fullchain privkey; do cmp /etc/letsencrypt/live/*/$copy.pem /etc/mosquitto/certs/$copy.pem && echo "$copy is certbot's"; done
cut -d: -f1 /etc/mosquitto/passwd
cut -d' ' -f1,3 /home/researcher/.ssh/authorized_keys
echo '# units'
systemctl list-units --all --no-legend --plain --type=service,timer,socket,path | awk '$3 == "failed" || $3 == "active" && $4 != "exited" {print $1, $3, $4}' | sort
echo '# firewall'
for family in iptables ip6tables; do $family-save | grep -v '^#' | sed 's/ \\[[0-9:]*\\]$//'; done
echo '# left over'
ls -d /run/broker-setup/lock /run/broker-setup/change/work
find /tmp /var/tmp -mindepth 1 ! -path '*/systemd-private-*' ! -path '/tmp/namespace-dev-*' ! -name '.*-unix' | sort
find / -xdev -name '*.broker-setup.*' | sort
dpkg --audit
find /usr/local /var/spool/cron /var/lib/letsencrypt /var/lib/mosquitto -mindepth 1 ! -path ${STAND_IN_PATH} ! -name mosquitto.db -printf '%p %M %u:%g\\n' | sort`;

/** Everything on the server that a run brings about, as text to compare between runs. */
export async function digest(on: Ground): Promise<string> {
  return normalise((await stateOf(on)) + (await on.inside(MORE)));
}

/** Files whose content is new in each run: keys, certificates, salted passwords, what depends on the time. */
const NEW_EACH_TIME = [
  '/etc/letsencrypt/(accounts|archive|renewal)/.*',
  '/etc/mosquitto/(passwd|certs/.*)',
  '/home/researcher/.ssh/authorized_keys',
].join('|');

const RULES: readonly [RegExp, string][] = [
  // The program's own history, and certbot's, which counts its requests.
  [/^.*\/var\/lib\/broker-setup\/runs\b.*\n/gm, ''],
  // Notes that save a question to apt; where a power cut was quicker, it is asked.
  [/^.*\/var\/lib\/broker-setup\/(updated|upgrades)\b.*\n/gm, ''],
  // Ends what a run has told fail2ban, seconds after its connection.
  [/^broker-setup-not-banned-.*\.service .*\n/gm, ''],
  [/^.*\/etc\/letsencrypt\/(csr|keys)\/\d{4}_.*\n/gm, ''],
  [new RegExp(`^[0-9a-f]{64}  (?=(${NEW_EACH_TIME})$)`, 'gm'), '...  '],
  [/(\/etc\/letsencrypt\/accounts\/\S+\/)[0-9a-f]{32}/g, '$1...'],
  // Of sessions, or started by whoever asks.
  [/^(user@|user-runtime-dir@|systemd-hostnamed|systemd-timedated).*\n/gm, ''],
];

/** Pure. Blanks what differs between two runs that came to the same. */
export function normalise(text: string): string {
  return RULES.reduce((all, [what, instead]) => all.replace(what, instead), text);
}
