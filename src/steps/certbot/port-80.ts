import { answers } from '../../engine/answers.js';
import type { ListeningSocket } from '../../engine/facts/listeners.js';
import { programs } from '../../engine/listening.js';
import type { Finding } from '../../engine/step.js';
import { ownersToo } from '../../server-path.js';
import { type Sh, sh } from '../../sh.js';
import type { Renewal } from './lineage.js';

/** Who has port 80 of the server. */
export interface Port80 {
  /** Programs that listen there. */
  programs: string[];
  /** The systemd unit to stop: a service, or the socket through which systemd listens itself. */
  unit: string | undefined;
  /** A container that publishes it, which may do so without any program that listens (`userland-proxy: false`). */
  container: { engine: string; name: string } | undefined;
}

/** Prints `unit80=…` and `container80=ENGINE NAME`. */
export const tellPort80: Sh = sh`holders=$(ss -ltnpH 'sport = :80')
if [ -n "$holders" ]; then
  unit=$(ps -o unit= -p "$(echo "$holders" | sed -n 's/.*,pid=\\([0-9]*\\).*/\\1/p' | head -n 1)")
  case $unit in *.service) ;; *) unit=$(systemctl list-sockets --plain --no-legend | awk '$1 ~ /:80$/ {print $2}' | head -n 1) ;; esac
  echo "unit80=$unit"
fi
path=$PATH
${ownersToo}
for engine in docker podman; do
  if command -v "$engine" >/dev/null; then timeout 5 "$engine" ps --filter publish=80 --format "container80=$engine {{.Names}}" 2>/dev/null </dev/null; fi
done
PATH=$path`;

/** Pure. */
export function parsePort80(stdout: string, listeners: readonly ListeningSocket[]): Port80 {
  const told = answers(stdout);
  const [engine, name] = told.get('container80')?.split(' ') ?? [];
  return {
    programs: [...new Set(programs(listeners.filter(({ port }) => port === 80)).values())],
    unit: told.get('unit80') || undefined,
    container: engine && name ? { engine, name } : undefined,
  };
}

/**
 * Pure.
 * @param due a certificate is needed now, and not only at the next renewal
 * @param keep what else may be done, where the present certificate could be kept
 */
export function port80Findings(
  port80: Port80,
  renewal: Renewal | undefined,
  due: boolean,
  keep = '',
): Finding[] {
  const { container } = port80;
  const others = port80.programs.filter((program) => program !== 'certbot');
  const holders = container ? [`the container ${container.name} (${container.engine})`] : others;
  const manages = renewal?.authenticator !== 'standalone' || renewal.preHook !== undefined;
  if (holders.length === 0 || (!due && manages)) return [];
  return [
    {
      id: 'certbot.port-80',
      level: due ? 'stop' : 'warn',
      summary: `Port 80 of the server is used by ${holders.join(', ')}; certbot needs it ${due ? 'for a moment' : 'at every renewal'}.`,
      hint: hint(port80) + keep,
    },
  ];
}

function hint({ unit, container }: Port80): string {
  if (container) {
    const { engine, name } = container;
    return `If nobody needs it, stop it for good: sudo ${engine} update --restart=no ${name}; sudo ${engine} stop ${name}. If somebody does, start it anew with another port: -p 8080:80.`;
  }
  if (unit === undefined)
    return 'Stop that program and keep it from starting again, or give it another port; then run this again. See which it is with: sudo ss -ltnp sport = :80';
  return `If nobody needs it, stop it for good: sudo systemctl disable --now ${unit}. If somebody does, give it another port than 80.`;
}
