/** Why it matters, for each look from outside that does not hold: one sentence for people. */
export const OUTSIDE = {
  'proofs.outstanding': 'What was changed may not work, and nobody has seen it work.',
  'login.user': 'It is your way in.',
  'login.first': 'Without it nobody could put right what a change to the accounts has broken.',
  'login.root': 'root is the name that everybody tries.',
  'login.password': 'Passwords are tried thousands of times a day.',
  'ports.open': 'Devices cannot reach the broker.',
  'ports.closed':
    'On these ports everybody could reach what is meant for the server itself, or read passwords on the way.',
  'ports.renewals':
    'The certificate authority knocks on port 80 at every renewal; without an answer the certificate runs out.',
  'ports.ipv6': 'What devices and strangers find over IPv6 can be judged over IPv6 only.',
  'ports.udp': 'CoAP and LwM2M devices cannot reach the broker.',
  'ports.unasked': 'Each program that the world can reach is one more that everybody can attack.',
  'tls.*': 'Devices refuse the broker, or what they send could be read on the way.',
  'mqtt.*-message': 'Devices cannot get their messages through.',
  'mqtt.*-anonymous': 'Everybody in the world can read and send everything.',
  'mqtt.*-wrong-password': 'A password that does not matter is none.',
  'dashboard.login': 'You could not get into the dashboard.',
  'dashboard.shipped-password':
    'admin/public is the first thing that everybody tries, and it rules the whole broker.',
  'certificate.dry-run': 'The next renewal will fail in the same way, and the certificate will run out.',
} as const;
