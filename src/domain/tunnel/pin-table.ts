/** The nftables table that pins tunnels to their far ends: its sets, chains and rules, and what a pin is in it. Pure. */

import {
  addChain,
  addElements,
  addRule,
  addSet,
  addTable,
  compare,
  delElements,
  flushChain,
  loadMeta,
  loadPayload,
  lookUp,
  MessageTemplate,
  type NetlinkRequest,
  type NftExpression,
  type NftSet,
  notrack,
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

export const table = { family: 'inet', name: 'peerpods' } as const;
const prerouting = { table, name: 'prerouting', hook: { at: 'prerouting', priority: rawPriority } } as const;
const input = { table, name: 'input', hook: { at: 'input', priority: rawPriority } } as const;
const output = { table, name: 'output', hook: { at: 'output', priority: rawPriority } } as const;
/** Whose frames are pinned. */
export const tunnels: NftSet = { table, name: 'tunnels', key: ['port', 'word'] };
/** Where they may come from. A tunnel is in one of these exactly when it is in `tunnels`. */
const pinned4: NftSet = { table, name: 'pinned4', key: ['ipv4', 'port', 'word'] };
const pinned6: NftSet = { table, name: 'pinned6', key: ['ipv6', 'port', 'word'] };
/** Ports that tunnels use or used since the table was made. */
const ports: NftSet = { table, name: 'ports', key: ['port'] };

export function setOf(pin: Pin): NftSet {
  return pin.remote.includes(':') ? pinned6 : pinned4;
}

export function keyOf(pin: Pin): [remote: Uint8Array, port: Uint8Array, vni: Uint8Array] {
  return [parseIp(pin.remote), ...tunnelKey(pin)];
}

export function tunnelKey(pin: Pick<Pin, 'port' | 'vni'>): [port: Uint8Array, vni: Uint8Array] {
  // As 3 bytes load from the packet into a 4-byte register
  return [portKey(pin.port), Uint8Array.of(pin.vni >>> 16, (pin.vni >>> 8) & 0xff, pin.vni & 0xff, 0)];
}

export function readTunnelKey([port, vni]: readonly Uint8Array[]): Pick<Pin, 'port' | 'vni'> {
  const [high = 0, low = 0] = port ?? [];
  const [a = 0, b = 0, c = 0] = vni ?? [];
  return { port: (high << 8) | low, vni: (a << 16) | (b << 8) | c };
}

/** By the set they add to: encoded once, then only filled in. */
const additions = new Map<NftSet, readonly MessageTemplate<'remote' | 'port' | 'vni'>[]>();

/** EEXIST when the VNI is pinned already, to whatever. */
export function additionOf(pin: Pin): NetlinkRequest[] {
  const set = setOf(pin);
  const templates = additions.get(set) ?? templatesFor(set);
  additions.set(set, templates);
  const values = valuesOf(pin);
  return templates.map((template) => template.fill(values));
}

/** A pin that nothing else in the messages looks like. */
function templatesFor(set: NftSet) {
  const remote = set === pinned4 ? '198.51.100.177' : '2001:db8::a1b1:c1d1';
  const sample: Pin = { remote, port: 0xd4c5, vni: 0xb3a29d };
  const marks = valuesOf(sample);
  return encodeAddition(sample).map((request) => new MessageTemplate(request, marks));
}

function valuesOf(pin: Pin) {
  const [remote, port, vni] = keyOf(pin);
  return { remote, port, vni };
}

export function encodeAddition(pin: Pin): NetlinkRequest[] {
  return [
    addElements(setOf(pin), [keyOf(pin)], { exclusive: true }),
    addElements(tunnels, [tunnelKey(pin)], { exclusive: true }),
    addElements(ports, [[portKey(pin.port)]]),
  ];
}

/** ENOENT when there is no such pin: then the VNI may be another tunnel's and stays. */
export function removalOf(pin: Pin): NetlinkRequest[] {
  return [delElements(setOf(pin), [keyOf(pin)]), delElements(tunnels, [tunnelKey(pin)])];
}

/** Makes what is missing and writes the rules anew; elements stay. */
export function tableRequests(): NetlinkRequest[] {
  const fromPinned4 = [
    ...udpOver(2),
    loadPayload({ base: 'network', offset: 12, length: 4, register: 0 }),
    ...loadTunnel(1),
    lookUp(pinned4.name),
  ];
  const fromPinned6 = [
    ...udpOver(10),
    loadPayload({ base: 'network', offset: 8, length: 16, register: 0 }),
    ...loadTunnel(4),
    lookUp(pinned6.name),
  ];
  const toTunnel = [...udp(), ...loadTunnel(0), lookUp(tunnels.name)];
  const toPort = [...udp(), loadPayload({ base: 'transport', offset: 2, length: 2 }), lookUp(ports.name)];
  const chains = [prerouting, input, output];
  return [
    addTable(table),
    ...[tunnels, pinned4, pinned6, ports].map(addSet),
    ...chains.map(addChain),
    ...chains.map(flushChain),
    addRule(prerouting, [...fromPinned4, notrack(), verdict('accept')]),
    addRule(prerouting, [...fromPinned6, notrack(), verdict('accept')]),
    addRule(prerouting, [...toTunnel, verdict('drop')]),
    // Once more after IPv4 has put fragments together: a fragment may be too short to show its VNI before.
    addRule(input, [...fromPinned4, verdict('accept')]),
    addRule(input, [...fromPinned6, verdict('accept')]),
    addRule(input, [...toTunnel, verdict('drop')]),
    // IPv6 puts them together later still, so what shows no VNI is dropped; a whole frame does show one.
    addRule(input, [...toPort, loadVni(1), compare(noVni, { register: 1, negated: true }), verdict('accept')]),
    addRule(input, [...toPort, verdict('drop')]),
    addRule(output, [...toTunnel, notrack()]),
  ];
}

/** A register never holds this after loading 3 bytes: the comparison fails only where loading did. */
const noVni = Uint8Array.of(0, 0, 0, 1);

function portKey(port: number): Uint8Array {
  return Uint8Array.of(port >>> 8, port & 0xff);
}

function udp(): NftExpression[] {
  return [loadMeta('l4proto'), compare(Uint8Array.of(17))];
}

/** NFPROTO_IPV4 is 2, NFPROTO_IPV6 10. */
function udpOver(nfproto: number): NftExpression[] {
  return [loadMeta('nfproto'), compare(Uint8Array.of(nfproto)), ...udp()];
}

/** UDP destination port, then the VNI. */
function loadTunnel(register: number): NftExpression[] {
  return [loadPayload({ base: 'transport', offset: 2, length: 2, register }), loadVni(register + 1)];
}

/** Before it are 8 bytes of UDP header and 4 of VXLAN header. */
function loadVni(register: number): NftExpression {
  return loadPayload({ base: 'transport', offset: 12, length: 3, register });
}
