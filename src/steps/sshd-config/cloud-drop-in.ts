/** Beside the one of the host name; later names win over the image's own: cloud-init's docs, "Configuration sources". */
export const CLOUD_SSH_DROP_IN = '/etc/cloud/cloud.cfg.d/99-broker-setup-ssh.cfg';

/** What cloud-init would write into 50-cloud-init.conf for a machine that it takes for a new one (canonical/cloud-init#5934). */
export const CLOUD_SSH_CONTENT =
  '# Written by broker-setup: the SSH server takes no passwords, for a new instance either.\nssh_pwauth: false\n';
