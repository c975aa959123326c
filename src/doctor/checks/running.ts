import { namesOf, type ServiceProcess } from '../../engine/facts/services.js';
import type { Unit } from '../../engine/facts/units.js';
import { type Asking, type Context, defineStep, type Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';

/** Units whose settings on disk must be those that systemd knows: what the next start would do is read from there. */
const WATCHED = [
  'ssh.service',
  'ssh.socket',
  'ufw.service',
  'fail2ban.service',
  'certbot.service',
  'certbot.timer',
];

/** What may bring the network up. */
const NETWORKS = [
  'networking.service',
  'systemd-networkd.service',
  'NetworkManager.service',
  'dhcpcd.service',
  'connman.service',
  'wicked.service',
];

const TARGET = 'default.target';

/** Other steps look at these, and restart them. */
const LOOKED_AT = ['ssh.service', 'sshd.service', 'fail2ban.service'];

/** Restarting these ends the sessions of everybody, or more: dbus-daemon(1); needrestart(1) leaves them alone as well. */
const NOT_SAFE =
  /^(dbus|dbus-broker|systemd-logind|user@\d+|(console-|serial-)?getty(@.*)?|polkit|systemd-networkd|networking|NetworkManager|docker|containerd)\.service$/;

interface State {
  services: readonly ServiceProcess[];
  /** Units that systemd knows otherwise than they are on disk. */
  outdated: readonly string[];
  networks: readonly Unit[];
  /** What the server starts into: multi-user.target, graphical.target. */
  target: string;
  /** What policy-rc.d says of a restart of the broker: its exit code; undefined where there is none. */
  policy: number | undefined;
}

/** Whether what runs is what is on disk, and comes back after a restart of the server. */
export const running = defineStep<State>({
  id: 'running',
  title: 'What runs, and what the next start brings',
  needs: ({ broker }) => ({ units: [...WATCHED, broker.unit, ...NETWORKS, TARGET], services: true }),
  // deb-systemd-invoke(1p) asks it in this way; without it everything is allowed.
  probe: ({ broker }) =>
    sh`if [ -x ${POLICY} ]; then ${POLICY} ${broker.unit} restart >/dev/null 2>&1; echo "policy=$?"; fi`,
  parse: ({ stdout, facts }, asking) => {
    const seen = facts.services();
    if (seen.length === 0) throw new Error('The server did not tell which processes its services have.');
    const [, policy] = /^policy=(\d+)$/m.exec(stdout) ?? [];
    return {
      services: seen,
      outdated: watched(asking).filter((name) => facts.unit(name).outdated),
      networks: NETWORKS.map((name) => facts.unit(name)),
      target: facts.unit(TARGET).id,
      policy: policy === undefined ? undefined : Number(policy),
    };
  },
  check: (state, context) => [
    ...outdatedFinding(state),
    ...targetFinding(state),
    ...networkFinding(state),
    ...policyFinding(state),
    ...servicesFinding(state, context),
  ],
});

const watched = ({ broker }: Asking): string[] => [...WATCHED, broker.unit];

/** policy-rc.d of Debian's invoke-rc.d: what it forbids, packages do not do. */
const POLICY = '/usr/sbin/policy-rc.d';

/** Its exit code for an action that is forbidden: README.policy-rc.d of init-system-helpers. */
const FORBIDDEN = 101;

function outdatedFinding({ outdated }: State): Finding[] {
  if (outdated.length === 0) return [];
  return [
    {
      id: 'running.units',
      level: 'change',
      summary: `Have systemd read its files again: those of ${outdated.join(', ')} were changed since, and count from the next start of the server on`,
      change: { kind: 'run', script: sh`systemctl daemon-reload`, undo: 'nothing' },
    },
  ];
}

/** Into these the server starts without network or services. */
const BARE: readonly string[] = [
  'rescue.target',
  'emergency.target',
  'sysinit.target',
  'basic.target',
  'poweroff.target',
  'halt.target',
  'reboot.target',
];

function targetFinding({ target }: State): Finding[] {
  if (!BARE.includes(target)) return [];
  return [
    {
      id: 'running.target',
      level: 'stop',
      summary: `At its next start this server goes into ${target}: neither SSH nor the broker would run.`,
      hint: 'Have it start as servers do, on the server: sudo systemctl set-default multi-user.target',
    },
  ];
}

function networkFinding({ networks }: State): Finding[] {
  const comesBack = (unit: Unit) =>
    unit.load !== 'not-found' && (unit.enabled === 'enabled' || unit.wantedBy.length > 0);
  const atWork = networks.filter(({ active }) => active === 'active');
  const [first] = atWork;
  if (first === undefined || networks.some(comesBack)) return [];
  return [
    {
      id: 'running.network',
      level: 'stop',
      summary: `After its next start this server may have no network: ${first.id} is at work now, but nothing starts it (${first.enabled}).`,
      hint: `If that was not meant, on the server: sudo systemctl enable ${first.id}`,
    },
  ];
}

function policyFinding({ policy }: State): Finding[] {
  if (policy !== FORBIDDEN) return [];
  return [
    {
      id: 'running.policy',
      level: 'stop',
      summary: `${POLICY} forbids packages to restart services (it answers 101): after an update the previous version goes on running.`,
      hint: `What put it there is not known. Read it: cat ${POLICY}. If nothing on this server needs it: sudo rm ${POLICY}`,
    },
  ];
}

function servicesFinding({ services }: State, { broker }: Context): Finding[] {
  const others = services.filter(
    ({ unit, replaced }) =>
      replaced.length > 0 && unit !== broker.unit && !LOOKED_AT.includes(unit) && !/^sshd?@/.test(unit),
  );
  const units = [...new Set(others.map(({ unit }) => unit))].sort();
  if (units.length === 0) return [];
  const safe = units.filter((unit) => !NOT_SAFE.test(unit));
  const files = namesOf([...new Set(others.flatMap(({ replaced }) => replaced))]);
  return [
    {
      id: 'running.services',
      level: 'warn',
      summary: `These services still run the previous version of files that were replaced on disk (${files}): ${units.join(', ')}.`,
      hint: [
        ...(safe.length > 0 ? [`Restart them: sudo systemctl restart ${safe.join(' ')}.`] : []),
        ...(safe.length < units.length
          ? [`For ${units.filter((unit) => NOT_SAFE.test(unit)).join(', ')}: sudo reboot, when it suits you.`]
          : []),
      ].join(' '),
    },
  ];
}
