import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectFailure, said, spoiled } from '../../before-after.js';
import { type Ground, hostKeyOf } from '../../ground.js';
import { packaged } from '../../snapshot.js';

/** One server, whose owner has a Mosquitto with devices already: at first as they left it, then set up. */
let on: Ground;
let hostKey: string;

beforeAll(async () => {
  on = await packaged('bookworm');
  hostKey = await hostKeyOf(on);
  await on.inside(`apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install mosquitto openssl
mkdir /etc/mosquitto/own && cd /etc/mosquitto/own
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout own.key -out own.pem -days 900 -subj '/CN=my home CA'
chown -R mosquitto /etc/mosquitto/own`);
});
afterAll(() => on?.down());

const OWN = '/etc/mosquitto/conf.d/own.conf';
const init = (...args: string[]) => on.run(['init', '--yes', '--host-key', hostKey, ...args]);
const ENCRYPTED = String.raw`listener 8883\ncertfile /etc/mosquitto/own/own.pem\nkeyfile /etc/mosquitto/own/own.key`;

describe('a broker that devices use already', () => {
  const REFUSED: [title: string, spoil: string, mend: string, says: string[]][] = [
    [
      'case 163: a folder of the owner’s with a listener on the same port is read as well',
      `cp /etc/mosquitto/mosquitto.conf /root/kept.conf; echo 'include_dir /etc/mosquitto/own/' >>/etc/mosquitto/mosquitto.conf
printf '${ENCRYPTED}\\n' >/etc/mosquitto/own/mine.conf`,
      'mv /root/kept.conf /etc/mosquitto/mosquitto.conf; rm /etc/mosquitto/own/mine.conf',
      ['Line 1 of /etc/mosquitto/own/mine.conf says “listener 8883”'],
    ],
    [
      'case 163: the owner’s drop-in of the service names another main file',
      `mkdir -p /run/systemd/system/mosquitto.service.d; printf 'listener 1884\\n' >/root/mine.conf
printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/mosquitto -c /root/mine.conf\\n' >/run/systemd/system/mosquitto.service.d/own.conf; systemctl daemon-reload`,
      'rm -r /run/systemd/system/mosquitto.service.d /root/mine.conf; systemctl daemon-reload',
      ['started with another configuration than /etc/mosquitto/mosquitto.conf (/root/mine.conf)'],
    ],
    [
      'case 166: another Mosquitto than that of the package is named with its unit',
      `systemctl stop mosquitto; printf '${ENCRYPTED}\\n' >/root/mine.conf
systemd-run -q --unit=my-broker mosquitto -c /root/mine.conf
until ss -ltn | grep -q :8883; do sleep 0.1; done`,
      'systemctl stop my-broker; rm /root/mine.conf; systemctl start mosquitto',
      ['Port 8883 (MQTT over TLS) is already used on the server by another mosquitto (my-broker.service)'],
    ],
    [
      'case 167: what changes for devices is said beside the listener that is in the way',
      `printf '${ENCRYPTED}\\nrequire_certificate true\\nlistener 1883\\nallow_anonymous true\\n' >${OWN}`,
      `rm ${OWN}`,
      [
        'Devices that trust the certificate /etc/mosquitto/own/own.pem',
        'Devices that show a certificate of their own need an account',
        'To keep 1883 open for them, unencrypted, set exposure to guide',
        'From then on every device needs an account',
      ],
    ],
  ];
  it.each(REFUSED)('%s', async (_, spoil, mend, says) => {
    const output = await spoiled(on, spoil, mend, () => init());
    expectFailure(on, output, { code: 1, says });
    expect(await on.inside('ls -d /var/log/broker-setup 2>/dev/null || true')).toBe('');
  });

  it.each<[title: string, a: (own: string) => string[], says: string[]]>([
    [
      'case 168: the domain is behind the proxy of Cloudflare',
      () => ['104.21.33.44', '172.67.1.2'],
      ["points to Cloudflare's proxy (104.21.33.44, 172.67.1.2)", 'switch its proxy status to "DNS only"'],
    ],
    [
      'case 169: one of several A records is not of this server',
      (own) => [own, '10.99.0.7'],
      ['points to 10.99.0.7, but this server is', 'delete the A record with 10.99.0.7'],
    ],
    [
      'case 169: the record was made a moment ago, and DNS still says that there is none',
      () => [],
      // With a resolver of one's own, as here, there is no other to ask.
      ['has no A record', 'DNS servers may remember for an hour that there was none.'],
    ],
  ])('%s', async (_, a, says) => {
    const records = { a: [...on.server.records.a], aaaa: [...on.server.records.aaaa] };
    await on.server.setDns({ a: a(on.server.address), aaaa: [] });
    try {
      expectFailure(on, await init(), { code: 1, says });
    } finally {
      await on.server.setDns(records);
    }
  });

  it('case 170: a certificate with an RSA key is there: what a new one means for devices, and how to keep it', async () => {
    const { acme, domain } = on.server;
    const bundle = Buffer.from(await readFile(acme.caBundle)).toString('base64');
    await on.inside(`DEBIAN_FRONTEND=noninteractive apt-get -q -y install certbot; echo ${bundle} | base64 -d >/root/ca.pem
REQUESTS_CA_BUNDLE=/root/ca.pem certbot certonly --standalone -n --agree-tos --register-unsafely-without-email --server ${acme.directory} -d ${domain} --key-type rsa
cat /etc/letsencrypt/live/${domain}/cert.pem >/root/before.pem`);
    const plan = await init('--dry-run');
    expect(said(plan)).toContain(
      'devices that know the present key or fingerprint must learn the new one. To keep the present certificate instead: --set certificate.key_type=rsa',
    );
  });

  it('cases 164, 165: an account that the dynamic security plugin lets use no topic is made, and a socket in /tmp stays', async () => {
    await on.inside(`plugin=$(ls /usr/lib/*/mosquitto_dynamic_security.so)
mosquitto_ctrl dynsec init /var/lib/mosquitto/dynamic.json admin secret-of-admin
chown mosquitto /var/lib/mosquitto/dynamic.json
printf "plugin $plugin\\nplugin_opt_config_file /var/lib/mosquitto/dynamic.json\\nlistener 0 /tmp/mosquitto.sock\\n" >${OWN}`);
    const output = await init('--set', 'certificate.key_type=rsa');
    expect(output.exitCode, output.stderr).toBe(0);
    await on.inside(`cmp /root/before.pem /etc/letsencrypt/live/${on.server.domain}/cert.pem`);
    expect(output.stdout.replace(/\s+/g, ' ')).toContain(
      'device-1 gets in with its password, but rules for topics',
    );
    await on.inside('test -S /tmp/mosquitto.sock');
    const again = await init();
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stdout).toContain('Nothing to do');
  });
});
