import type { FileChange } from '../../engine/change.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import type { Finding } from '../../engine/step.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { goodEnough, KERNEL_SETTINGS, type KernelSetting } from './kernel-settings.js';
import type { Profile } from './profile.js';
import { SYSCTL_DROP_IN, sysctlDropIn } from './sysctl.js';

/** A setting as it is in force. */
interface InForce {
  key: string;
  writable: boolean;
  value: string;
}

/** A line of somebody's that says what a setting shall be. */
interface Said {
  file: string;
  key: string;
  value: string;
  /** Whether it is read after ours, so that it wins. */
  later: boolean;
}

export interface KernelState {
  inForce: readonly InForce[];
  said: readonly Said[];
}

const KEYS = verbatim(KERNEL_SETTINGS.map(({ key }) => key).join(' '));

/** systemd-analyze(1) prints the files in the order in which they are read; ufw has a file of its own and reads it last. */
export const kernelProbe: Sh = sh`cd /proc/sys
set -- ${KEYS}
grep -s -H '' "$@" | sed 's/^/kernel /'
for key; do if [ -w "$key" ]; then echo "kernel-free $key"; fi; done
cd /
{ systemd-analyze cat-config sysctl.d
  if [ -r /etc/ufw/sysctl.conf ] && grep -qs '^IPT_SYSCTL=/etc/ufw/sysctl.conf' /etc/default/ufw; then echo '# /etc/ufw/sysctl.conf'; cat /etc/ufw/sysctl.conf; fi
} 2>/dev/null | sed -n -E 's|^# (/.*\\.conf)$|said-file \\1|p;s|^-?([a-z][^ #=]*)[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*$|said \\1 \\2|p'`;

/** Pure. */
export function parseKernel(stdout: string): KernelState {
  const free = new Set([...stdout.matchAll(/^kernel-free (\S+)$/gm)].map(([, key]) => key));
  const inForce = [...stdout.matchAll(/^kernel ([^ :]+):(.*)$/gm)].map(([, key = '', value = '']) => ({
    key,
    writable: free.has(key),
    value: value.trim(),
  }));
  const said: Said[] = [];
  let file = '';
  let later = false;
  for (const line of stdout.split('\n')) {
    const [, path] = /^said-file (.+)$/.exec(line) ?? [];
    const [, key, value] = /^said (\S+) (.+)$/.exec(line) ?? [];
    if (path !== undefined) {
      later ||= file === SYSCTL_DROP_IN;
      file = path;
    } else if (key !== undefined && value !== undefined && file !== SYSCTL_DROP_IN) {
      said.push({ file, key: withSlashes(key), value, later });
    }
  }
  return { inForce, said };
}

/** sysctl.d(5): where the first separator is a slash, the dots are part of the name. */
const withSlashes = (key: string): string =>
  /^[^./]*\//.test(key) ? key : key.replaceAll('/', '\0').replaceAll('.', '/').replaceAll('\0', '.');

const matches = (pattern: string, key: string): boolean => {
  const [before = '', after] = pattern.split('*');
  return after === undefined ? pattern === key : key.startsWith(before) && key.endsWith(after);
};

/** What one setting shall be, and who says otherwise. */
interface Judged {
  setting: KernelSetting;
  value: string;
  good: readonly string[];
  overruled: Said | undefined;
}

function judge(setting: KernelSetting, profile: Profile, said: readonly Said[]): Judged | undefined {
  const good = goodEnough(setting, profile);
  if (good === undefined) return undefined;
  const others = said.filter(({ key }) => matches(setting.key, key) || matches(key, setting.key));
  // What somebody has set stricter than we would stays.
  const stricter = others.filter(({ value }) => good.includes(value)).at(-1)?.value;
  const last = others.filter(({ later, file }) => later && file !== setting.corrected).at(-1);
  const overruled = last === undefined || good.includes(last.value) ? undefined : last;
  return { setting, value: stricter ?? good[0] ?? '', good, overruled };
}

/** Pure. @param dropIn the file of ours as it was seen */
export function kernelFindings(
  { inForce, said }: KernelState,
  dropIn: SeenFile | undefined,
  profile: Profile,
): Finding[] {
  const judged = KERNEL_SETTINGS.flatMap((setting) => judge(setting, profile, said) ?? []);
  const file: FileChange = {
    path: SYSCTL_DROP_IN,
    content: sysctlDropIn(judged.map(({ setting, value }) => [setting.key, value])),
    mode: '0644',
    owner: 'root:root',
    before: dropIn?.content,
  };
  const weak = judged.filter(
    ({ setting, good, overruled }) =>
      overruled === undefined &&
      inForce.some(
        ({ key, writable, value }) => writable && matches(setting.key, key) && !good.includes(value),
      ),
  );
  const found: Finding[] = [];
  if (weak.length > 0 || !isAsWanted(dropIn, file)) {
    found.push({
      id: 'hardening.kernel',
      level: 'change',
      summary: `Close what the kernel leaves open (${SYSCTL_DROP_IN})`,
      change: {
        kind: 'write',
        files: [file],
        activate: lines(
          sh`cd /proc/sys`,
          ...judged.filter(({ overruled }) => overruled === undefined).map(setNow),
        ),
        // The kernel keeps what it was told until the server restarts.
        undo: sh`:`,
      },
    });
  }
  const overruled = judged.flatMap(({ overruled }) => overruled ?? []);
  return overruled.length === 0 ? found : [...found, overruledFinding(overruled)];
}

/** Sets what is not good enough yet; values that are stricter stay. */
function setNow({ setting, value, good }: Judged): Sh {
  return sh`for key in ${verbatim(setting.key)}; do
  if [ -w "$key" ]; then case $(cat "$key") in ${verbatim(good.join('|'))}) ;; *) echo ${value} >"$key" || true ;; esac; fi
done`;
}

function overruledFinding(said: readonly Said[]): Finding {
  const names = said.map(({ key, file }) => `${key.replaceAll('/', '.')} (${file})`);
  return {
    id: 'hardening.overruled',
    level: 'warn',
    summary: `Another file keeps settings of the kernel weaker: ${names.join(', ')}.`,
    hint: 'If nobody needs it so, remove the line and run the same command again.',
  };
}

/** Pure. Settings that this server has but does not let anybody change, as in a container. */
export function heldByHost({ inForce }: KernelState, profile: Profile): string[] {
  return KERNEL_SETTINGS.flatMap((setting) => {
    const good = goodEnough(setting, profile);
    const weak = ({ key, writable, value }: InForce) =>
      !writable && matches(setting.key, key) && good?.includes(value) === false;
    return inForce.some(weak) ? [setting.key.replaceAll('/', '.')] : [];
  });
}
