import { answers, tellFile, toldFile } from '../engine/answers.js';
import { type Context, defineStep, type FileChange, type Finding } from '../engine/step.js';
import { sh } from '../sh.js';
import { withOwnNames } from '../templates/hosts.js';

const HOSTS = '/etc/hosts';
/** cloud-init writes /etc/hosts anew from this at every boot where the provider set manage_etc_hosts: true. */
const HOSTS_TEMPLATE = '/etc/cloud/templates/hosts.debian.tmpl';
const CLOUD_DROP_IN = '/etc/cloud/cloud.cfg.d/99-broker-setup.cfg';
const CLOUD_CONTENT =
  '# Written by broker-setup: the host name stays as it is at the next boot.\npreserve_hostname: true\nmanage_etc_hosts: false\n';

interface State {
  now: string;
  permanent: string;
  hosts: string;
  cloudInit: boolean;
  hostsTemplate: string | undefined;
  cloudDropIn: string | undefined;
}

/** The server is called as chosen, knows itself under that name, and still is after a reboot. */
export const hostname = defineStep<State>({
  id: 'hostname',
  title: 'Set the host name',
  probe: () => sh`printf 'now=%s\npermanent=%s\n' "$(uname -n)" "$(cat /etc/hostname)"
${tellFile('hosts', HOSTS)}
if [ -d /etc/cloud/cloud.cfg.d ]; then echo cloud-init=present; fi
${tellFile('hosts-template', HOSTS_TEMPLATE)}
${tellFile('cloud-drop-in', CLOUD_DROP_IN)}`,
  parse: ({ stdout }) => {
    const told = answers(stdout);
    return {
      now: told.get('now') ?? '',
      permanent: told.get('permanent') ?? '',
      hosts: toldFile(told, 'hosts') ?? '',
      cloudInit: told.get('cloud-init') === 'present',
      hostsTemplate: toldFile(told, 'hosts-template'),
      cloudDropIn: toldFile(told, 'cloud-drop-in'),
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
  const add = (path: string, before: string | undefined) => {
    if (before === undefined) return;
    const content = withOwnNames(before, settings);
    if (content !== before) files.push({ path, content, before, mode: '0644', owner: 'root:root' });
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
  if (!state.cloudInit || state.cloudDropIn === CLOUD_CONTENT) return [];
  const file = {
    path: CLOUD_DROP_IN,
    content: CLOUD_CONTENT,
    before: state.cloudDropIn,
    mode: '0644',
    owner: 'root:root',
  };
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
      change: { kind: 'run', script: sh`hostnamectl set-hostname ${settings.hostname}` },
    },
  ];
}
