import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/engine/change.js';
import { EDITS } from '../../src/steps/hardening/edits.js';
import { goodEnough, KERNEL_SETTINGS } from '../../src/steps/hardening/kernel-settings.js';
import { MEASURES } from '../../src/steps/hardening/measures.js';
import { TMP_MOUNT, tmpMount } from '../../src/steps/hardening/mounts.js';
import { hardening } from '../../src/steps/hardening.js';
import { contextFor, findings, fixture, ids } from '../context.js';
import { probed, withFile, withOwn, withUnit } from '../facts.js';

const standard = contextFor();
const strict = contextFor({ settings: { hardening: 'strict' } });
const trixie = { ...strict, server: { ...strict.server, version: '13' } };
const fresh = fixture('hardening', 'bookworm-fresh');
const done = fixture('hardening', 'bookworm-done');
const doneStrict = fixture('hardening', 'bookworm-strict');

const dropIn = (stdout: string, context = standard) => {
  const change = findings(hardening, stdout, context).find(({ id }) => id === 'hardening.kernel')?.change;
  if (change?.kind !== 'write') throw new Error('no file');
  return String(change.files[0]?.content);
};

describe('hardening', () => {
  it('finds nothing on servers that were set up, with either profile', () => {
    expect(ids(hardening, done, standard)).toEqual([]);
    expect(ids(hardening, doneStrict, strict)).toEqual([]);
    expect(ids(hardening, fixture('hardening', 'trixie-strict'), trixie)).toEqual([]);
  });

  it('on a fresh server brings about what nobody notices', () => {
    expect(ids(hardening, fresh, standard)).toEqual([
      'hardening.kernel',
      'hardening.core-dumps',
      'hardening.journal',
    ]);
  });

  it('strict brings about all of it', () => {
    const expected = [
      ...['kernel', ...MEASURES.map(({ id }) => id.split('.')[1])],
      ...['umask', 'banner', 'modes'],
    ];
    expect(ids(hardening, fresh, strict)).toEqual(expected.map((name) => `hardening.${name}`));
  });

  it('a server that tells nothing of its kernel could not be checked', () => {
    expect(() => ids(hardening, '', standard)).toThrow('could not be read');
  });

  it('every change says how it is undone', () => {
    const changes = [...findings(hardening, fresh, strict), ...findings(hardening, doneStrict, standard)].map(
      ({ change }) => change,
    ) as Change[];
    expect(changes.length).toBeGreaterThan(12);
    for (const change of changes) {
      if (change.kind === 'run') expect(change.undo).not.toBe('nothing');
      else expect(change.kind).toBe('write');
    }
  });
});

describe('a setting of the kernel', () => {
  const where = 'net/ipv4/conf/all/send_redirects';
  const loose = done.replace(`kernel ${where}:0`, `kernel ${where}:1`);

  it('counts as it is in force, whatever the file says', () => {
    expect(ids(hardening, loose, standard)).toEqual(['hardening.kernel']);
  });

  it('is passed over where the server cannot change it, and that is said', () => {
    const held = loose.replace(`kernel-free ${where}\n`, '');
    const seen = hardening.see(probed(held), standard);
    expect(seen.findings).toEqual([]);
    expect(seen.facts[0]?.value).toContain('net.ipv4.conf.*.send_redirects');
  });

  it('that an administrator has set stricter stays, in force and in the file', () => {
    const own = done
      .replace(
        'said-file /usr',
        'said-file /etc/sysctl.d/10-own.conf\nsaid kernel.kptr_restrict 2\nsaid-file /usr',
      )
      .replace(/^kernel kernel\/kptr_restrict:.*$/m, 'kernel kernel/kptr_restrict:2');
    expect(dropIn(own)).toContain('\n-kernel.kptr_restrict = 2\n');
    expect(dropIn(fresh)).toContain('\n-kernel.kptr_restrict = 1\n');
  });

  it.each(['net.ipv4.tcp_syncookies', 'net/ipv4/tcp_syncookies'])(
    'that a later file keeps weaker is named with that file: %s',
    (key) => {
      const own = withOwn(done, `said-file /etc/sysctl.d/99-zz.conf\nsaid ${key} 0`).replace(
        'kernel net/ipv4/tcp_syncookies:1',
        'kernel net/ipv4/tcp_syncookies:0',
      );
      expect(findings(hardening, own, standard)).toMatchObject([
        {
          id: 'hardening.overruled',
          level: 'warn',
          summary: expect.stringContaining('net.ipv4.tcp_syncookies (/etc/sysctl.d/99-zz.conf)'),
        },
      ]);
    },
  );

  it('is never one that takes the network of a server', () => {
    const keys = KERNEL_SETTINGS.map(({ key }) => key).join(' ');
    expect(keys).not.toMatch(/accept_ra\b|forward|disable_ipv6|modules_disabled/);
    expect(goodEnough({ key: '', standard: ['1'], why: '', source: '' }, 'strict')).toEqual(['1']);
  });
});

describe('/tmp', () => {
  const open = doneStrict.replace('tmp-mount=closed\n', '');
  const waiting = withUnit(withFile(open, TMP_MOUNT, { content: tmpMount }), 'tmp.mount', {
    LoadState: 'loaded',
    UnitFileState: 'enabled',
    FragmentPath: TMP_MOUNT,
  });

  it('is made a file system of its own, but never over files in use', () => {
    const found = findings(hardening, open, strict);
    expect(found).toMatchObject([{ id: 'hardening.tmp', level: 'change' }]);
    const change = found[0]?.change;
    expect(change?.kind === 'write' && change.activate?.run).not.toMatch(/--now|systemctl (re)?start/);
  });

  it.each([
    ['its unit is switched on', waiting, 'next restart'],
    ['/etc/fstab has it', withOwn(open, 'tmp-fstab=yes'), '/etc/fstab'],
  ])('waits for a person where %s', (_, told, says) => {
    expect(findings(hardening, told, strict)).toMatchObject([
      { id: 'hardening.tmp', level: 'warn', summary: expect.stringContaining(says) },
    ]);
  });

  it('is left alone in standard', () => {
    expect(ids(hardening, `${done.replace('tmp-mount=closed\n', '')}`, standard)).toEqual([]);
  });
});

describe('back to standard', () => {
  it('takes away the files of strict, its lines, its modes, and stops its units first', () => {
    const [files, edits, kernel] = findings(hardening, doneStrict, standard);
    expect([files?.id, edits?.id, kernel?.id]).toEqual([
      'hardening.strict-left',
      'hardening.strict-left',
      'hardening.kernel',
    ]);
    const script = files?.change?.kind === 'run' ? files.change.script.run : '';
    expect(script).toMatch(/systemctl stop [\s\S]*rm -f [\s\S]*profile\.d[\s\S]*chmod 0755 \/etc\/cron\.d/);
    expect(edits?.change?.kind === 'write' && edits.change.files.map(({ path }) => path)).toContain(
      '/etc/issue',
    );
  });

  it('leaves what an administrator has closed himself', () => {
    const own = done.replace('kept-mode 644 /etc/crontab', 'kept-mode 600 /etc/crontab');
    expect(ids(hardening, own, standard)).toEqual([]);
  });
});

describe('a line in a file of the distribution', () => {
  const shipped: Record<string, string> = {
    'hardening.umask': '# x\nUMASK\t\t022\nUSERGROUPS_ENAB yes\n',
    'hardening.banner': 'Debian GNU/Linux 12 \\n \\l\n\n',
    'hardening.packages': '# x\nCRON_CHECK=never\n',
    'hardening.martians': 'net/ipv4/conf/all/log_martians=0\nnet/ipv4/conf/default/log_martians=0\n',
  };

  it.each(EDITS.map((edit) => [edit.id, edit] as const))(
    '%s: done twice is done once, and goes again to the byte',
    (id, edit) => {
      const before = shipped[id] ?? '';
      const once = edit.with(before);
      expect(once).not.toBe(before);
      expect(edit.with(once)).toBe(once);
      expect(edit.without(once)).toBe(before);
    },
  );

  it.each([
    ['hardening.umask', 'UMASK\t\t077\n'],
    ['hardening.packages', 'CRON_CHECK=daily\n'],
    ['hardening.martians', 'net/ipv4/conf/all/log_martians=1\n'],
  ])('%s: what an administrator has set himself stays', (id, own) => {
    const edit = EDITS.find((one) => one.id === id);
    expect([edit?.with(own), edit?.without(own)]).toEqual([own, own]);
  });

  it('where Debian 13 ships none, it is added and goes again', () => {
    const edit = EDITS.find(({ id }) => id === 'hardening.umask');
    const added = edit?.with('USERGROUPS_ENAB yes\n') ?? '';
    expect(added).toMatch(/\nUMASK\t\t027\n$/);
    expect(edit?.without(added)).toBe('USERGROUPS_ENAB yes\n');
  });
});
