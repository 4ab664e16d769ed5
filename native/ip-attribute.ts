/** IP and MAC addresses inside attributes. */

import { formatIp, formatMac, parseIp } from './addresses.ts';
import { type Attribute, rawAttribute } from './attribute.ts';
import { AF_INET, AF_INET6, AF_UNSPEC } from './constants.ts';
import { NetlinkDecodeError } from './errors.ts';

export function ip(type: number, address: string): Attribute {
  return rawAttribute(type, parseIp(address));
}

export function readIp(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value.length !== 4 && value.length !== 16) throw new NetlinkDecodeError(`an address of ${value.length} bytes`);
  return formatIp(value);
}

export function readMac(value: Uint8Array | undefined): string | undefined {
  return value === undefined || value.length !== 6 ? undefined : formatMac(value);
}

export function addressFamily(address: string): number {
  return parseIp(address).length === 4 ? AF_INET : AF_INET6;
}

/** 4, 6, or undefined for both. */
export function familyNumber(version: 4 | 6 | undefined): number {
  return version === undefined ? AF_UNSPEC : version === 4 ? AF_INET : AF_INET6;
}

export function familyVersion(family: number): 4 | 6 | undefined {
  return family === AF_INET ? 4 : family === AF_INET6 ? 6 : undefined;
}

export function anyAddress(version: 4 | 6): string {
  return version === 4 ? '0.0.0.0' : '::';
}
