/** After `20auto-upgrades` of the distribution in the alphabet, so that it wins: apt.conf(5). */
export const AUTO_UPGRADES_PATH = '/etc/apt/apt.conf.d/52broker-setup-auto-upgrades';

/** Fetches lists and installs security updates every day. */
export const autoUpgrades =
  (): string => `// Written by broker-setup: security updates install themselves every day.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
`;

/** Touched by each daily round (apt.systemd.daily of Debian's apt). */
export const ROUND_STAMP = '/var/lib/apt/periodic/unattended-upgrades-stamp';

/** How long the daily round may be overdue, in seconds: its timer is up to a day late. */
export const ROUND_OVERDUE = 2 * 86_400;

/** Where apt keeps package lists: as new as the last list that has changed. */
export const LISTS = '/var/lib/apt/lists';

/** Touched by update-notifier where all lists were fetched. */
export const FETCHED_STAMP = '/var/lib/apt/periodic/update-success-stamp';

/** One of them is as new as the last fetching of package lists; the first is touched by apt's daily round. */
export const LISTS_STAMPS = ['/var/lib/apt/periodic/update-stamp', FETCHED_STAMP, LISTS] as const;
