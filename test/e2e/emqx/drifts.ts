import { familyOf } from '../../../src/settings/emqx-versions.js';
import type { Drift } from '../drifts.js';

const CONF = '/etc/emqx/emqx.conf';

const BOTH: readonly Drift[] = [
  {
    step: 'broker-install',
    finding: 'broker-install.hold',
    spoil: 'apt-mark unhold emqx emqx-enterprise 2>/dev/null || true',
    healed: 'apt-mark showhold | grep -q ^emqx',
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.service',
    spoil: 'systemctl disable emqx',
    healed: 'systemctl is-enabled emqx',
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.certificate',
    spoil: 'chmod 0644 /etc/broker-setup/certificate/privkey.pem',
    healed: '[ "$(stat -c %a /etc/broker-setup/certificate/privkey.pem)" = 640 ]',
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.rules',
    spoil: "sed -i 's/^{deny, all}\\.$/{allow, all}./' /etc/emqx/acl.conf",
    healed: "grep -qx '{deny, all}.' /etc/emqx/acl.conf",
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.data',
    spoil: 'chmod 0755 /var/lib/emqx',
    healed: '[ "$(stat -c %a /var/lib/emqx)" = 750 ]',
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.telemetry',
    spoil: `sed -i 's/^telemetry\\.\\(enabled\\?\\) = false/telemetry.\\1 = true/' ${CONF} /etc/emqx/plugins/emqx_telemetry.conf 2>/dev/null || true`,
    healed: `grep -rq '^telemetry\\.enabled\\? = false' /etc/emqx`,
  },
];

const V4: readonly Drift[] = [
  {
    step: 'conf-edits',
    finding: 'conf-edits.authentication',
    spoil: `sed -i 's/^allow_anonymous = .*/allow_anonymous = true/' ${CONF}`,
    healed: `grep -qx 'allow_anonymous = false' ${CONF}`,
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.plain',
    spoil: `printf '\\nlistener.tcp.external = 0.0.0.0:1883\\n' >>${CONF}`,
    healed: 'ss -ltnH "sport = :1883" | grep -q 127.0.0.1:1883',
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.management',
    spoil: "printf 'management.listener.http = 8081\\n' >>/etc/emqx/plugins/emqx_management.conf",
    healed: '! ss -ltnH "sport = :8081" | grep -q .',
  },
];

/** 4.4 takes no password of less than 8 characters (emqx_dashboard_admin.erl at v4.4.19), 4.3.5 any. */
const V43: readonly Drift[] = [
  {
    step: 'conf-edits',
    finding: 'conf-edits.dashboard-password',
    spoil: 'emqx_ctl admins passwd admin public',
    healed: '! emqx_ctl admins passwd admin 2>/dev/null | grep -q ^ok',
  },
];

const V5: readonly Drift[] = [
  {
    step: 'conf-edits',
    finding: 'conf-edits.authorization',
    spoil: `sed -i 's/no_match = deny/no_match = allow/' ${CONF} /etc/emqx/base.hocon 2>/dev/null || true`,
    healed: 'grep -rq "no_match = deny" /etc/emqx',
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.plain',
    spoil: `sed -i 's/"127.0.0.1:1883"/"0.0.0.0:1883"/' ${CONF}`,
    healed: 'ss -ltnH "sport = :1883" | grep -q 127.0.0.1:1883',
  },
  {
    step: 'conf-edits',
    finding: 'conf-edits.cookie',
    spoil: `sed -i '/^include /d' ${CONF}`,
    healed: `grep -q '^include ' ${CONF} && [ "$(stat -c %a /etc/emqx/broker-setup/node.conf)" = 600 ]`,
  },
];

/** One deliberate spoiling for several of the settings of EMQX, of the family of this version. */
export const emqxDrifts = (version: string): readonly Drift[] => [
  ...BOTH,
  ...(familyOf(version) === 'v4' ? V4 : V5),
  ...(version.startsWith('4.3.') ? V43 : []),
];
