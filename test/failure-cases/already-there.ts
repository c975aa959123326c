import type { FailureGroup } from './case.js';

/** What an owner has already: a broker with devices, a domain, a certificate. */
export const ALREADY_THERE: FailureGroup = {
  title: 'A broker, a domain or a certificate of your own that is there already',
  cases: [
    {
      number: 163,
      symptom:
        'The owner’s mosquitto.conf reads a folder of their own as well; a listener there has the same port, and the new broker does not start. Or a setting above any listener opens 1883 by itself, or the service reads another main file.',
      behaviour:
        'Every folder that the main file includes is read, what opens a port by itself is known, and so is the main file that the service is started with. What contradicts is named with file and line, before anything is changed.',
    },
    {
      number: 164,
      symptom:
        'Programs on the server reach Mosquitto by a socket in /tmp; with the broker in a sandbox the socket is gone, without any error.',
      behaviour:
        'A broker that puts something into /tmp shares it with the others; folders of sockets and of the dynamic security plugin stay writable.',
    },
    {
      number: 165,
      symptom:
        'Mosquitto’s dynamic security plugin gives a new account no topics at all: “Subscribe error: Unspecified error”, and the run fails half-way.',
      behaviour:
        'That the account gets in is told apart from what it may do; the run goes on, and what was not seen is called so.',
    },
    {
      number: 166,
      symptom:
        'Mosquitto is installed, but the one that devices use is another, started by a service of the owner’s: “Address already in use”.',
      behaviour:
        'The process is told from that of the package’s own service, and named with its unit, before anything is changed.',
    },
    {
      number: 167,
      symptom:
        'The owner’s listeners have to go; afterwards the devices that knew its certificate, showed one or used a pre-shared key stop.',
      behaviour:
        'Beside each listener that is in the way the plan says what changes for its devices, and how a port without encryption is kept.',
    },
    {
      number: 168,
      symptom:
        'The domain is behind Cloudflare’s proxy (the orange cloud): the record is right, but the certificate or each device fails.',
      behaviour:
        'Addresses of Cloudflare are known as such, and it is said which switch lets MQTT through (“DNS only”). It is never taken for a provider’s address translation.',
    },
    {
      number: 169,
      symptom:
        'DNS is nearly right: one of several A records is another server’s, an alias is in the way, the record is minutes old, or DNSSEC is broken.',
      behaviour:
        'Each is told with its own way out: the record to delete, the alias, another resolver to ask (`certificate.resolver`), or the signatures.',
    },
    {
      number: 170,
      symptom:
        'There is a certificate already, with an RSA key or renewed by a web server; it is replaced, and devices that pinned its key stop.',
      behaviour:
        'A certificate of certbot that will do is kept, with its own way of renewal and its other names, and the web server is left alone. If only the kind of key differs, the plan says what that means for devices, and the setting that keeps it.',
    },
    {
      number: 171,
      symptom:
        'The present certificate is a wildcard’s as well, got by DNS-01; asked for anew over port 80 it fails half-way.',
      behaviour:
        'Such a certificate is never asked for over port 80. If it will not do, the run stops before anything is changed, with the command that renews it in its own way.',
      notHere:
        'A DNS-01 challenge: the DNS of a rehearsal answers for addresses only, so a certificate with such names takes its place.',
    },
    {
      number: 172,
      symptom:
        'A domain with umlauts, capitals, a dot at its end or https:// in front is refused, and nobody says how it is meant.',
      behaviour:
        'The message has the name as DNS and certificates have it, to be copied: mqtt.xn--mller-kva.de.',
    },
  ],
};
