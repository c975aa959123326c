/** What devices may speak: BearSSL, on the ESP8266, has no 1.3. */
export const TLS_VERSIONS = ['tlsv1.3', 'tlsv1.2'] as const;

/** Forward secrecy and authenticated encryption only, for RSA and ECDSA certificates; all of them known to OTP 22 and newer. */
const TLS12_CIPHERS = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
] as const;

export const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  ...TLS12_CIPHERS,
] as const;

/** DTLS 1.3 is not in Erlang's ssl. */
export const DTLS_CIPHERS = TLS12_CIPHERS;
