import { FILES } from '../../../../src/brokers/emqx/v5/settings.js';
import type { Node } from '../node.js';
import { type Hocon, hocon } from './hocon.js';

/** What holds in the end: emqx.conf counts more than base.hocon. */
export function effective({ files }: Node): Hocon {
  const content = (path: string) => files.get(path)?.content ?? '';
  return hocon([content(FILES.base), content(FILES.conf)], (name) => files.get(`/etc/emqx/${name}`)?.content);
}

export const CERTIFICATE = {
  certfile: '/etc/broker-setup/certificate/fullchain.pem',
  keyfile: '/etc/broker-setup/certificate/privkey.pem',
  cacertfile: '/etc/broker-setup/certificate/fullchain.pem',
  verify: 'verify_none',
};
export const ACCOUNTS = {
  mechanism: 'password_based',
  backend: 'built_in_database',
  user_id_type: 'username',
  password_hash_algorithm: { name: 'sha256', salt_position: 'suffix' },
};
