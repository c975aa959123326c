import type { FailureGroup } from './case.js';

export const CERTIFICATES: FailureGroup = {
  title: 'Certificates',
  cases: [
    {
      number: 48,
      symptom:
        'The certificate authority times out, because the AAAA record leads elsewhere or IPv6 does not work on the server',
      behaviour:
        'Every A and AAAA record must be an address of this server before the authority is asked; otherwise nothing is changed, and it is said which record to set to what. So it is where the record is right but the server has no way out over IPv6, and where Let’s Encrypt would be sent to a private address.',
      notHere:
        'Public IPv6: a test’s server has private addresses only, so a public AAAA without a way out is tried on the decision alone.',
    },
    {
      number: 49,
      symptom:
        'The first certificate comes, the renewal sixty days later fails, because port 80 is closed again',
      behaviour:
        'Port 80 stays open; nothing listens there but certbot for a moment, so no hook has to open it in time. init and doctor knock at it from outside, and `doctor --renewal` lets certbot rehearse the renewal in the surroundings of its own service. doctor also says where certbot is told to pass this certificate over.',
    },
    {
      number: 50,
      symptom: 'The deploy hook was never run',
      behaviour:
        'init runs the hook itself, as certbot will, right after the certificate was got, and believes it only when every port presents the certificate. doctor says where the hook is missing, is not executable, did not work for the newest certificate, or where certbot passes over its hooks.',
    },
    {
      number: 51,
      symptom: 'The hook or the renewal failed, and nobody noticed',
      behaviour:
        'The hook compares what each port presents with the file, and writes the outcome to a log and the journal. doctor and the daily watch tell of a hook that failed, a renewal that failed and a port that presents another certificate.',
    },
    {
      number: 52,
      symptom: 'Let’s Encrypt refuses for an hour or a week, because it was asked too often',
      behaviour:
        'A certificate that will do is never asked for again. Let’s Encrypt’s staging directory is asked first, and the real one once. If it refuses all the same, it is said until when, and that nothing is lost.',
      notHere: 'The limits of Let’s Encrypt itself: a stand-in for an ACME server refuses in its words.',
    },
    {
      number: 53,
      symptom: 'certbot cannot have port 80: a web server, a container or another program has it',
      behaviour:
        'The program, its unit or its container is named before anything is changed, with the command that stops just that one. certbot’s webroot and DNS-01 are not offered: a broker’s server needs no web server, and DNS-01 would need an access to the DNS provider on it.',
      notHere:
        'Docker does not run inside a test’s server; a container is tried with what its commands print.',
    },
    {
      number: 54,
      symptom: 'Two certbots (apt, snap, pip), two timers, and only one has the hook',
      behaviour:
        'init uses the distribution’s certbot and its timer, and never snap. doctor names every other certbot, timer and line of cron that renews the same certificate, and which to remove.',
    },
    {
      number: 56,
      symptom: 'Devices stop after a renewal, because the fingerprint has changed',
      behaviour:
        'The private key is kept at renewals, so the fingerprint of the public key stays. `fingerprint` prints SHA-1, SHA-256 and that of the public key, and says when the first two will change.',
    },
    {
      number: 57,
      symptom: 'Old devices fail the handshake with an ECDSA certificate',
      behaviour:
        '`certificate.key_type: rsa` gets an RSA certificate in place of the present one; TLS 1.2 and 1.3 are proved from outside.',
    },
    {
      number: 128,
      symptom: 'The broker gets another domain, and the devices that know it by the old one are shut out',
      behaviour:
        'The plan names the domain whose certificate goes, and that devices which connect to it, or know its fingerprint, will refuse the new one, before you say yes.',
    },
  ],
};
