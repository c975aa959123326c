/** Why it matters, for each finding of the checks that only `doctor` makes: one sentence for people. */
export const CHECKS = {
  'system.clock': 'With a wrong clock certificates seem to have run out, or not to hold yet.',
  'system.failed-units': 'A service that systemd gave up on does not do its work.',
  'system.disk':
    'On a full disk updates stop half-way, certificates are not renewed and the broker loses messages.',
  'system.memory': 'When memory runs out the system kills programs, the broker among the first.',
  'system.release': 'Holes that become known in this release are not mended any more.',
  'running.units': 'What the next start of the server brings is something else than what was tried.',
  'running.target': 'After the next start of the server nobody can log in, and no device can connect.',
  'running.network': 'After the next start of the server nobody reaches it.',
  'running.policy':
    'Holes that an update has closed on disk stay open in what runs, until somebody restarts it by hand.',
  'running.services': 'Holes that an update has closed on disk stay open in what runs.',
  'updates.off': 'Nobody installs security updates every day by hand.',
  'updates.stale': 'Holes that are known and mended elsewhere stay open here.',
  'updates.lists': 'Updates that the server has not heard of are not installed.',
  'updates.schedule':
    'A timer that is switched on, but fires too seldom or starts another program, installs nothing.',
  'updates.held': 'Holes that are known and mended elsewhere stay open in these.',
  'updates.left': 'What the daily run leaves out, nobody installs.',
  'accounts.empty-password':
    'Everybody at the console, and every program on the server, can become this user.',
  'accounts.second-root': 'Such an account is root under another name, which no rule for root catches.',
  'accounts.refused-key':
    'Whoever owns that key believes that it opens the server, and stands outside when it matters.',
  'accounts.broken-key':
    'Whoever owns that key believes that it opens the server, and stands outside when it matters.',
  'accounts.unlisted': 'A directory can give a login to people whom nobody on this server has heard of.',
  'certificate.last-run': 'A renewal that fails once will fail again, until the certificate runs out.',
  'certificate.timer-late': 'A timer that does not fire renews nothing.',
  'certificate.no-hook':
    'The broker goes on with the old certificate until it runs out, and all devices stop on that day.',
  'certificate.passed-over': 'It runs out, and all devices stop on that day.',
  'certificate.by-hand': 'Nobody remembers every two months to renew by hand.',
  'secrets.modes':
    'Whoever can read private keys or the hashes of passwords can pass himself off as this server or its users.',
  'watch.settings': 'The watch says nothing, or not to whom you meant.',
  'watch.nobody': 'A watch without an address has nobody to tell.',
  'watch.mail': 'Without a program that sends mail the watch stays silent, and nobody notices.',
  'watch.timer': 'A watch that does not run sees nothing.',
  'watch.schedule': 'A watch that is started too seldom sees too late.',
  'watch.last-run': 'A message that did not arrive is as good as none.',
  'doctor.inside': 'Most of what can be wrong with a server is seen from inside only.',
  'doctor.domain': 'Without it nothing can be said about its certificate, and DNS cannot be asked.',
  'doctor.waiver': 'A waiver that no longer fits hides the next finding of that name, or nothing at all.',
} as const;
