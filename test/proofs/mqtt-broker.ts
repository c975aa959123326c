import type { Duplex } from 'node:stream';
import mqtt from 'mqtt-packet';

/** What MQTT 5 (3.2.2.2) calls the CONNACK return codes 4 and 5 of MQTT 3.1.1. */
const REASONS: Readonly<Record<number, number>> = { 4: 134, 5: 135 };

/**
 * A broker for the one client at the other end; `code` is what it answers a CONNECT without the password, as MQTT 3.1.1 counts.
 * @param silent where given, no subscription is answered, and it is called instead
 * @param granted what a subscription is answered; from 128 on it is refused
 */
export function serve(socket: Duplex, code: number, silent?: () => void, granted = 1): void {
  const parser = mqtt.parser();
  let version: number | undefined;
  const answer = (packet: mqtt.Packet) => {
    socket.write(mqtt.generate(packet, version === undefined ? {} : { protocolVersion: version }));
  };
  socket.on('error', () => undefined);
  socket.on('data', (data) => parser.parse(data));
  parser.on('packet', (packet) => {
    if (packet.cmd === 'connect') {
      version = packet.protocolVersion;
      const given = packet.password?.toString() === 'open sesame' ? 0 : code;
      answer({
        cmd: 'connack',
        sessionPresent: false,
        ...(version === 5 ? { reasonCode: REASONS[given] ?? given } : { returnCode: given }),
      });
    }
    if (silent && packet.cmd === 'subscribe') {
      silent();
      return;
    }
    const { messageId = 0 } = packet;
    if (packet.cmd === 'subscribe') answer({ cmd: 'suback', messageId, granted: [granted] });
    if (packet.cmd !== 'publish') return;
    answer({ cmd: 'puback', messageId });
    answer({ ...packet, qos: 0 });
  });
}
