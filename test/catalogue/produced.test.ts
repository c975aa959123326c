import { expect, it } from 'vitest';
import { CATALOGUE, catalogued } from '../../src/catalogue/index.js';
import { NOT_HERE, SPOILS_4, SPOILS_5 } from '../e2e/doctor/emqx-spoils.js';
import { BARE, BARE_DESCRIBED, GUIDE } from '../e2e/doctor/expected.js';
import { HARDENING_SPOILS, MORE_SPOILS, SPOILS } from '../e2e/doctor/spoils.js';

/** Produced on a real server by other end-to-end tests than those of the tables. */
const IN_OTHER_TESTS = {
  'certificate.dry-run': 'doctor/healthy',
  'doctor.inside': 'doctor/healthy',
  'doctor.waiver': 'doctor/healthy',
  'sshd-config.unmanaged': 'nightly/failure-cases/sshd',
  'sshd-config.socket': 'nightly/failure-cases/sshd',
  'broker-install.unmaintained': 'nightly/emqx-findings, all the time',
  'fail2ban.penalties': 'doctor/healthy',
  'update.clock': 'nightly/failure-cases/beyond',
  'update.noexec': 'nightly/failure-cases/beyond',
  'update.sources': 'nightly/failure-cases/beyond',
  'user.expiry': 'nightly/failure-cases/beyond',
  'user.sudo-later': 'unfit-server',
  'sshd-config.others': 'nightly/failure-cases/beyond',
  'ufw.other-firewall': 'nightly/failure-cases/beyond',
  'watch.settings': 'doctor/watch',
  'watch.timer': 'doctor/watch',
  'watch.last-run': 'doctor/watch',
  'watch.nobody': 'doctor/watch',
  'watch.mail': 'doctor/watch',
} as const;

/** Not to be produced by spoiling a server here; unit tests produce them. */
const BY_UNIT_TESTS = {
  'certbot.caa': 'Let’s Encrypt issues nothing for the private domain of a rehearsal',
  'certbot.key-type': 'only Ubuntu 20.04 has such a certbot',
  'certbot.terms': 'settings without a yes are refused long before',
  'mqtt.*-message': 'only the run that makes an account knows its password, so doctor does not send messages',
  'login.first': 'proved only while init changes accounts, and taken back where it does not hold',
  'watch.schedule':
    'the watch is not installed on the servers of the tables; test/engine/timer has each fault',
  'dashboard.login': 'the same for the password of the dashboard',
} as const;

it('each finding is produced by a test that spoils a real server, or it is said why not', () => {
  const tables = [
    ...[...SPOILS, ...HARDENING_SPOILS, ...MORE_SPOILS, ...SPOILS_4, ...SPOILS_5].flatMap(
      ({ found }) => found,
    ),
    ...[BARE, GUIDE].flatMap(({ problem, warning, unknown }) => [...problem, ...warning, ...unknown]),
    ...BARE_DESCRIBED.flatMap(([, , found]) => found),
  ];
  const produced = new Set([...tables.map((id) => catalogued(id)), ...Object.keys(IN_OTHER_TESTS)]);
  const left = Object.keys(CATALOGUE).filter((id) => !produced.has(id));
  expect(left.filter((id) => !(id in BY_UNIT_TESTS) && !(id in NOT_HERE))).toEqual([]);
  expect(Object.keys(BY_UNIT_TESTS).filter((id) => produced.has(id))).toEqual([]);
});
