import type { FindingId } from '../../catalogue/index.js';
import { followUnit } from '../../engine/follow-unit.js';
import { type Sh, sh } from '../../sh.js';
import { aideConf, INTEGRITY, integrityService, integrityTimer } from './integrity.js';
import {
  coredumpConf,
  coreLimits,
  journaldConf,
  needrestartConf,
  noModules,
  passwordQuality,
  profileScript,
} from './limits.js';
import { SHARED_MEMORY, sharedMemoryService } from './mounts.js';
import type { Profile } from './profile.js';

/** What is brought about by files of our own, which go again with the profile. */
export interface Measure {
  id: FindingId;
  profile: Profile;
  /** For the plan. */
  does: string;
  why: string;
  source: string;
  files: readonly { path: string; content: string | ((release: string) => string) }[];
  packages?: readonly string[];
  /** Of systemd, among the files: switched on, and running. */
  unit?: string;
  /** Makes the files count, whether they are there or gone. */
  activate?: Sh;
}

/**
 * Nobody needs these on a server with a broker: protocols, buses and file systems whose drivers had holes. Not squashfs, which snap
 * needs, nor udf: cloud-init reads the settings of Azure's servers from it at each start.
 */
const MODULES =
  'dccp sctp rds tipc usb-storage firewire-core firewire-ohci firewire-sbp2 cramfs freevxfs jffs2 hfs hfsplus'.split(
    ' ',
  );

export const MEASURES: readonly Measure[] = [
  {
    id: 'hardening.core-dumps',
    profile: 'standard',
    does: 'Keep crashed programs from writing their memory to the disk',
    why: 'It may hold passwords and keys.',
    source: 'limits.conf(5), coredump.conf(5)',
    files: [
      { path: '/etc/security/limits.d/90-broker-setup.conf', content: coreLimits },
      { path: '/etc/systemd/coredump.conf.d/90-broker-setup.conf', content: coredumpConf },
    ],
  },
  {
    id: 'hardening.journal',
    profile: 'standard',
    does: 'Let the journal take no more than 500 MB',
    why: 'Who can make the server log much could fill its disk.',
    source: 'journald.conf(5)',
    files: [{ path: '/etc/systemd/journald.conf.d/90-broker-setup.conf', content: journaldConf }],
    activate: sh`systemctl restart systemd-journald.service`,
  },
  {
    id: 'hardening.modules',
    profile: 'strict',
    does: 'Keep the kernel from loading drivers that no broker needs',
    why: 'What is not loaded cannot be attacked. squashfs and udf stay: snap and cloud-init need them.',
    source: 'modprobe.d(5), CIS Debian Linux 12 Benchmark',
    files: [{ path: '/etc/modprobe.d/broker-setup.conf', content: noModules(MODULES) }],
  },
  {
    id: 'hardening.session',
    profile: 'strict',
    does: 'End forgotten shells after half an hour; new files are closed to others (umask 027)',
    why: 'A shell that nobody watches is open to who passes by.',
    source: 'bash(1), TMOUT; umask(2)',
    files: [{ path: '/etc/profile.d/broker-setup.sh', content: profileScript }],
  },
  {
    id: 'hardening.passwords',
    profile: 'strict',
    does: 'Refuse weak new passwords',
    why: 'sudo and the console may still ask for one. They never expire: who logs in with a key would not notice, and sudo would be lost.',
    source: 'pwquality.conf(5); NIST SP 800-63B 5.1.1.2 on expiry',
    files: [{ path: '/etc/security/pwquality.conf.d/broker-setup.conf', content: passwordQuality }],
    packages: ['libpam-pwquality', 'libpam-tmpdir'],
  },
  {
    id: 'hardening.restarts',
    profile: 'strict',
    does: 'Restart services whose libraries were updated',
    why: 'Until then they run with the old ones and their holes.',
    source: 'needrestart(1)',
    files: [{ path: '/etc/needrestart/conf.d/broker-setup.conf', content: needrestartConf }],
    packages: ['needrestart'],
  },
  {
    id: 'hardening.integrity',
    profile: 'strict',
    does: 'Keep a diary of changed files (AIDE), written every night',
    why: 'After a break-in it tells what was changed, and when: journalctl -u broker-setup-integrity.',
    source: 'aide.conf(5)',
    files: [
      {
        path: INTEGRITY.conf,
        content: (release) => aideConf(release === 'ubuntu 20.04'),
      },
      { path: INTEGRITY.service, content: integrityService },
      { path: `/etc/systemd/system/${INTEGRITY.timer}`, content: integrityTimer },
    ],
    packages: ['aide'],
    unit: INTEGRITY.timer,
  },
  {
    id: 'hardening.shared-memory',
    profile: 'strict',
    does: 'Let no program be started from shared memory (/dev/shm)',
    why: 'Every program may write there, so it is where attackers put theirs.',
    source: 'mount(8), CIS Debian Linux 12 Benchmark',
    files: [{ path: SHARED_MEMORY.path, content: sharedMemoryService }],
    unit: SHARED_MEMORY.unit,
  },
];

/** What makes the files of a measure count; undefined where nothing has to. */
export const activation = ({ unit, activate }: Measure): Sh | undefined =>
  unit === undefined ? activate : followUnit(unit);
