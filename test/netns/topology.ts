/** Namespaces of a small cluster: workers with pods, and their pod VMs, on one underlay bridge. */

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createNetns, deleteNetns, type Netns, netlink, openNetns } from '@peerpods/netlink';
import { silentLog } from '#base/log.ts';
import type { TunnelContext } from '#domain/tunnel/node-end.ts';
import { systemClock } from '#io/system-clock.ts';
import { lacksCommand, lacksRoot } from '../support/requirements.ts';
import { Packets } from './packets.ts';

export interface Place {
  readonly netns: Netns;
  readonly name: string;
  readonly packets: Packets;
  /** Runs a shell script there and gives what it printed; throws when a command fails. */
  run(script: string): string;
  runLater(script: string): Promise<string>;
}

export function lacksKernel(context: TestContext): boolean {
  return ['ip', 'tc', 'nft', 'python3'].some((command) => lacksCommand(context, command)) || lacksRoot(context);
}

/** A namespace that ends with the test. */
export async function place(context: TestContext, label: string): Promise<Place> {
  const name = `pp-${label}-${randomBytes(4).toString('hex')}`;
  const path = `/run/netns/${name}`;
  await createNetns(path);
  const netns = openNetns(path);
  const packets = new Packets(name);
  context.after(async () => {
    packets[Symbol.dispose]();
    netns[Symbol.dispose]();
    await deleteNetns(path);
  });
  const args = (script: string) => ['netns', 'exec', name, 'sh', '-ec', script];
  const run = (script: string) => execFileSync('ip', args(script), { encoding: 'utf8', stdio: 'pipe' });
  const runLater = async (script: string) => (await promisify(execFile)('ip', args(script))).stdout;
  // Duplicate address detection would change the state on its own while snapshots are compared.
  run('ip link set lo up; sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0');
  return { netns, name, packets, run, runLater };
}

/** The n-th host's address, and its IPv6 one. */
export const hostAddress = (n: number) => `192.0.2.${n}`;
export const hostAddress6 = (n: number) => `2001:db8::${n}`;

/** Hosts on one bridge: the n-th has 192.0.2.N/24 and 2001:db8::N/64, and default routes via number 254. */
export async function underlay<const Count extends number>(
  context: TestContext,
  hosts: Count,
  mtu = 1500,
): Promise<Place[]> {
  const fabric = await place(context, 'fabric');
  fabric.run(`ip link add br0 mtu ${mtu} type bridge mcast_snooping 0; ip link set br0 up
    ip addr add 192.0.2.254/24 dev br0; ip addr add 2001:db8::254/64 dev br0`);
  const places: Place[] = [];
  for (let n = 1; n <= hosts; n++) {
    const host = await place(context, `host${n}`);
    fabric.run(`ip link add port${n} mtu ${mtu} type veth peer name up0 mtu ${mtu} netns ${host.name}
      ip link set port${n} master br0 up`);
    host.run(`ip addr add ${hostAddress(n)}/24 dev up0; ip addr add ${hostAddress6(n)}/64 dev up0; ip link set up0 up
      ip route add default via 192.0.2.254; ip route add default via 2001:db8::254`);
    places.push(host);
  }
  return places;
}

export function contextOf(host: Place): TunnelContext {
  return { netlink, clock: systemClock, log: silentLog, hostNetns: host.netns };
}

/** Everything of the kernel's state that a tunnel could touch, as text to compare. */
export async function snapshot(...places: readonly Place[]): Promise<string> {
  const script = `ip -d addr; ip route show table all; ip -6 route show table all; ip neigh show nud permanent
    nft list ruleset; tc qdisc; tc filter show dev eth0 ingress || true; iptables-legacy-save || true; ip6tables-legacy-save || true`;
  const texts = await Promise.all(places.map((each) => each.runLater(script)));
  return texts
    .join('\n')
    .replace(/(expires|valid_lft|preferred_lft|\w+_timer) +\S+/g, '')
    .replace(/^#.*$|\[\d+:\d+\]/gm, '')
    .replace(/ state (UP|DOWN|UNKNOWN)\b/g, '');
}

/** The kernel tells a link's carrier, and what follows from it, a moment later. */
export async function assertSettles(read: () => Promise<string>, expected: string, message?: string): Promise<void> {
  for (let tries = 0; tries < 20 && (await read()) !== expected; tries++) await setTimeout(100);
  assert.equal(await read(), expected, message);
}

/** For links made or moved here later: such addresses come a moment after their link, which comparing does not await. */
export const noLinkLocal = 'sysctl -qw net.ipv6.conf.default.addr_gen_mode=1';

export interface SeenNetwork {
  readonly mac: string;
  readonly mtu: number;
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  readonly neighbours: readonly string[];
}

/** What `ip` tells of an interface: addresses, the main table's routes and permanent neighbours. */
export function networkOf(where: Place, link = 'eth0'): SeenNetwork {
  const parts = where
    .run(`ip -j addr show dev ${link}; echo; ip -j -d -4 route show table main dev ${link}; echo
      ip -j -d -6 route show table main dev ${link}; echo; ip -j neigh show nud permanent dev ${link}`)
    .split('\n\n')
    .map((text) => JSON.parse(text.trim() || '[]') as Record<string, unknown>[]);
  const [[seen = {}] = [], routes4 = [], routes6 = [], neighbours = []] = parts;
  const texts = (list: readonly Record<string, unknown>[]) => list.map((entry) => JSON.stringify(entry)).toSorted();
  const addresses = (seen.addr_info as Record<string, unknown>[])
    .filter(({ scope }) => scope === 'global')
    .map(({ local, prefixlen, broadcast }) => ({ local, prefixlen, broadcast }));
  return {
    mac: String(seen.address),
    mtu: Number(seen.mtu),
    addresses: texts(addresses),
    routes: texts([...routes4, ...routes6.filter(({ dst }) => !String(dst).startsWith('fe80:'))]),
    neighbours: texts(neighbours),
  };
}
