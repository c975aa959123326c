/** After `20auto-upgrades` of the distribution in the alphabet, so that it wins: apt.conf(5). */
export const AUTO_UPGRADES_PATH = '/etc/apt/apt.conf.d/52broker-setup-auto-upgrades';

/** Fetches lists and installs security updates every day. */
export const autoUpgrades =
  (): string => `// Written by broker-setup: security updates install themselves every day.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
`;
