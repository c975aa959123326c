import { describeFindings } from '../doctor/emqx-findings.js';
import { SPOILS_4 } from '../doctor/emqx-spoils.js';

describeFindings('4.3.5', ['mqtt'], SPOILS_4);
