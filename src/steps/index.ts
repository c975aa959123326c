import type { Step } from '../engine/step.js';
import { brokerInstall } from './broker-install.js';
import { certbot } from './certbot.js';
import { confEdits } from './conf-edits.js';
import { fail2ban } from './fail2ban.js';
import { fingerprint } from './fingerprint.js';
import { hardening } from './hardening.js';
import { hostname } from './hostname.js';
import { renewalHook } from './renewal-hook.js';
import { sshKeys } from './ssh-keys.js';
import { sshdConfig } from './sshd-config.js';
import { ufw } from './ufw.js';
import { update } from './update.js';
import { user } from './user.js';

/** The pipeline: the order is the order of the run, and nothing else says what depends on what. */
export const steps: readonly Step[] = [
  update,
  hostname,
  user,
  sshKeys,
  sshdConfig,
  ufw,
  fail2ban,
  hardening,
  brokerInstall,
  certbot,
  confEdits,
  renewalHook,
  fingerprint,
];
