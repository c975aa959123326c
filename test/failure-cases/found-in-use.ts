import type { FailureGroup } from './case.js';

export const FOUND_IN_USE: FailureGroup = {
  title: 'Found in use',
  cases: [
    {
      number: 173,
      symptom:
        'A private certificate authority was replaced. The old certificate stays and no client trusts it, or certbot fails with “accountDoesNotExist”.',
      behaviour:
        'A certificate that does not chain to certificate.ca_bundle is renewed. When the authority does not know the account of the server, the error names the folder to delete.',
    },
    {
      number: 174,
      symptom:
        'sudo asks for more than the password (it has expired, or a second factor is required). The run hangs, and Ctrl-C does not end it.',
      behaviour:
        'An expired password is reported immediately. After a minute without output the login ends, and the error shows the last line. A signal ends the wait.',
    },
    {
      number: 175,
      symptom:
        'A pipe or a device is given as a file, and the program reads without end. A huge broker.yaml takes a minute of CPU time.',
      behaviour:
        'Files must be regular and of a plausible size (broker.yaml: 64 kB); others are rejected immediately. OpenSSH programs on your computer that run for more than a minute are ended and reported.',
    },
    {
      number: 176,
      symptom:
        'The set-up reports success, but ssh rejects the key: “UNPROTECTED PRIVATE KEY FILE”, or the .pub file belongs to another key.',
      behaviour: 'Both are detected before anything is sent to the server, also for keys with a passphrase.',
    },
    {
      number: 177,
      symptom: 'The key file of a package repository contains a second key, and apt trusts both.',
      behaviour: 'Only the key with the expected fingerprint enters the keyring, wherever it is in the file.',
    },
    {
      number: 178,
      symptom:
        'Your computer trusts more authorities than devices do (NODE_EXTRA_CA_CERTS, a company proxy). A certificate is reported as trusted, and every device rejects it.',
      behaviour:
        'Certificates are verified against the well-known roots, or those of certificate.ca_bundle, whatever else your computer trusts.',
    },
    {
      number: 179,
      symptom:
        'Every account on the server can read who set it up, from which address, and the output of apt and certbot.',
      behaviour:
        'Only root can read /var/log/broker-setup. A folder that an earlier version created with other permissions is corrected.',
    },
    {
      number: 225,
      symptom:
        'The owner denies a needed port in ufw (ufw deny 80, ufw insert 1 deny 8883). The firewall is reported as set up, and the provider is blamed.',
      behaviour:
        'The rules of ufw are evaluated in their order. A rule that closes a needed port stops the run before anything is changed, with the command that removes it.',
    },
    {
      number: 226,
      symptom:
        'A rule outside of ufw closes a needed port: in the older back end (iptables-legacy), in the tables mangle or raw, or in a table of nftables. The provider’s firewall is blamed.',
      behaviour:
        'All rules in the kernel are evaluated in order, for IPv4 and IPv6. The rule that closes the port is quoted, and a run stops before anything is changed. Rules that are not understood are listed as such.',
    },
    {
      number: 227,
      symptom: '/etc/hosts.deny closes every connection to Mosquitto, and nothing says why.',
      behaviour: 'The line is reported, with the command that allows Mosquitto.',
    },
    {
      number: 228,
      symptom:
        'ufw is on without IPv6 (IPV6=no). Opening ports fails with “problem running”, and the provider is blamed for IPv6.',
      behaviour:
        'IPv6 is evaluated separately. The firewall is reloaded after IPv6 is switched on, before ports are opened.',
    },
    {
      number: 229,
      symptom:
        'certbot, apt or a broker fails, and the error says that its words are below, where nothing is (certbot: “Please choose an account”).',
      behaviour:
        'Below our summary are always the last lines of the program that failed, unchanged. Several certbot accounts are named as the cause.',
    },
    {
      number: 230,
      symptom:
        'The first complaint of a long output (a lock on /etc/passwd) is pushed out by its consequences, and the error says “above” for what is below.',
      behaviour: 'The first complaint and the lines before it are shown as well.',
    },
    {
      number: 231,
      symptom:
        'apt fails for a reason of its own (a hook, APT::Default-Release), and the mirror or missing packages are blamed. A dead http_proxy in /etc/environment is not named.',
      behaviour:
        'The mirror is named only where apt could not fetch from it, missing packages only where apt can tell what there is. A proxy from the environment is named.',
    },
    {
      number: 232,
      symptom:
        'During an upgrade the SSH server is restarted so often that systemd gives it up (start-limit-hit). Nobody can log in, and the error guesses at a ban.',
      behaviour:
        'After packages are installed, the SSH server is started again over the open session, and a new login must succeed before the run goes on. How the login is after a rollback is only stated after a new login.',
    },
    {
      number: 233,
      symptom:
        'A leftover unit in /etc/systemd/system starts a program that no longer exists. The error suspects another tool on the server.',
      behaviour: 'The message of systemd is shown, without its routine messages. No cause is guessed.',
    },
    {
      number: 234,
      symptom:
        'sudo on the server is broken (no setuid bit, wrong owner), and the error says that it asks for a password.',
      behaviour:
        'The message of sudo is shown. That it asks for a password is only stated where sudo says so.',
    },
  ],
};
