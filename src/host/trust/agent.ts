import type { BaseAgent, ParsedKey, utils } from 'ssh2';
import type { Target } from '../host.js';

/** Where Windows' own OpenSSH agent listens. */
const WINDOWS_PIPE = '\\\\.\\pipe\\openssh-ssh-agent';
const ANSWER_MS = 3000;

export interface AgentKey {
  key: ParsedKey;
  /** Raw public key, to compare. */
  blob: Buffer;
  comment: string;
}

export interface Agent {
  keys: AgentKey[];
  /** The same agent, as if it held only these keys: ssh2 would offer all of them. */
  only(keys: AgentKey[]): BaseAgent;
}

/** Path of the agent's socket as ssh_config(5) IdentityAgent says; undefined for none. */
export function agentSocket(
  target: Pick<Target, 'identityAgent'>,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string | undefined {
  const named = target.identityAgent;
  if (named === 'none') return undefined;
  const fromEnvironment = env.SSH_AUTH_SOCK ?? (platform === 'win32' ? WINDOWS_PIPE : undefined);
  if (named === undefined || named === 'SSH_AUTH_SOCK') return fromEnvironment || undefined;
  return named.startsWith('$') ? env[named.slice(1).replace(/^\{|\}$/g, '')] : named;
}

/** The keys of the agent; undefined where there is none, or it does not answer: that is no reason to fail. */
export async function openAgent(socket: string | undefined): Promise<Agent | undefined> {
  if (socket === undefined) return undefined;
  // Most computers have no agent, and it is loaded while the server is reached.
  const { default: ssh2 } = await import('ssh2');
  const agent = ssh2.createAgent(socket);
  const keys = await new Promise<AgentKey[] | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ANSWER_MS);
    agent.getIdentities((error, found) => {
      clearTimeout(timer);
      resolve(error ? undefined : (found ?? []).flatMap((one) => identity(one, ssh2.utils.parseKey)));
    });
  });
  if (keys === undefined) return undefined;
  const only = (chosen: AgentKey[]): BaseAgent => {
    const some = Object.create(agent) as BaseAgent;
    some.getIdentities = (done) =>
      done(
        undefined,
        chosen.map(({ key }) => key),
      );
    return some;
  };
  return { keys, only };
}

/** How many keys the agent holds that ssh(1) asks where ~/.ssh/config names no other; 0 where there is none. */
export async function agentKeyCount(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<number> {
  const agent = await openAgent(agentSocket({ identityAgent: undefined }, env, platform));
  return agent?.keys.length ?? 0;
}

/** ssh2 hands out parsed keys or `{ pubKey, comment }`, depending on the agent. */
function identity(found: unknown, parseKey: typeof utils.parseKey): AgentKey[] {
  const raw = typeof found === 'object' && found !== null && 'pubKey' in found ? found.pubKey : found;
  const parsed = parseKey(raw as Buffer);
  if (parsed instanceof Error) return [];
  return [{ key: parsed, blob: parsed.getPublicSSH(), comment: parsed.comment }];
}
