/**
 * Instead of `socks`. mqtt comes here for a SOCKS proxy only: for its option `socksProxy`, which src/proofs/mqtt.ts never sets, or for
 * MQTTJS_SOCKS_PROXY, which no option overrules. A look through a proxy would not be the look from this computer that a proof is.
 */
export class SocksClient {
  constructor() {
    throw new Error('broker-setup looks at the broker without a SOCKS proxy; unset MQTTJS_SOCKS_PROXY');
  }
}
