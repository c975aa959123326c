import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Sh } from '../../../src/sh.js';
import { tellBeside, toldPublished } from '../../../src/steps/ufw/beside.js';
import { toldShutters } from '../../../src/steps/ufw/first.js';
import { tellLive } from '../../../src/steps/ufw/live.js';

const folder = mkdtempSync(join(tmpdir(), 'ufw-told-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the shell prints where these programs are stand-ins that print this. */
function told(
  script: Sh,
  programs: Readonly<Record<string, string>>,
  variables: Record<string, string> = {},
): string {
  for (const [name, said] of Object.entries(programs)) {
    writeFileSync(join(folder, `${name}.out`), said);
    writeFileSync(join(folder, name), `#!/bin/sh\ncat '${folder}/${name}.out'\n`, { mode: 0o755 });
  }
  const env = { ...process.env, ...variables, PATH: `${folder}:${process.env.PATH}` };
  return execFileSync('sh', ['-c', script.run], { env, encoding: 'utf8' });
}

describe('what else decides about ports', () => {
  it('is what Docker and Podman hand on, but for addresses of the server itself, and other tables that drop', () => {
    const nat = (port: number, to = '') =>
      `-A DOCKER ${to} ! -i docker0 -p tcp -m tcp --dport ${port} -j DNAT --to-destination 172.17.0.2:80\n`;
    const stdout = told(tellBeside, {
      iptables: `-P PREROUTING ACCEPT\n${nat(8080)}${nat(9090, '-d 127.0.0.1/32')}`,
      ip6tables: nat(8082),
      nft: `table ip filter {
	chain INPUT {
		type filter hook input priority filter; policy drop;
	}
}
table inet mine {
	chain in {
		type filter hook input priority 0; policy drop;
	}
}
table inet netavark {
	chain nv {
		ip daddr 127.0.0.1 tcp dport 7070 dnat ip to 10.88.0.5:80
		tcp dport { 8081, 8083-8085 } dnat ip to 10.88.0.5:80
		udp dport 53 dnat ip to 10.88.0.5:53
	}
}
`,
    });
    expect(toldPublished(stdout)).toEqual(['8080/tcp', '8082/tcp', '8081/tcp', '8083:8085/tcp', '53/udp']);
    expect(stdout).toContain('other nftables, table inet mine\n');
    expect(stdout).not.toContain('table ip filter');
  });
});

describe('the rules in the kernel', () => {
  const rules = `-P INPUT DROP
-A INPUT -m state --state NEW -j REJECT --reject-with icmp-host-prohibited
-A INPUT -s 192.0.2.7/32 -j DROP
-A INPUT -j ufw-before-input
-A INPUT -j DROP
-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT`;

  it('show what refuses everybody before ufw is asked, by family, and that ufw is in force', () => {
    const stdout = told(tellLive, {}, { rules, rules6: '-P INPUT ACCEPT\n-A INPUT -j DROP' });
    expect(toldShutters(stdout)).toEqual([
      { family: 4, rule: '-m state --state NEW -j REJECT --reject-with icmp-host-prohibited' },
      { family: 6, rule: '-j DROP' },
    ]);
    expect(stdout).toContain(
      'live4=-P INPUT DROP;-A INPUT -j ufw-before-input;-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT;\nlive6=\n',
    );
  });

  it('are at most 20 for each family', () => {
    const many = Array.from({ length: 50 }, (_, n) => `-A INPUT -p tcp -m tcp --dport ${n + 1} -j DROP`);
    const stdout = told(tellLive, {}, { rules: many.join('\n'), rules6: many.join('\n') });
    expect(stdout.match(/^before4 /gm)).toHaveLength(20);
    expect(stdout.match(/^before6 /gm)).toHaveLength(20);
  });
});
