import * as v from 'valibot';

/** How a line of the report stands. warning: worth knowing, no harm done yet. unknown: could not be checked, so never healthy. */
const State = v.picklist(['ok', 'problem', 'warning', 'unknown']);

const Accepted = v.strictObject({
  reason: v.pipe(v.string(), v.description('As broker.yaml gives it.')),
  until: v.optional(v.pipe(v.string(), v.description('Last day, YYYY-MM-DD.'))),
});

const Line = v.strictObject({
  id: v.pipe(
    v.string(),
    v.description(
      'Stable name: a step or check that is in place (`ufw`), a finding (`ufw.rules`), or a look from outside (`tls.8883`).',
    ),
  ),
  group: v.pipe(v.string(), v.description('Id of the group that it belongs to.')),
  state: State,
  seen: v.pipe(v.picklist(['inside', 'outside']), v.description('From where it was looked at.')),
  summary: v.pipe(v.string(), v.description('What holds, or what was found, in one sentence.')),
  detail: v.optional(v.pipe(v.string(), v.description('What exactly was seen.'))),
  why: v.optional(v.pipe(v.string(), v.description('Why a problem or warning matters.'))),
  mend: v.optional(v.pipe(v.string(), v.description('What mends it, with the command.'))),
  fix: v.optional(v.pipe(v.boolean(), v.description('Whether `doctor --fix` mends it.'))),
  accepted: v.optional(Accepted),
});

const Group = v.strictObject({
  id: v.string(),
  title: v.string(),
  state: v.pipe(State, v.description('The worst state of its lines that were not accepted.')),
  absent: v.optional(
    v.pipe(v.string(), v.description('Why there was nothing to check, such as “not installed”.')),
  ),
});

const Port = v.strictObject({
  port: v.number(),
  transport: v.picklist(['tcp', 'udp']),
  title: v.optional(v.pipe(v.string(), v.description('What it is for, where this set-up knows it.'))),
  wanted: v.pipe(v.boolean(), v.description('Whether the world is to reach it.')),
  program: v.optional(v.pipe(v.string(), v.description('What listens there on the server; none: nothing.'))),
  local: v.optional(v.pipe(v.boolean(), v.description('It listens for the server itself only.'))),
  firewall: v.optional(
    v.pipe(
      v.picklist(['open', 'closed', 'bypassed']),
      v.description('What the server’s own firewall does with it.'),
    ),
  ),
  outside: v.pipe(
    v.array(
      v.strictObject({
        address: v.string(),
        seen: v.picklist(['open', 'refused', 'rejected', 'filtered', 'wrong', 'unreachable']),
      }),
    ),
    v.description(
      'What this computer saw, at each address. refused: nothing listens. rejected: a firewall said no. filtered: silence. wrong: another service answers. unreachable: there is no way from this computer.',
    ),
  ),
});

const Certificate = v.strictObject({
  sha1: v.string(),
  sha256: v.string(),
  names: v.array(v.string()),
  issuer: v.string(),
  validFrom: v.string(),
  validTo: v.string(),
  current: v.pipe(v.boolean(), v.description('The one that is in use; the others were before it.')),
});

const Renewal = v.strictObject({
  expected: v.optional(
    v.pipe(
      v.string(),
      v.description(
        'Day on which certbot is about to renew, and the fingerprints change; absent while a problem keeps it from renewing.',
      ),
    ),
  ),
  daysLeft: v.number(),
  log: v.pipe(
    v.array(v.strictObject({ at: v.string(), ok: v.boolean(), text: v.string() })),
    v.description('What the renewal hook noted, oldest first.'),
  ),
});

const Account = v.strictObject({
  name: v.string(),
  root: v.pipe(
    v.picklist(['itself', 'with-password', 'without-password', 'limited', 'no']),
    v.description('How it reaches root.'),
  ),
  password: v.pipe(v.boolean(), v.description('Whether it has a password, at the console or for sudo.')),
  shell: v.optional(
    v.pipe(
      v.literal(false),
      v.description('It has no shell; it may have connections forwarded, and use SFTP.'),
    ),
  ),
  ssh: v.pipe(
    v.array(v.picklist(['key', 'password', 'certificate', 'gssapi', 'hostbased'])),
    v.description('How it may log in over SSH.'),
  ),
  keys: v.array(
    v.strictObject({
      type: v.string(),
      fingerprint: v.string(),
      comment: v.string(),
      refused: v.optional(v.pipe(v.string(), v.description('Why the SSH server does not accept it.'))),
      limits: v.optional(v.pipe(v.array(v.string()), v.description('What narrows a login with it.'))),
    }),
  ),
});

/** What `doctor --json` prints, and what every other view of a check-up is made from. */
export const ReportSchema = v.pipe(
  v.strictObject({
    version: v.pipe(
      v.literal(1),
      v.description('Goes up when a field changes its meaning; new fields may come without.'),
    ),
    server: v.string(),
    domain: v.optional(v.string()),
    system: v.optional(
      v.pipe(
        v.string(),
        v.description('Name and release of its system; missing where it was looked at from outside only.'),
      ),
    ),
    at: v.pipe(v.string(), v.description('When it was looked at, in UTC.')),
    ok: v.pipe(
      v.boolean(),
      v.description(
        'Everything that was to be looked at was checked, and no problem was found; with --outside-only that is the outside alone.',
      ),
    ),
    exitCode: v.picklist([0, 1, 3]),
    counts: v.strictObject({
      ok: v.number(),
      problem: v.number(),
      warning: v.number(),
      unknown: v.number(),
      accepted: v.number(),
    }),
    groups: v.array(Group),
    findings: v.array(Line),
    gone: v.optional(
      v.pipe(v.array(Line), v.description('With --changed: what was found the last time and is no more.')),
    ),
    since: v.optional(v.pipe(v.string(), v.description('With --changed: when the last check-up was.'))),
    facts: v.array(v.strictObject({ id: v.string(), label: v.string(), value: v.string() })),
    ports: v.array(Port),
    certificates: v.array(Certificate),
    renewal: v.optional(Renewal),
    accounts: v.array(Account),
  }),
  v.title('A check-up by broker-setup doctor'),
  v.description('What `broker-setup doctor --json` prints.'),
);

/** What is printed with --json where there is no report: the server is not known, or could not be reached. */
export const FailureSchema = v.strictObject({
  version: v.literal(1),
  ok: v.literal(false),
  error: v.strictObject({
    code: v.pipe(v.string(), v.description('Stable name of the cause.')),
    message: v.string(),
    problems: v.optional(v.array(v.string())),
    hint: v.optional(v.string()),
  }),
});

export type Report = v.InferOutput<typeof ReportSchema>;
export type Line = Report['findings'][number];
export type LineState = Line['state'];
