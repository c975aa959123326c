import { createSocket } from 'node:dgram';
import { onTestFinished } from 'vitest';

/** A record as a zone file has it behind the name; of CAA flags, tag and value (RFC 8659 section 4.1). */
export type DnsRecord =
  | { type: 'A'; address: string }
  | { type: 'CAA'; flags?: number; tag: string; value: string };

/** What a name has; a name that is not there does not exist. */
export type Zone = Readonly<Record<string, readonly DnsRecord[] | 'SERVFAIL'>>;

const TYPES = { A: 1, CAA: 257 } as const;
const [NOERROR, SERVFAIL, NXDOMAIN] = [0, 2, 3];

/**
 * A DNS server over UDP with this zone (RFC 1035 section 4), until the test is over.
 * @returns its address for node:dns, and the questions that it was asked
 */
export async function startDns(zone: Zone): Promise<{ server: string; asked: string[] }> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  onTestFinished(() => {
    socket.close();
  });
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    asked.push(name);
    const found = zone[name];
    const records = found === 'SERVFAIL' || !found ? [] : found.filter((one) => TYPES[one.type] === type);
    const code = found === 'SERVFAIL' ? SERVFAIL : found ? NOERROR : NXDOMAIN;
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    // An answer, with recursion, as it was asked for.
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records.map(written)]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { server: `127.0.0.1:${socket.address().port}`, asked };
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function written(record: DnsRecord): Buffer {
  const data =
    record.type === 'A'
      ? Buffer.from(record.address.split('.').map(Number))
      : Buffer.concat([
          Buffer.from([record.flags ?? 0, record.tag.length]),
          Buffer.from(record.tag + record.value, 'latin1'),
        ]);
  const head = Buffer.alloc(12);
  // The name of the question.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(TYPES[record.type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
