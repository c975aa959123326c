import type { FindingName } from '../../catalogue/index.js';
import { SAY } from '../../engine/say.js';
import type { Context, Finding, MadePassword } from '../../engine/step.js';
import { againUntold, settingUntold } from '../../run-log/undelivered-passwords.js';
import { besidesMqtt } from '../../settings/emqx-protocols.js';
import { type Secret, type Sh, sh, verbatim } from '../../sh.js';
import { type Erlang, erl, evaluate } from './erlang.js';
import { EMQX } from './facts.js';

/** What the node tells of its accounts. */
export interface Accounts {
  /** none: the dashboard has no account; shipped: it has one that still takes the password it shipped with. */
  dashboard: 'none' | 'shipped' | 'own';
  /** The account of the first device. */
  device: boolean;
  /** The same account for the protocols that keep accounts of their own. */
  everywhere: boolean;
  /** 4.x: the application of the management API that takes the secret it shipped with. */
  shippedApplication: boolean;
}

/** How a family keeps its accounts; each piece is one Erlang expression. */
export interface AccountCode {
  /** true or false. */
  hasDevice(name: string): Erlang;
  /** ok where it was made; one of that name that is there already goes. */
  addDevice(name: string, password: Secret): Erlang;
  /** true or false: whether protocols with accounts of their own have it. */
  hasEverywhere(name: string): Erlang;
  /** ok where they have it now, with the password that it has. */
  copyDevice(name: string): Erlang;
  hasShippedApplication: Erlang;
  /** More terms about the running node, which the family understands; the last may be followed by `| List`. */
  running: Erlang;
}

const dashboardState = erl`case emqx_dashboard_admin:all_users() of
  [] -> none;
  _ -> case emqx_dashboard_admin:check(${EMQX.admin}, ${EMQX.shippedPassword}) of {error, _} -> own; _ -> shipped end
end`;

/** Joins the answer of `emqx eval`, which is broken into lines of 80 characters; of another one the last words are kept. */
const JOIN = `/^[{]ok,\\[/ {inside = 1}
inside {sub(/^ +/, ""); text = text $0}
inside && /\\][}]$/ {inside = 0}
!inside && NF {words = $0}
END {
  if (text ~ /\\][}]$/) print "accounts=" substr(text, 6, length(text) - 7)
  else if (words != "") print "unanswered=" substr(words, 1, 300)
}`;

/** Shell that prints `accounts=…`; where EMQX does not answer, `unanswered=` and its last words. */
export function tellAccounts(code: AccountCode, device: string): Sh {
  const program = erl`[${dashboardState}, ${code.hasDevice(device)}, ${code.hasShippedApplication}, ${code.hasEverywhere(device)}, ${code.running}].`;
  return sh`${evaluate(program)} 2>&1 | awk ${JOIN}`;
}

/** How many terms are about accounts; what follows is about the running node. */
export const ABOUT_ACCOUNTS = 4;

/** Pure. The terms of a list of Erlang's, each an atom or a number; of quoted ones what the quotes hold. */
export const termsOf = (list: string): string[] =>
  [...list.matchAll(/'((?:[^'\\]|\\.)*)'|[^,]+/g)].map(([whole, quoted]) => quoted ?? whole);

/** Pure. @param told what stands behind `accounts=` */
export function parseAccounts(told: string | undefined): Accounts | undefined {
  const [dashboard, device, application, everywhere] = termsOf(told ?? '');
  if (dashboard !== 'none' && dashboard !== 'shipped' && dashboard !== 'own') return undefined;
  return {
    dashboard,
    device: device === 'true',
    shippedApplication: application === 'true',
    everywhere: everywhere === 'true',
  };
}

/** A node that was never started has none. */
export const NO_ACCOUNTS: Accounts = {
  dashboard: 'none',
  device: false,
  shippedApplication: false,
  everywhere: false,
};

/** Pure. What is to be done about accounts; they live in the node, so it must be running by then. */
export function accountFindings(
  { dashboard, device, shippedApplication, everywhere }: Accounts,
  { secrets, settings, untold }: Context,
  code: AccountCode,
): Finding[] {
  const { name } = settings.device;
  const useless = (name: MadePassword, isThere: boolean) => {
    const why = untold?.get(name);
    return why === 'unproved' && !isThere ? undefined : why;
  };
  const admin = useless('dashboardPassword', dashboard === 'own');
  const first = useless('devicePassword', device);
  const change = (id: FindingName<'conf-edits'>, summary: string, stays: string, script: Sh): Finding => ({
    id: `conf-edits.${id}`,
    level: 'change',
    summary,
    change: {
      kind: 'run',
      script,
      undo: { stays },
    },
  });
  return [
    ...(dashboard === 'own' && !admin
      ? []
      : [
          change(
            admin ?? 'dashboard-password',
            admin
              ? againUntold(`${EMQX.admin} of the dashboard`, admin)
              : `Give the account ${EMQX.admin} of the dashboard a generated password`,
            `The account ${EMQX.admin} of the dashboard keeps its new password.`,
            settingUntold(
              'dashboardPassword',
              secrets.dashboardPassword,
              must(setDashboardPassword(secrets.dashboardPassword)),
            ),
          ),
        ]),
    ...(shippedApplication
      ? [
          change(
            'default-application',
            'Remove the application of the management API that everybody knows (admin/public)',
            'The application admin of the management API stays removed.',
            must(erl`emqx_mgmt_auth:del_app(<<"admin">>)`),
          ),
        ]
      : []),
    ...(device && !everywhere && !first
      ? [
          change(
            'gateway-account',
            `Let the account ${name} in over ${besidesMqtt(settings.protocols).join(' and ')} as well`,
            `The account ${name} stays valid over ${besidesMqtt(settings.protocols).join(' and ')}.`,
            must(code.copyDevice(name)),
          ),
        ]
      : []),
    ...(device && !first
      ? []
      : [
          change(
            first ?? 'device',
            first
              ? againUntold(name, first)
              : `Make the account ${name} for the first device, with a generated password`,
            first
              ? `The account ${name} keeps its new password.`
              : `The account ${name} stays in EMQX. To remove it, use the dashboard of EMQX.`,
            settingUntold(
              'devicePassword',
              secrets.devicePassword,
              must(code.addDevice(name, secrets.devicePassword)),
            ),
          ),
        ]),
  ];
}

/** By EMQX's own command, whose form is the same in all versions; but called inside the node, where no argument is seen. Proved by a check, since it succeeds whatever happened. */
function setDashboardPassword(password: Secret): Erlang {
  const user = EMQX.admin;
  return erl`begin
  Admin = ${user}, Password = ${password},
  Text = fun(Binary) -> binary_to_list(Binary) end,
  case emqx_dashboard_admin:lookup_user(Admin) of
    [] -> emqx_ctl:run_command(["admins", "add", Text(Admin), Text(Password), "administrator"]);
    _ -> emqx_ctl:run_command(["admins", "passwd", Text(Admin), Text(Password)])
  end,
  case emqx_dashboard_admin:check(Admin, Password) of {ok, _} -> ok; Answer -> Answer end
end`;
}

/** Shell that evaluates an expression and fails unless it is `ok`; EMQX's own commands exit 0 on many failures. */
function must(program: Erlang): Sh {
  return sh`told=$( ${evaluate(erl`${program}.`)} 2>&1) || true
case $told in
  *'{ok,ok}'*) ;;
  *)
    printf '%s\\n' "$told" >&2
    echo '${verbatim(SAY)}EMQX did not accept the account; what it said is below.' >&2
    echo '${verbatim(SAY)}If it is not running, look at /var/log/emqx and run the same command again.' >&2
    exit 1 ;;
esac`;
}
