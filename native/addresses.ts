/** IP addresses, prefixes and MAC addresses: plain text in values, bytes on the wire, one canonical spelling. */

export interface Prefix {
  readonly address: string;
  /** Of the prefix, in bits. */
  readonly length: number;
}

export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** 4 or 16 bytes. */
export function parseIp(text: string): Uint8Array {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** The canonical text (RFC 5952 for IPv6) of 4 or 16 bytes. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length === 16) return formatIpv6(bytes);
  throw new AddressError(`an IP address has 4 or 16 bytes, not ${bytes.length}`);
}

export function ipVersion(text: string): 4 | 6 {
  return parseIp(text).length === 4 ? 4 : 6;
}

/** 'ADDRESS/LENGTH'; the host's bits are kept. */
export function parsePrefix(text: string): Prefix {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const bytes = parseIp(match?.[1] ?? '');
  const length = Number(match?.[2]);
  if (!(length <= bytes.length * 8))
    throw new AddressError(`${JSON.stringify(text)} is not an address with prefix length`);
  return { address: formatIp(bytes), length };
}

export function formatPrefix(prefix: Prefix): string {
  return `${prefix.address}/${prefix.length}`;
}

/** The prefix with the host's bits cleared. */
export function networkOf(prefix: Prefix): Prefix {
  const bytes = parseIp(prefix.address).map((byte, index) => byte & maskByte(prefix.length, index));
  return { address: formatIp(bytes), length: prefix.length };
}

/** The IPv4 broadcast address; undefined for /31, /32 and IPv6, which have none. */
export function broadcastOf(prefix: Prefix): string | undefined {
  const bytes = parseIp(prefix.address);
  if (bytes.length !== 4 || prefix.length > 30) return undefined;
  return formatIp(bytes.map((byte, index) => byte | (~maskByte(prefix.length, index) & 0xff)));
}

export function prefixContains(prefix: Prefix, address: string): boolean {
  const wanted = parseIp(prefix.address);
  const bytes = parseIp(address);
  if (bytes.length !== wanted.length) return false;
  return bytes.every((byte, index) => ((byte ^ (wanted[index] ?? 0)) & maskByte(prefix.length, index)) === 0);
}

/** Six bytes. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/.test(text))
    throw new AddressError(`${JSON.stringify(text)} is not a MAC address`);
  return Uint8Array.from(text.split(':'), (octet) => Number.parseInt(octet, 16));
}

export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function maskByte(length: number, index: number): number {
  const bits = Math.min(Math.max(length - index * 8, 0), 8);
  return (0xff << (8 - bits)) & 0xff;
}

function parseIpv4(text: string): Uint8Array {
  const octets = text.split('.');
  // A leading zero reads as octal elsewhere: refused rather than guessed.
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255)) {
    throw new AddressError(`${JSON.stringify(text)} is not an IP address`);
  }
  return Uint8Array.from(octets, Number);
}

function parseIpv6(text: string): Uint8Array {
  const wrong = () => new AddressError(`${JSON.stringify(text)} is not an IP address`);
  let rest = text;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const [a = 0, b = 0, c = 0, d = 0] = parseIpv4(dotted[2] ?? '');
    rest = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const halves = rest.split('::');
  if (halves.length > 2) throw wrong();
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = tail ? [...head, ...new Array(Math.max(8 - head.length - tail.length, 0)).fill('0'), ...tail] : head;
  const given = head.length + (tail?.length ?? 0);
  if (groups.length !== 8 || (tail && given > 7) || groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group)))
    throw wrong();
  const bytes = new Uint8Array(16);
  groups.forEach((group, index) => {
    const value = Number.parseInt(group, 16);
    bytes.set([value >> 8, value & 0xff], index * 2);
  });
  return bytes;
}

function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.subarray(12).join('.')}`;
  }
  let best = { start: -1, length: 1 }; // one single zero group is not shortened
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}
