/** How large a pod's packets may be so that the tunnel's are never fragmented. */

import { PeerPodError } from '#base/errors.ts';

/** Ethernet 14, VXLAN 8, UDP 8, and the outer IP header; bytes. */
const overhead = { ipv4: 14 + 8 + 8 + 20, ipv6: 14 + 8 + 8 + 40 } as const;
/** The kernel switches IPv6 off on a link with less. */
const leastForIpv6 = 1280;

/** `remote` is the far end's address, with or without a prefix length. */
export function tunnelMtu(underlayMtu: number, remote: string): number {
  return underlayMtu - (remote.includes(':') ? overhead.ipv6 : overhead.ipv4);
}

/** The pod's MTU in the VM: what its CNI gave it (0: not told), if that fits. E_POD_NETWORK when IPv6 can not. */
export function podMtu(wanted: number, underlayMtu: number, remote: string, hasIpv6: boolean): number {
  const most = tunnelMtu(underlayMtu, remote);
  const mtu = wanted === 0 ? most : Math.min(wanted, most);
  if (hasIpv6 && mtu < leastForIpv6) {
    const why = `IPv6 needs an MTU of ${leastForIpv6}, an underlay of ${underlayMtu} leaves ${mtu}`;
    throw new PeerPodError('E_POD_NETWORK', why);
  }
  return mtu;
}
