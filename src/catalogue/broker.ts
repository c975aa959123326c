/** Why it matters, for each finding about the broker and its certificate: one sentence for people. */
export const BROKER = {
  'broker-install.package':
    'Without it nobody can connect; a version that was not chosen may not understand its settings.',
  'broker-install.service': 'A broker that does not run, or not after the next restart, loses all devices.',
  'broker-install.sandbox':
    'Somebody who takes the broker over through a hole in it finds the whole server open.',
  'broker-install.limits':
    'One stranger could keep all devices out with silent connections, or use up the memory of the whole server.',
  'broker-install.log': 'A client that sends nonsense to the broker could fill the disk with its log.',
  'broker-install.repository': 'Without the source of the package there is no way to get it, or its updates.',
  'broker-install.upload': 'The server cannot install what it does not have.',
  'broker-install.hold':
    'An upgrade to another line by itself would leave the broker without its settings and accounts.',
  'broker-install.release': 'A package for another release of the system may not start.',
  'broker-install.family': 'The accounts of all devices would be lost.',
  'broker-install.downgrade': 'An older version cannot read the data of a newer one.',
  'broker-install.memory': 'The system would kill the broker as soon as devices connect.',
  'broker-install.masked': 'It would not start, whatever is set up.',
  'broker-install.unmaintained': 'Holes that become known are not mended any more.',
  'certbot.terms': 'No authority issues a certificate to those who do not accept its terms.',
  'certbot.storage': 'What certbot cannot read it does not renew, and nobody is told.',
  'certbot.folder': 'certbot refuses to put a certificate where something else is.',
  'certbot.port-80':
    'The authority knocks there at every renewal; without an answer the certificate runs out.',
  'certbot.dns':
    'The authority looks the name up at every renewal; without an answer the certificate runs out.',
  'certbot.dns-a': 'Devices and the authority go where DNS sends them, and that is not here.',
  'certbot.dns-aaaa': 'The authority tries IPv6 first, and devices may: they do not arrive here.',
  'certbot.caa': 'The authority must refuse a name whose CAA record names others only.',
  'certbot.ca-bundle': 'With the wrong list of authorities the certificate cannot be renewed.',
  'certbot.certificate': 'Without a good certificate devices either refuse the broker or talk to anybody.',
  'certbot.reuse-key': 'With a new key at each renewal every device that knows the public key stops.',
  'certbot.timer': 'The certificate would run out, and all devices would stop on the same day.',
  'certbot.schedule':
    'A timer that is switched on, but fires too seldom or starts another program, renews nothing.',
  'certbot.cli-ini':
    'certbot reads this file at every run, and what it says there wins over what is kept for the certificate.',
  'certbot.snap': 'Two programs that renew the same certificate get in each other’s way.',
  'certbot.second': 'Two programs that renew the same certificate get in each other’s way.',
  'certbot.post-hook': 'It looks as if it cared for renewals, but does nothing.',
  'certbot.key-type': 'A larger key costs small devices more time, and nothing else.',
  'conf-edits.hosts-deny':
    'Devices cannot reach the broker: it closes their connections before it reads a word.',
  'conf-edits.certificate':
    'The broker would present an old certificate, or its key could be read by others.',
  'conf-edits.config': 'The broker would let in whom it should not, or not open what devices need.',
  'conf-edits.limits':
    'One client could fill the memory of the server, and all devices would lose their connection.',
  'conf-edits.device': 'A device needs an account of the broker to connect.',
  'conf-edits.unproved': 'A password that does not work is found out by the first device, in the field.',
  'conf-edits.untold': 'Nobody knows the password of this account, so nobody can use it.',
  'conf-edits.ownership':
    'Mosquitto is started as root. Whoever can write its configuration can become root when it is restarted.',
  'conf-edits.passwords': 'Whoever can read the password file can try passwords on it at leisure.',
  'conf-edits.restart': 'The running broker does something else than its files say.',
  'conf-edits.untried':
    'The running broker hides a mistake that keeps it from starting, until an update or a restart of the server.',
  'conf-edits.data-folder':
    'What the broker cannot write is gone after a restart: retained messages, sessions, accounts of its dashboard.',
  'conf-edits.include-dir': 'The broker would not read the settings at all.',
  'conf-edits.listener-conflict': 'Two listeners on one port keep the broker from starting.',
  'conf-edits.anonymous': 'Everybody in the world could read and send everything.',
  'conf-edits.root': 'Whoever finds a hole in the broker has the whole server.',
  'conf-edits.per-listener': 'On all ports but one the accounts would not hold.',
  'conf-edits.psk': 'Devices that speak TLS 1.3 alone could not connect, and 1.2 is the older protection.',
  'conf-edits.password-file': 'The accounts of one of the two files would not hold.',
  'conf-edits.port-*': 'Only one program can have a port, so the broker would not start.',
  'conf-edits.service': 'After the next restart of the server there would be no broker.',
  'conf-edits.rules': 'Without a refusal at the end, every client may read and send everything.',
  'conf-edits.data': 'Every program on the server could read passwords and secrets of the broker.',
  'conf-edits.missing': 'The broker does not start without its main file.',
  'conf-edits.broken-line': 'The broker does not start with a line that it cannot read.',
  'conf-edits.by-firewall': 'If the firewall is ever off, these are open to the world.',
  'conf-edits.lwm2m-objects': 'LwM2M devices could not be understood.',
  'conf-edits.lwm2m-accounts': 'No LwM2M device gets in, whatever password it has.',
  'conf-edits.gateway-accounts': 'After a restart no CoAP or LwM2M device gets in.',
  'conf-edits.gateway-account': 'The device could connect over MQTT only.',
  'conf-edits.address-rules': 'A rule that never fits keeps nobody out, or lets nobody in whom you meant.',
  'conf-edits.metrics-open': 'Strangers can see how many devices there are and how busy they are.',
  'conf-edits.dashboard-password':
    'admin/public is the first thing that everybody tries, and it rules the whole broker.',
  'conf-edits.default-application': 'Everybody knows it, and it rules the whole broker.',
  'conf-edits.encrypted': 'Without encryption everybody on the way can read passwords and data.',
  'conf-edits.plain': 'On unencrypted ports everybody on the way can read passwords and data.',
  'conf-edits.authentication': 'Everybody in the world could connect.',
  'conf-edits.authorization': 'Every client could read and send everything.',
  'conf-edits.dashboard': 'The dashboard rules the whole broker; unencrypted, its password can be read.',
  'conf-edits.management': 'The interface for programs rules the whole broker.',
  'conf-edits.cookie':
    'Whoever knows the secret of the nodes rules the broker; the shipped one is known to all.',
  'conf-edits.node-name': 'Under another name EMQX starts without its data: no accounts, no rules.',
  'conf-edits.inner-ports': 'Whoever reaches them and knows the secret of the nodes rules the broker.',
  'conf-edits.start': 'For a moment at each start the broker would let everybody in.',
  'conf-edits.metrics': 'Strangers can see how many devices there are and how busy they are.',
  'conf-edits.telemetry': 'The broker would report to its vendor, which nobody agreed to.',
  'conf-edits.overruled':
    'The broker does something else than its files say, so what looks closed there may be open.',
  'conf-edits.unanswered': 'What the running broker does not report could differ from its files.',
  'conf-edits.profile':
    'Where authentication, rules or a database of accounts are missing, the broker would let everybody in.',
  'conf-edits.restarts': 'After a crash all devices would wait for two minutes until the broker is back.',
  'conf-edits.licence': 'Without a licence that holds EMQX lets no new device in.',
  'conf-edits.retained': 'In memory alone, what devices left for others is lost at each restart.',
  'conf-edits.coap': 'CoAP devices could not connect, or without encryption.',
  'conf-edits.lwm2m': 'LwM2M devices could not connect, or without encryption.',
  'renewal-hook.file':
    'A renewed certificate would not reach the broker, and all devices would stop some weeks later.',
  'renewal-hook.proved': 'A hook that has never worked is found out on the day when all devices stop.',
  'fingerprint.served': 'Devices see another certificate than the one that is kept for them.',
} as const;
