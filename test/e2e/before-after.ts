import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { Ground, Output } from './ground.js';

/** What was said on stderr, without the line breaks that belong to the width of the screen. */
export const said = ({ stderr }: Output): string => stderr.replace(/\s+/g, ' ');

const PASSED_OVER = ['/root/kept', '/var/lib/broker-setup/integrity']
  .map((path) => `-path ${path}`)
  .join(' -o ');
const FILES = `find /etc /root /home /var/lib/broker-setup -xdev \\( ${PASSED_OVER} \\) -prune -o ! -name .sudo_as_admin_successful`;

/**
 * Everything that a run could have changed on the server, as text to compare: files, packages, accounts, firewall,
 * services and ports, the SSH server's settings in force. Not the mark that sudo itself leaves at its first use, nor what
 * the diary of changed files writes by its own timer, a minute after it was set up and each night.
 */
export function stateOf({ inside }: Ground): Promise<string> {
  return inside(`
${FILES} -printf '%p %M %u:%g %l\\n' 2>/dev/null | sort
${FILES} -type f -exec sha256sum {} + 2>/dev/null | sort -k 2
dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\\n'
if command -v ufw >/dev/null; then ufw status verbose; fi
ss -ltnH | awk '{print $4}' | sort
sshd -T
systemctl list-unit-files --no-legend --state=enabled
uname -n`);
}

/** A run that must leave the server exactly as it is. */
export async function changesNothing(on: Ground, run: () => Promise<Output>): Promise<Output> {
  const before = await stateOf(on);
  const output = await run();
  expect(await stateOf(on)).toBe(before);
  return output;
}

/** Spoils something, runs, and puts it right again whatever came of it. */
export async function spoiled<T>(
  { inside }: Ground,
  spoil: string,
  mend: string,
  run: () => Promise<T>,
): Promise<T> {
  await inside(spoil);
  try {
    return await run();
  } finally {
    await inside(mend);
  }
}

/** Exit code, message, what to do next, and that none of the secrets in play is shown. */
export function expectFailure(
  on: { server: Pick<Ground['server'], 'rootPassword'> },
  output: Output,
  {
    code,
    says,
    secrets = [],
  }: { code: 1 | 2; says: readonly (string | RegExp)[]; secrets?: readonly string[] },
): void {
  const text = said(output);
  expect(output.exitCode, output.stderr).toBe(code);
  for (const part of says) {
    if (typeof part === 'string') expect(text).toContain(part);
    else expect(text).toMatch(part);
  }
  expect(text).not.toContain('bug in broker-setup');
  for (const secret of [on.server.rootPassword, ...secrets]) {
    expect(output.stdout + output.stderr).not.toContain(secret);
  }
}

/** The first login still opens the door, and the program sees the server. */
export async function expectStillOpen(on: Ground): Promise<void> {
  const look = await on.run(['init', '--dry-run']);
  expect(look.exitCode, look.stderr).toBe(0);
}

/** Logs in as ssh(1) does, with the password that root had from the beginning. */
export async function rootWithPassword(on: Ground): Promise<string> {
  const askpass = join(on.home, 'askpass');
  await writeFile(askpass, '#!/bin/sh\necho "$ROOT_PASSWORD"\n', { mode: 0o700 });
  const options = [
    `UserKnownHostsFile=${join(on.home, 'known_hosts')}`,
    'StrictHostKeyChecking=yes',
    'PubkeyAuthentication=no',
    'ConnectTimeout=10',
  ];
  const { stdout } = await execa(
    'ssh',
    [...options.flatMap((one) => ['-o', one]), `root@${on.server.address}`, 'echo still here'],
    {
      env: { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', ROOT_PASSWORD: on.server.rootPassword },
      reject: false,
    },
  );
  return stdout;
}
