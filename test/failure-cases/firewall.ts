import type { FailureGroup } from './case.js';

export const FIREWALL: FailureGroup = {
  title: 'Firewall',
  cases: [
    {
      number: 38,
      symptom: 'Locked out as soon as the firewall is on.',
      behaviour:
        'SSH is opened first, on every port on which it listens and that its files name, and the switch comes last; a new login must work, or the server takes it back. While the port is not known, nothing is changed.',
    },
    {
      number: 39,
      symptom: 'The session hangs at “ufw enable”.',
      behaviour:
        'The change runs apart from the connection. Where the kernel would not take up connections that it has not seen (nf_conntrack_tcp_loose=0), it may for the moment of the change. If the link breaks all the same, the server takes the change back.',
    },
    {
      number: 41,
      symptom:
        'ufw allows the port, and still “No route to host”: a REJECT of the provider’s image stands before ufw (Oracle Cloud).',
      behaviour:
        'The rule is found with iptables -S INPUT, for IPv4 and IPv6, and named in the plan before anything is changed. It alone is taken out, of the kernel and of /etc/iptables, once the firewall is on; undo puts the file back. Nothing is flushed.',
      notHere: 'Oracle’s security lists, which are another layer outside the server (42).',
    },
    {
      number: 42,
      symptom: 'Open on the server, closed from outside.',
      behaviour:
        'Each port is tried from your computer. Silence or a rejection while the server listens and lets it through is put down to the provider’s firewall, with the page of the console where the firmware tells the provider; a refusal means that the server was reached.',
      notHere:
        'Real providers’ firewalls and firmware: a rule that drops before the server’s own firewall is asked takes their place.',
    },
    {
      number: 43,
      symptom: 'Closed in ufw, open to the world: containers publish their ports past it.',
      behaviour:
        'The rules of Docker and Podman are read, of iptables and nftables, and the ports named in the plan and by doctor; doctor tries them from outside. That nothing else is open is said only after such a look.',
      notHere: 'Docker itself: the same rules and a second network of the kernel take its place.',
    },
    {
      number: 44,
      symptom: 'Cleaning up deletes other people’s rules.',
      behaviour:
        'Only rules with our comment are removed, one by one; nothing is reset or flushed. Rules of others that open ports are named and left alone.',
    },
    {
      number: 45,
      symptom: 'The firewall fails in a container whose kernel has none for it.',
      behaviour:
        'Where iptables or ip6tables does not work, or the machine may not change its network, the firewall is left out as a whole, never half, and that is said.',
    },
    {
      number: 47,
      symptom: 'fail2ban does not start: “Have not found any log file for sshd jail”.',
      behaviour:
        'The jail reads systemd’s journal, which is there on every supported release, and fail2ban itself is asked whether the jail is at work.',
    },
  ],
};
