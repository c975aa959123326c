import type { FailureGroup } from '../case.js';

export const FIREWALLS: FailureGroup = {
  title: 'Found in use: which firewall closes a port',
  cases: [
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
      number: 316,
      symptom:
        'A table of nftables with vmap or with sets of several fields: open ports are reported as closed by it, or closed ones as open, and the provider is blamed.',
      behaviour:
        'Such rules are evaluated for each of their values. What is not understood is listed, and never a reason to stop.',
    },
    {
      number: 318,
      symptom:
        'A network drops every packet to the server. Ports that should be closed are reported as closed, because they do not answer.',
      behaviour:
        'A port counts as closed only where another port of the same address answered or refused from here. Otherwise it could not be checked.',
    },
    {
      number: 321,
      symptom: 'hosts.deny closes the broker by “all : all”, “UNKNOWN” or a netmask, and nothing says why.',
      behaviour:
        'Lines are compared as libwrap compares them: without case, and with all its words for everybody.',
    },
    {
      number: 327,
      symptom:
        'A firewall lets in those in a list of the owner’s, or of a country, and refuses all others. The list is taken for a few addresses, and init stops because a rule closes the broker for the world.',
      behaviour:
        'Who is in a list with a name is not known here. Such rules are named in a warning, and are never a reason to stop.',
    },
    {
      number: 328,
      symptom:
        'A rule for what the server sends drops its answers: no device connects, and the firewall of the provider is blamed.',
      behaviour:
        'The answer to a connection is followed through the rules for outgoing packets as well. The rule that drops it is named.',
    },
  ],
};
