/** One Ethernet frame with a UDP packet over IPv4, for those who inject it. */

export interface UdpFrame {
  readonly from: string;
  readonly to: string;
  readonly fromMac: string;
  readonly toMac: string;
  /** Source and destination alike. */
  readonly port: number;
}

const headersBytes = { ethernet: 14, ip: 20, udp: 8 } as const;
const payloadBytes = 32;

const macBytes = (mac: string) => Buffer.from(mac.replaceAll(':', ''), 'hex');
const ipBytes = (address: string) => Buffer.from(address.split('.').map(Number));

/** The ones' complement sum of a header whose checksum field is still 0. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Without a UDP checksum, which IPv4 allows. */
export function udpFrame({ from, to, fromMac, toMac, port }: UdpFrame): Buffer {
  const ip = Buffer.alloc(headersBytes.ip);
  ip[0] = 0x45;
  ip.writeUInt16BE(headersBytes.ip + headersBytes.udp + payloadBytes, 2);
  ip[8] = 64; // hops
  ip[9] = 17; // UDP
  ipBytes(from).copy(ip, 12);
  ipBytes(to).copy(ip, 16);
  ip.writeUInt16BE(checksum(ip), 10);
  const udp = Buffer.alloc(headersBytes.udp + payloadBytes);
  udp.writeUInt16BE(port, 0);
  udp.writeUInt16BE(port, 2);
  udp.writeUInt16BE(udp.length, 4);
  return Buffer.concat([macBytes(toMac), macBytes(fromMac), Buffer.from([0x08, 0x00]), ip, udp]);
}
