import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');

/** Signs as a vendor does. */
export interface Signer {
  /** As apt takes it. */
  key: string;
  fingerprint: string;
  sign(text: string): Promise<string>;
  forget(): Promise<void>;
}

export async function signer(): Promise<Signer> {
  const home = await mkdtemp(join(tmpdir(), 'signer-'));
  const gpg = async (args: string[], input = '') =>
    (await execa('gpg', ['--homedir', home, '--batch', '--passphrase', '', ...args], { input })).stdout;
  await gpg(['--quick-gen-key', 'A stand-in <stand-in@example.org>', 'ed25519', 'sign', 'never']);
  const listed = await gpg(['--list-keys', '--with-colons']);
  return {
    key: await gpg(['--armor', '--export']),
    fingerprint: /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? '',
    sign: (text) => gpg(['--armor', '--clearsign'], text),
    async forget() {
      await execa('gpgconf', ['--homedir', home, '--kill', 'all'], { reject: false });
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The files of an apt repository with these packages: path below its address → content. */
export async function repositoryOf(
  debs: readonly string[],
  by: Signer,
): Promise<Map<string, Buffer | string>> {
  const files = new Map<string, Buffer | string>();
  const entries: string[] = [];
  for (const deb of debs) {
    const data = await readFile(deb);
    const { stdout } = await execa('dpkg-deb', ['-f', deb]);
    const path = `pool/${basename(deb)}`;
    files.set(`/${path}`, data);
    entries.push(`${stdout}\nFilename: ${path}\nSize: ${data.length}\nSHA256: ${sha256(data)}\n`);
  }
  const packages = entries.join('\n');
  const { stdout: architecture } = await execa('dpkg', ['--print-architecture']);
  const index = `main/binary-${architecture}/Packages`;
  const release = `Origin: a stand-in
Suite: bookworm
Codename: bookworm
Architectures: ${architecture}
Components: main
Date: ${new Date().toUTCString()}
SHA256:
 ${sha256(packages)} ${Buffer.byteLength(packages)} ${index}
`;
  files.set(`/dists/bookworm/${index}`, packages);
  files.set('/dists/bookworm/InRelease', await by.sign(release));
  return files;
}
