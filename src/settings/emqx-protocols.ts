/** What devices speak besides MQTT: each has a gateway of its own in EMQX 5 and 6, a plugin in 4. */
export const besidesMqtt = (protocols: readonly string[]): string[] =>
  protocols.filter((one) => one !== 'mqtt');
