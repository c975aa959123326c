import { describeFindings } from '../doctor/emqx-findings.js';
import { SPOILS_4, SPOILS_5 } from '../doctor/emqx-spoils.js';

describeFindings('4.3.5', ['mqtt'], SPOILS_4);
describeFindings('5.8.10', ['mqtt', 'coap', 'lwm2m'], SPOILS_5);
