import { describe, expect, it } from 'vitest';
import { parseUnits } from '../../../src/engine/facts/units.js';
import { SERVICE, scheduleFindings, TIMER } from '../../../src/steps/certbot/schedule.js';
import { contextWith } from '../../recorded.js';
import { renewal } from './renewal.js';

/** What is found where certbot.service has these command lines, and the timer fires as the package has it. */
function found(...commands: string[]) {
  const units = parseUnits(`Id=${TIMER}
LoadState=loaded
ActiveState=active
Unit=${SERVICE}
TimersCalendar={ OnCalendar=*-*-* 00,12:00:00 ; next_elapse=Mon 2026-11-30 12:00:00 UTC }
NextElapseUSecRealtime=Mon 2026-11-30 22:54:54 UTC

Id=${SERVICE}
LoadState=loaded
FragmentPath=/lib/systemd/system/certbot.service
DropInPaths=/etc/systemd/system/certbot.service.d/mine.conf
${commands.map((command) => `ExecStart={ path=x ; argv[]=${command} ; ignore_errors=no }`).join('\n')}
`);
  const unit = (name: string) => units.get(name) ?? expect.fail(name);
  return scheduleFindings(
    { timer: unit(TIMER), service: unit(SERVICE), certificate: undefined, renewal },
    contextWith(),
  );
}

describe('case 324: flags of certbot.service', () => {
  it.each([
    '/usr/bin/certbot -q renew',
    '/usr/bin/certbot -q renew --no-random-sleep-on-renew',
    '/usr/bin/flock /run/x /usr/bin/certbot renew -qn --deploy-hook /root/more',
    '/usr/bin/certbot renew --cert-name mqtt.rehearsal.test --standalone --preferred-challenges http',
    '/usr/bin/certbot renew --config-dir=/etc/letsencrypt/',
  ])('%s renews it', (command) => {
    expect(found(command)).toEqual([]);
  });

  it.each([
    ['--cert-name other', '--cert-name other, which lets certbot renew that one only'],
    ['--config-dir /srv/le', '--config-dir /srv/le, which makes certbot look for certificates elsewhere'],
    ['--no-directory-hooks', '--no-directory-hooks, which makes certbot pass over its folders of hooks'],
    ['-d mqtt.rehearsal.test', '--domains mqtt.rehearsal.test, which makes certbot refuse to renew'],
    ['--dry-run', '--dry-run, which makes each renewal a rehearsal'],
    ['--webroot -w /srv/www', '--webroot, which makes certbot prove the domain by “webroot”'],
    ['-a webroot', '--authenticator webroot, which'],
    ['--force-renewal', '--force-renewal, which renews at each run'],
    ['--new-key', '--new-key, which makes a new key'],
    ['--unheard-of --dry-run', '--dry-run, which'],
  ])('renew %s does not, and the file that says so is named', (flags, said) => {
    for (const command of [`/usr/bin/certbot -q renew ${flags}`, `certbot ${flags} renew`]) {
      const [finding, ...more] = found(command);
      expect(more).toEqual([]);
      expect(finding).toMatchObject({ id: 'certbot.schedule', level: 'stop' });
      expect(finding?.summary).toContain(`${SERVICE} runs certbot with ${said}`);
      expect(finding?.hint).toContain('certbot.service.d/mine.conf');
    }
  });

  it('that are not known are a warning', () => {
    expect(found('/usr/bin/certbot renew -c /root/other.ini')).toMatchObject([{ level: 'warn' }]);
  });

  it('count for one command of several only where no other renews it', () => {
    const other = '/usr/bin/certbot renew --cert-name other';
    expect(found(other, '/usr/bin/certbot renew --cert-name mqtt.rehearsal.test')).toEqual([]);
    expect(found(other, other)).toMatchObject([{ level: 'stop' }]);
  });
});
