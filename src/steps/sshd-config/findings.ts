import type { Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import type { Door } from './shut-out.js';
import { PID_FILE } from './started.js';
import { sshUnit } from './units.js';

/** @param places where the settings stand, in words; '' where that is not known */
export function overruledFinding(names: readonly string[], user: string, places: string): Finding {
  return {
    id: 'sshd-config.overruled',
    level: 'stop',
    summary: `Another file overrules the SSH settings ${names.join(', ')} (seen with “sshd -T” for ${user} and root)${places && `: ${places}`}.`,
    hint:
      places === ''
        ? 'Look for them in /etc/ssh/sshd_config and /etc/ssh/sshd_config.d: the line “Include /etc/ssh/sshd_config.d/*.conf” must come first in sshd_config, and no Match block may set them. Then run the same command again.'
        : 'What is read first wins. Take them out there, or have the line “Include /etc/ssh/sshd_config.d/*.conf” come first in sshd_config; no Match block may set them. Then run the same command again.',
  };
}

/** @param names of settings that a Match block gives another value to, for this very login or for root's from here */
export function matchedFinding(names: readonly string[], user: string, places: string): Finding {
  return {
    id: 'sshd-config.overruled',
    level: 'stop',
    summary: `A Match block would overrule ${names.join(', ')} for logins as ${user} or root from the address that you come from${places && `: ${places}`}.`,
    hint: 'What such a block says counts more than all files. Take the lines out of it, then run the same command again. To see what is in force: sudo sshd -T -C user=NAME,host=x,addr=ADDRESS',
  };
}

export const NOT_INCLUDED: Finding = {
  id: 'sshd-config.overruled',
  level: 'stop',
  summary:
    'The SSH server does not read the files in /etc/ssh/sshd_config.d, so nothing that is laid down there would count.',
  hint: 'Put this line first in /etc/ssh/sshd_config: Include /etc/ssh/sshd_config.d/*.conf. Then run the same command again.',
};

/** @param places where the setting stands, in words @param values of it, as sshd tells them */
export function shutOutFinding(door: Door, user: string, places: string, values: readonly string[]): Finding {
  const where = places === '' ? 'the SSH server’s files' : places;
  const all = values.join(' ');
  const [group = 'GROUP'] = values;
  const todo: Record<Door, string> = {
    AllowUsers: `Add ${user} to that line, or choose as your user one whom it names (setting user.name).`,
    DenyUsers: `Take ${user} out of that line, or choose another user (setting user.name).`,
    AllowGroups: `Add the group sudo to that line; or, where the account is there already: sudo usermod -aG ${group} ${user}.`,
    DenyGroups: `Take the group of ${user} out of that line, or the user out of the group.`,
    AuthenticationMethods:
      'Take that line away, or let the key alone be enough: AuthenticationMethods publickey. Passwords and codes that are typed are switched off.',
    ForceCommand: `Take that line away, or ${user} out of the Match block in which it stands, or choose another user (setting user.name).`,
    ChrootDirectory: `Take that line away, or ${user} out of the Match block in which it stands, or choose another user (setting user.name).`,
  };
  const summary: Partial<Record<Door, string>> = {
    AuthenticationMethods: `${user} could not log in with the key alone: ${where} asks for more (${door} ${all}).`,
    ForceCommand: `${user} would be let in, but could run nothing: ${where} says ${door} ${all}.`,
    ChrootDirectory: `${user} would be let in, but locked into one folder, without sudo: ${where} says ${door} ${all}.`,
  };
  return {
    id: 'sshd-config.shut-out',
    level: 'stop',
    summary: summary[door] ?? `${user} would not be let in, whatever the key: ${where} says ${door} ${all}.`,
    hint: `${todo[door]} Then, on the server: sudo sshd -t && sudo systemctl reload ssh. Then run the same command again.`,
  };
}

/** Left from somebody's maintenance, or for a moment while the server starts: pam_nologin(8). */
export function nologinFinding(path: string): Finding {
  return {
    id: 'sshd-config.shut-out',
    level: 'stop',
    summary: `Nobody but root may log in at present, whatever the key: there is a file ${path}.`,
    hint: `While the server starts or is about to stop that is as it should be: wait a minute. If a maintenance is over: sudo rm ${path}. Then run the same command again.`,
  };
}

/** @param places where the port is set, in words @param socket whether systemd holds the port */
export function portFinding(
  { configured, listening }: { configured: readonly number[]; listening: readonly number[] },
  places: string,
  socket: boolean,
): Finding {
  return {
    id: 'sshd-config.port',
    level: 'stop',
    summary: `The SSH server listens on port ${listening.join(', ')}, but its files say ${configured.join(', ')} (${places}): at its next start the way in could be another.`,
    hint: `Keep a session open and bring the two together. Where the firewall is on, open the new port first: sudo ufw allow ${configured[0]}/tcp. Then ${
      socket
        ? 'move ssh.socket, which holds the port: sudo systemctl edit ssh.socket (ListenStream=), and sudo systemctl daemon-reload && sudo systemctl restart ssh.socket. Or take the line Port out of sshd’s files'
        : 'sudo sshd -t && sudo systemctl restart ssh, or take the line Port out of sshd’s files'
    }. Log in on the port that is left, name it as login.port, and run the same command again.`,
  };
}

export const UNMANAGED: Finding = {
  id: 'sshd-config.unmanaged',
  level: 'stop',
  summary:
    'An SSH server runs here that systemd did not start, so it can neither be restarted nor comes back by itself.',
  hint: `Keep this session open and hand it over, on the server: sudo kill "$(cat ${PID_FILE})"; sudo systemctl restart ssh. Sessions go on. Log in anew, then run the same command again.`,
};

/** What works stays as it is: only who starts it next time is settled. */
export const SOCKET_FAILED: Finding = {
  id: 'sshd-config.socket',
  level: 'change',
  summary: 'Let the SSH server alone own its port: ssh.socket wanted it too, and has failed',
  change: {
    kind: 'run',
    script: sh`${sshUnit}
systemctl disable ssh.socket
systemctl enable "$unit"
systemctl reset-failed ssh.socket`,
    undo: { stays: 'The SSH server stays a service that starts by itself, without ssh.socket.' },
  },
};

export function matchFinding(matches: string): Finding {
  return {
    id: 'sshd-config.match',
    level: 'warn',
    summary: `The SSH server has rules of its own for some logins (${matches}); what they allow is not looked at here.`,
    hint: 'See them in /etc/ssh/sshd_config and /etc/ssh/sshd_config.d, and what is in force with: sudo sshd -T -C user=NAME,host=x,addr=ADDRESS',
  };
}
