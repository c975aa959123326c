/** UDP ports that servers are attacked on, and those of MQTT-SN, CoAP and LwM2M (IANA's registry of service names). */
export const KNOWN_UDP = [
  53, 67, 69, 111, 123, 137, 161, 389, 500, 514, 1194, 1884, 1900, 3478, 4500, 5353, 5683, 5684, 5783, 5784,
  11211, 14567, 51820,
] as const;

/** Pure. The ports that answered, in order. @param text output of nmap -oG - */
export function openPorts(text: string, transport: 'tcp' | 'udp'): number[] {
  if (!/^# Nmap done at .* 1 IP address \(1 host up\)/m.test(text))
    throw new Error(`nmap has not come to its end:\n${text}`);
  const open = text.matchAll(new RegExp(`(\\d+)/open/${transport}/`, 'g'));
  return [...open].map(([, port]) => Number(port)).sort((a, b) => a - b);
}
