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
  maskRegister,
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
/** After whatever changes addresses and ports on the way in, the last of which is NAT at 100. */
const guard = { table, name: 'guard', hook: { at: 'input', priority: 200 } } as const;
const untrackIn = { table, name: 'untrack-in', hook: { at: 'prerouting', priority: rawPriority } } as const;
const untrackOut = { table, name: 'untrack-out', hook: { at: 'output', priority: rawPriority } } as const;
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
  // As it is in the packet, the reserved byte behind it being masked
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

/**
 * Makes what is missing and writes the rules anew; elements stay. A tunnel's frame meets one chain and in it one rule,
 * with as many as possible of the expressions for which the kernel calls no function.
 */
export function tableRequests(): NetlinkRequest[] {
  return [
    addTable(table),
    ...[tunnels, pinned4, pinned6, ports].map(addSet),
    addChain(guard),
    flushChain(guard),
    acceptFrom(pinned4, udpOver4(), { offset: 12, length: 4 }),
    acceptFrom(pinned6, udpOver6(), { offset: 8, length: 16 }),
    // What has nothing to do with tunnels is done with early
    addRule(guard, [loadMeta('l4proto'), compare(udp, { negated: true }), verdict('accept')]),
    addRule(guard, [loadPort(0), lookUp(ports.name, { negated: true }), verdict('accept')]),
    addRule(guard, [...loadTunnel(0), lookUp(tunnels.name), verdict('drop')]),
    // IPv6 puts fragments together only behind this hook, so what shows no VNI is dropped; a whole frame does show one.
    addRule(guard, [...loadVni(0), compare(noVni, { negated: true }), verdict('accept')]),
    addRule(guard, [loadPort(0), lookUp(ports.name), verdict('drop')]),
  ];
}

/** `source`: where the IP header has it, in whole registers of 4 bytes. */
function acceptFrom(set: NftSet, over: readonly NftExpression[], source: { offset: number; length: number }) {
  const from = loadPayload({ base: 'network', ...source, register: 0 });
  return addRule(guard, [...over, from, ...loadTunnel(source.length / 4), lookUp(set.name), verdict('accept')]);
}

/** In a table that is there: frames of tunnels, whoever sent them, are left out of connection tracking. */
export function untrackingRequests(): NetlinkRequest[] {
  const chains = [untrackIn, untrackOut];
  return [
    ...chains.map(addChain),
    ...chains.map(flushChain),
    ...chains.flatMap((chain) =>
      [udpOver4(), udpOver6()].map((over) =>
        addRule(chain, [...over, ...loadTunnel(0), lookUp(tunnels.name), notrack()]),
      ),
    ),
  ];
}

const udp = Uint8Array.of(17);
/** A register never holds this after loading a VNI: the comparison fails only where loading did. */
const noVni = Uint8Array.of(0, 0, 0, 1);

function portKey(port: number): Uint8Array {
  return Uint8Array.of(port >>> 8, port & 0xff);
}

/** IPv4's header says both at fixed places, which is cheaper to read than what the kernel found out about the packet. */
function udpOver4(): NftExpression[] {
  return [...ipVersion(4), loadPayload({ base: 'network', offset: 9, length: 1 }), compare(udp)];
}

function udpOver6(): NftExpression[] {
  return [...ipVersion(6), loadMeta('l4proto'), compare(udp)];
}

function ipVersion(version: 4 | 6): NftExpression[] {
  const first = loadPayload({ base: 'network', offset: 0, length: 1 });
  return [first, maskRegister(Uint8Array.of(0xf0)), compare(Uint8Array.of(version << 4))];
}

/** UDP destination port, then the VNI. */
function loadTunnel(register: number): NftExpression[] {
  return [loadPort(register), ...loadVni(register + 1)];
}

function loadPort(register: number): NftExpression {
  return loadPayload({ base: 'transport', offset: 2, length: 2, register });
}

/** Before it are 8 bytes of UDP header and 4 of VXLAN header; behind it a byte of which nothing is asked. */
function loadVni(register: number): NftExpression[] {
  const word = loadPayload({ base: 'transport', offset: 12, length: 4, register });
  return [word, maskRegister(Uint8Array.of(0xff, 0xff, 0xff, 0), register)];
}
