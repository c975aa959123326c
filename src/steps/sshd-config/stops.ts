import type { Context, Finding } from '../../engine/step.js';
import { ADMINS } from '../user.js';
import { nologinFinding, portFinding, SOCKET_FAILED, shutOutFinding, UNMANAGED } from './findings.js';
import { placesOf } from './lines.js';
import { shutOut } from './shut-out.js';
import type { State } from './state.js';

/** What would cut the way in, or keep the drop-in from counting: only a person can mend it, and nothing is touched until then. */
export function stops(
  { effective, lines, groups, nologin, ports, units }: State,
  { settings }: Context,
): Finding[] {
  const { name } = settings.user;
  const told = (setting: string) => effective[0]?.get(setting) ?? [];
  const door = shutOut(name, [...groups, name, ADMINS], told);
  const moved =
    ports.configured.length > 0 && !ports.listening.some((port) => ports.configured.includes(port));
  // Whoever else starts it, such as a container's own first process, is not asked about.
  const unmanaged =
    ports.listening.length > 0 &&
    [units.socket, units.service].every((one) => ['inactive', 'failed'].includes(one));
  return [
    ...(nologin === '' ? [] : [nologinFinding(nologin)]),
    ...(door === undefined
      ? []
      : [shutOutFinding(door, name, placesOf(lines, [door]), told(door.toLowerCase()))]),
    ...(moved && ports.listening.length > 0
      ? [portFinding(ports, placesOf(lines, ['Port', 'ListenAddress']), units.socket === 'active')]
      : []),
    ...(unmanaged ? [UNMANAGED] : []),
    ...(units.socket === 'failed' && units.service === 'active' ? [SOCKET_FAILED] : []),
  ];
}
