import type { Target } from '../host.js';
import { local } from '../local.js';
import { agentSocket } from './agent.js';

/** A key of the SSH agent, as `ssh-add -L` prints it. */
export interface AgentLine {
  type: string;
  comment: string;
  line: string;
}

/** Keys and certificates of the agent, those included that ssh2 does not know; none where there is no agent. */
export async function agentLines(target: Target): Promise<AgentLine[]> {
  const socket = agentSocket(target, process.env, process.platform);
  if (socket === undefined) return [];
  const { code, stdout } = await local('ssh-add', ['-L'], { SSH_AUTH_SOCK: socket }).catch(() => ({
    code: 1,
    stdout: '',
  }));
  return code === 0 ? parseAgentLines(stdout) : [];
}

/** Pure. `TYPE BASE64 COMMENT` a line (ssh-add(1), -L). */
function parseAgentLines(output: string): AgentLine[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const [, type, comment] = /^(\S+) [A-Za-z0-9+/=]{20,} ?(.*)$/.exec(line) ?? [];
    return type === undefined ? [] : [{ type, comment: comment ?? '', line }];
  });
}
