import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WATCH } from '../../../src/watch/paths.js';
import { expectFailure, said } from '../before-after.js';
import type { Ground } from '../ground.js';
import { setUp } from '../snapshot.js';
import { type Inbox, inbox } from './inbox.js';

/** Everything on the disk but what runs by itself: logs, caches, and what systemd keeps about its own timers. */
const FILES = `find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp -o -path /var/log -o -path /home -o -path /var/lib/private -o -path /var/lib/apt -o -path /var/lib/broker-setup/runs -o -path /var/cache \\) -prune -o -path '/var/lib/systemd/timers/stamp-[!b]*' -prune -o -printf '%p %y %m %u:%g\\n' | sort`;

describe('the daily watch', () => {
  let on: Ground;
  let box: Inbox;
  let addresses: { webhook: string; ntfy: string };
  let before: string;

  const doctor = (...args: string[]) => on.run(['doctor', ...args]);
  const install = () => doctor('--install-watch', '--yes');
  /** As the timer does it. */
  const day = () =>
    on.inside(
      // Days pass within seconds here, and systemd counts starts.
      `systemctl reset-failed ${WATCH.service} || true; systemctl start ${WATCH.service} && cat ${WATCH.last}`,
    );
  const bodies = () =>
    box
      .take()
      .filter(({ path }) => path === '/hooks/a-secret')
      .map(({ body }) => JSON.parse(body) as { text: string; new: { id: string }[]; gone: { id: string }[] });
  const configure = (changes: object = {}) => on.configure({ watch: addresses, ...changes });

  beforeAll(async () => {
    on = await setUp('bookworm');
    box = await inbox(on, 'chat.example.net', 8443);
    addresses = { webhook: `${box.origin}/hooks/a-secret`, ntfy: `${box.origin}/a-topic` };
    // The watch waits half a minute before it believes in something new; a second will do here.
    const shorter =
      'printf "#!/bin/sh\\nexec /usr/bin/sleep 1\\n" >/usr/sbin/sleep; chmod +x /usr/sbin/sleep';
    await on.inside(`${shorter}; systemctl daemon-reload`);
    before = await on.inside(FILES);
  });
  afterEach(() => box.answer(200));
  afterAll(async () => {
    await box?.close();
    await on?.down();
  });

  it('needs somebody to tell', async () => {
    expectFailure(on, await install(), {
      code: 1,
      says: ['nobody to tell', 'watch: { ntfy: https://ntfy.sh/'],
    });
    expect(await on.inside(FILES)).toBe(before);
  });

  it('is not left half-way where its first message is not taken', async () => {
    await configure();
    box.answer(404);
    expectFailure(on, await install(), {
      code: 1,
      says: ['The daily watch does not get through', '404', 'Check the addresses under watch:'],
      secrets: ['a-secret', 'a-topic'],
    });
    expect(await on.inside(FILES)).toBe(before);
  });

  it('tells both that it begins, and shows no address', async () => {
    const output = await install();
    expect(output.exitCode, output.stderr).toBe(0);
    expect(output.stdout + output.stderr).not.toMatch(/a-secret|a-topic/);
    const messages = box.take();
    expect(messages.map(({ path }) => path).sort()).toEqual(['/a-topic', '/hooks/a-secret']);
    for (const { body } of messages) expect(body).toContain('begins');
    const topic = messages.find(({ path }) => path === '/a-topic');
    expect(topic?.headers).toMatchObject({ priority: 'default', tags: 'white_check_mark' });
    expect(await on.inside(`stat -c '%a %U:%G' ${WATCH.conf} ${WATCH.script}`)).toBe(
      '600 root:root\n755 root:root\n',
    );
    expect(await on.inside(`systemctl is-enabled ${WATCH.timer}; systemctl is-active ${WATCH.timer}`)).toBe(
      'enabled\nactive\n',
    );
  });

  it('says nothing on the next day, and nothing when it is installed again', async () => {
    expect(await day()).toContain(' ok');
    expect((await install()).exitCode).toBe(0);
    expect(box.take()).toEqual([]);
  });

  it('says once that the broker does not run, and once that it does again', async () => {
    await on.inside('systemctl stop mosquitto');
    await day();
    await day();
    expect(bodies().map((body) => body.new.map(({ id }) => id))).toEqual([['broker-install.service']]);
    await on.inside('systemctl start mosquitto');
    await day();
    const [mended, ...more] = bodies();
    expect(more).toEqual([]);
    expect(mended?.gone.map(({ id }) => id)).toEqual(['broker-install.service']);
    expect(mended?.text).toContain('all is well again');
  });

  it('sees that another certificate is presented', async () => {
    await on.inside(`cd /etc/mosquitto/certs
cp -p fullchain.pem /root/fullchain.kept; cp -p privkey.pem /root/privkey.kept
openssl req -x509 -newkey rsa:2048 -nodes -keyout /root/k.pem -out /root/c.pem -subj /CN=other -days 9 2>/dev/null
cat /root/k.pem >privkey.pem; cat /root/c.pem >fullchain.pem; rm /root/?.pem; systemctl restart mosquitto`);
    await day();
    expect(bodies().map((body) => body.new.map(({ id }) => id))).toEqual([['fingerprint.served']]);
    await on.inside(`cd /etc/mosquitto/certs
cat /root/fullchain.kept >fullchain.pem; cat /root/privkey.kept >privkey.pem; rm /root/*.kept; systemctl restart mosquitto`);
    await day();
    expect(bodies().map((body) => body.gone.map(({ id }) => id))).toEqual([['fingerprint.served']]);
  });

  it('tries again what was not delivered; doctor sees that meanwhile', async () => {
    await on.inside('touch /run/reboot-required');
    box.answer(503);
    await expect(day()).rejects.toThrow();
    const seen = await doctor();
    expect(seen.exitCode).toBe(1);
    expect(said({ ...seen, stderr: seen.stdout })).toContain('The daily watch does not get through');
    box.answer(200);
    await day();
    expect(bodies().map((body) => body.new.map(({ id }) => id))).toEqual([['update.reboot']]);
    expect((await doctor()).stdout).not.toContain('does not get through');
  });

  it('does not speak of what is accepted', async () => {
    await on.inside('rm /run/reboot-required');
    await day();
    await configure({ accept: [{ id: 'update.reboot', reason: 'It restarts on Sundays.' }] });
    expect((await install()).exitCode).toBe(0);
    box.take();
    await on.inside('touch /run/reboot-required');
    await day();
    expect(box.take()).toEqual([]);
    await on.inside('rm /run/reboot-required');
  });

  it('is mended by doctor where somebody changed it', async () => {
    await on.inside(`systemctl disable -q --now ${WATCH.timer}`);
    expect((await doctor()).stdout).toContain('[watch.timer]');
    await on.inside(`chmod 644 ${WATCH.conf}`);
    expect((await doctor()).stdout).toContain('[watch.settings]');
    expect((await install()).exitCode).toBe(0);
    expect(await on.inside(`stat -c %a ${WATCH.conf}; systemctl is-active ${WATCH.timer}`)).toBe(
      '600\nactive\n',
    );
  });

  it('needs a program for mail, and sends through a stand-in for it', async () => {
    await configure({ watch: { mail: 'you@example.org' } });
    expectFailure(on, await install(), { code: 1, says: ['no program that sends any', 'msmtp-mta'] });
    await on.inside(
      `printf '#!/bin/sh\\ncat >/var/log/stand-in.mail\\n' >/usr/sbin/sendmail; chmod 755 /usr/sbin/sendmail`,
    );
    expect((await install()).exitCode).toBe(0);
    expect(await on.inside('cat /var/log/stand-in.mail')).toMatch(
      /^To: you@example\.org\nSubject: The daily watch of /,
    );
    await on.inside('rm /usr/sbin/sendmail /var/log/stand-in.mail');
  });

  it('leaves nothing when it is removed', async () => {
    const output = await doctor('--remove-watch', '--yes');
    expect(output.exitCode, output.stderr).toBe(0);
    expect(await on.inside(FILES)).toBe(before);
    // What the runs have done stays in the log, without the address that is a secret.
    expect(await on.inside('cat /var/log/broker-setup/*.jsonl')).toContain('Remove the daily watch');
    expect(await on.inside('grep -l a-secret /var/log/broker-setup/* || true')).toBe('');
    expect(await on.inside("systemctl list-units --all --no-legend 'broker-setup-watch*'")).toBe('');
    expect((await doctor('--remove-watch', '--yes')).exitCode).toBe(0);
  });
});
