import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** What npm packed, and where it was then installed as a user would have it. */
    packed: { tarball: string; bytes: number; prefix: string; installed: string };
  }
}

/** Builds and packs the package once, and installs it into an empty place from an empty cache without a network. */
export default async function pack(project: TestProject): Promise<() => Promise<void>> {
  const scratch = await mkdtemp(join(tmpdir(), 'broker-setup-packaging-'));
  const remove = () => rm(scratch, { recursive: true, force: true });
  try {
    const { root } = project.vitest.config;
    // npm builds before it packs, unless scripts/test.ts has just done so: other tests are running what was built.
    const built = process.env.BROKER_SETUP_BUILT === undefined ? [] : ['--ignore-scripts'];
    const pack = ['pack', '--json', ...built, '--pack-destination', scratch];
    const { stdout } = await execa('npm', pack, { cwd: root });
    const tarball = (await readdir(scratch)).find((name) => name.endsWith('.tgz'));
    if (tarball === undefined) throw new Error(`npm pack left no tarball: ${stdout}`);
    const prefix = join(scratch, 'prefix');
    await execa('npm', [
      ...['install', '--offline', '--no-audit', '--no-fund'],
      ...['--prefix', prefix, '--cache', join(scratch, 'cache'), join(scratch, tarball)],
    ]);
    const { size } = await stat(join(scratch, tarball));
    project.provide('packed', {
      tarball: join(scratch, tarball),
      bytes: size,
      prefix,
      installed: join(prefix, 'node_modules', 'broker-setup'),
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}
