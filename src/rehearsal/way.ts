import { SetupError } from '../errors.js';
import { installCommand, installPackages, missingPackages, unmet } from './packages.js';
import type { Way } from './types.js';

/** Debian packages or conditions that lack on this machine for this way, as words for people. */
async function missing(way: Way): Promise<string[]> {
  return [...(await unmet(way)), ...(await missingPackages(way))];
}

/**
 * The way to take on this machine: the wanted one, or with `auto` the first that can run.
 * @param install whether missing packages may be installed
 * @throws SetupError that says what to install where no way can run
 */
export async function chooseWay(
  wanted: Way | 'auto' = 'auto',
  install = false,
  signal?: AbortSignal,
): Promise<Way> {
  const ways: Way[] = wanted === 'auto' ? ['nspawn', 'podman'] : [wanted];
  for (const way of ways) if ((await missing(way)).length === 0) return way;
  const conditions = await Promise.all(ways.map(unmet));
  const possible = ways.find((_, index) => conditions[index]?.length === 0);
  if (possible === undefined) {
    throw new SetupError(`A rehearsal with ${ways.at(-1)} needs ${conditions.at(-1)?.join(' and ')}.`, {
      code: 'rehearsal-impossible',
      hint: 'systemd-nspawn needs Linux and root; podman runs everywhere, also without root: --way podman.',
    });
  }
  const packages = await missingPackages(possible);
  if (install) {
    await installPackages(packages, signal);
    return possible;
  }
  throw new SetupError(
    `A rehearsal with ${possible} needs ${packages.join(', ')}, which this machine lacks.`,
    {
      code: 'rehearsal-packages-missing',
      hint:
        process.platform === 'linux'
          ? `Install it: ${installCommand(packages)} (or allow it with --install).`
          : 'Install podman (https://podman.io/docs/installation), then: podman machine init && podman machine start.',
    },
  );
}
