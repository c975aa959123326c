import { answers } from '../engine/answers.js';
import type { FileChange } from '../engine/change.js';
import { isAsWanted, type SeenFile } from '../engine/seen-files.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { sh } from '../sh.js';
import { withOwnNames } from '../templates/hosts.js';

const HOSTNAME = '/etc/hostname';
const HOSTS = '/etc/hosts';
/** cloud-init writes /etc/hosts anew from this at every boot where the provider set manage_etc_hosts: true. */
const HOSTS_TEMPLATE = '/etc/cloud/templates/hosts.debian.tmpl';
const CLOUD_DROP_IN = '/etc/cloud/cloud.cfg.d/99-broker-setup.cfg';
const CLOUD_CONTENT =
  '# Written by broker-setup: the host name stays as it is at the next boot.\npreserve_hostname: true\nmanage_etc_hosts: false\n';

interface State {
  now: string;
  permanent: string;
  hosts: SeenFile | undefined;
  cloudInit: boolean;
  hostsTemplate: SeenFile | undefined;
  cloudDropIn: SeenFile | undefined;
}

/** The server is called as chosen, knows itself under that name, and still is after a reboot. */
export const hostname = defineStep<State>({
  id: 'hostname',
  title: 'Set the host name',
  needs: () => ({ files: [HOSTNAME, HOSTS, HOSTS_TEMPLATE, CLOUD_DROP_IN] }),
  probe: () => sh`if read -r name </proc/sys/kernel/hostname; then echo "now=$name"; fi
if [ -d /etc/cloud/cloud.cfg.d ]; then echo cloud-init=present; fi`,
  parse: ({ stdout, facts }) => {
    const told = answers(stdout);
    return {
      now: told.get('now') ?? '',
      permanent: facts.file(HOSTNAME)?.content.trim() ?? '',
      hosts: facts.file(HOSTS),
      cloudInit: told.get('cloud-init') === 'present',
      hostsTemplate: facts.file(HOSTS_TEMPLATE),
      cloudDropIn: facts.file(CLOUD_DROP_IN),
    };
  },
  check: (state, context) => [
    ...hostsFindings(state, context),
    ...cloudFindings(state),
    ...nameFindings(state, context),
  ],
});

/** Comes before the name itself: sudo waits for a resolver when the server does not know its own name. */
function hostsFindings(state: State, { settings }: Context): Finding[] {
  const files: FileChange[] = [];
  const add = (path: string, seen: SeenFile | undefined) => {
    if (seen === undefined) return;
    const content = withOwnNames(seen.content, settings);
    const file = { path, content, before: seen.content, mode: '0644', owner: 'root:root' };
    if (!isAsWanted(seen, file)) files.push(file);
  };
  add(HOSTS, state.hosts);
  if (state.cloudInit) add(HOSTS_TEMPLATE, state.hostsTemplate);
  if (files.length === 0) return [];
  return [
    {
      id: 'hostname.hosts',
      level: 'change',
      summary: `Write ${settings.domain} into the server's own list of names (/etc/hosts)`,
      change: { kind: 'write', files },
    },
  ];
}

function cloudFindings(state: State): Finding[] {
  if (!state.cloudInit) return [];
  const file = {
    path: CLOUD_DROP_IN,
    content: CLOUD_CONTENT,
    before: state.cloudDropIn?.content,
    mode: '0644',
    owner: 'root:root',
  };
  if (isAsWanted(state.cloudDropIn, file)) return [];
  return [
    {
      id: 'hostname.cloud-init',
      level: 'change',
      summary: 'Keep cloud-init from putting the old name back at the next boot',
      change: { kind: 'write', files: [file] },
    },
  ];
}

function nameFindings(state: State, { settings }: Context): Finding[] {
  if (state.now === settings.hostname && state.permanent === settings.hostname) return [];
  return [
    {
      id: 'hostname.name',
      level: 'change',
      summary: `Name the server ${settings.hostname} (now ${state.now || 'without a name'})`,
      change: {
        kind: 'run',
        script: sh`hostnamectl set-hostname ${settings.hostname}`,
        undo: { files: [HOSTNAME], activate: sh`hostnamectl set-hostname "$(cat ${HOSTNAME})"` },
      },
    },
  ];
}
