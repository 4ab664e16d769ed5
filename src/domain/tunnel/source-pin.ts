/** One nftables table that lets a tunnel's packets in from its own far end only, and keeps them out of conntrack. */

import {
  addChain,
  addElements,
  addRule,
  addSet,
  addTable,
  compare,
  delElements,
  delTable,
  execute,
  flushChain,
  getElements,
  isNetlinkError,
  loadMeta,
  loadPayload,
  lookUp,
  type Netlink,
  type NetlinkRequest,
  type Netns,
  type NftExpression,
  type NftSet,
  nftBatch,
  notrack,
  query,
  rawPriority,
  verdict,
} from '@peerpods/netlink';
import { parseIp } from '@peerpods/netlink/addresses';

export interface Pin {
  /** The far end of the tunnel. */
  readonly remote: string;
  readonly port: number;
  readonly vni: number;
}

const table = { family: 'inet', name: 'peerpods' } as const;
const prerouting = { table, name: 'prerouting', hook: { at: 'prerouting', priority: rawPriority } } as const;
const output = { table, name: 'output', hook: { at: 'output', priority: rawPriority } } as const;
const tunnels: NftSet = { table, name: 'tunnels', key: ['port', 'word'] };
const pinned4: NftSet = { table, name: 'pinned4', key: ['ipv4', 'port', 'word'] };
const pinned6: NftSet = { table, name: 'pinned6', key: ['ipv6', 'port', 'word'] };

/** The removal of an empty table must not overtake the addition of another pod's pin. */
let tail: Promise<unknown> = Promise.resolve();

/** Idempotent. */
export function addPin(netlink: Netlink, netns: Netns | undefined, pin: Pin): Promise<void> {
  return inTurn(async () => {
    const elements = keysOf(pin).map(({ set, key }) => addElements(set, [key]));
    try {
      await execute(netlink, netns, nftBatch(elements));
    } catch (error) {
      if (!isNetlinkError(error, 'ENOENT')) throw error;
      await execute(netlink, netns, nftBatch([...tableRequests(), ...elements]));
    }
  });
}

/** What is gone is fine; the table goes with its last pin. */
export function removePin(netlink: Netlink, netns: Netns | undefined, pin: Pin): Promise<void> {
  return inTurn(async () => {
    for (const { set, key } of keysOf(pin)) {
      await ignoreGone(execute(netlink, netns, nftBatch([delElements(set, [key])])));
    }
    await ignoreGone(
      (async () => {
        const left = await query(netlink, netns, getElements(tunnels));
        if (left.flat().length === 0) await execute(netlink, netns, nftBatch([delTable(table)]));
      })(),
    );
  });
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = tail.then(work);
  tail = mine.catch(() => {});
  return mine;
}

async function ignoreGone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isNetlinkError(error, 'ENOENT')) throw error;
  }
}

function keysOf(pin: Pin): { set: NftSet; key: Uint8Array[] }[] {
  const address = parseIp(pin.remote);
  const port = Uint8Array.of(pin.port >>> 8, pin.port & 0xff);
  // As 3 bytes load from the packet into a 4-byte register
  const vni = Uint8Array.of(pin.vni >>> 16, (pin.vni >>> 8) & 0xff, pin.vni & 0xff, 0);
  return [
    { set: address.length === 4 ? pinned4 : pinned6, key: [address, port, vni] },
    { set: tunnels, key: [port, vni] },
  ];
}

function tableRequests(): NetlinkRequest[] {
  return [
    addTable(table),
    ...[tunnels, pinned4, pinned6].map(addSet),
    addChain(prerouting),
    addChain(output),
    flushChain(prerouting),
    flushChain(output),
    addRule(prerouting, [
      ...udpOver(2),
      loadPayload({ base: 'network', offset: 12, length: 4, register: 0 }),
      ...loadTunnel(1),
      lookUp(pinned4.name),
      notrack(),
      verdict('accept'),
    ]),
    addRule(prerouting, [
      ...udpOver(10),
      loadPayload({ base: 'network', offset: 8, length: 16, register: 0 }),
      ...loadTunnel(4),
      lookUp(pinned6.name),
      notrack(),
      verdict('accept'),
    ]),
    addRule(prerouting, [...udp(), ...loadTunnel(0), lookUp(tunnels.name), verdict('drop')]),
    addRule(output, [...udp(), ...loadTunnel(0), lookUp(tunnels.name), notrack()]),
  ];
}

function udp(): NftExpression[] {
  return [loadMeta('l4proto'), compare(Uint8Array.of(17))];
}

/** NFPROTO_IPV4 is 2, NFPROTO_IPV6 10. */
function udpOver(nfproto: number): NftExpression[] {
  return [loadMeta('nfproto'), compare(Uint8Array.of(nfproto)), ...udp()];
}

/** UDP destination port, then the VNI: 8 bytes of UDP header and 4 of VXLAN header before it. */
function loadTunnel(register: number): NftExpression[] {
  return [
    loadPayload({ base: 'transport', offset: 2, length: 2, register }),
    loadPayload({ base: 'transport', offset: 12, length: 3, register: register + 1 }),
  ];
}
