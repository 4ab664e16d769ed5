/** What a worker holds: taken before and after, the difference is what was left behind. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  constants,
  findIngress,
  getAddresses,
  getFilters,
  getLinks,
  getNeighbours,
  getQdiscs,
  getRoutes,
  getRules,
  getTables,
  type Netns,
  netlink,
  query,
} from '@peerpods/netlink';
import { formatPrefix } from '@peerpods/netlink/addresses';

/** Each line names one thing, so that a difference of two snapshots can be shown to a person. */
export type Snapshot = ReadonlySet<string>;

/** IPv6 gives each interface that comes up addresses and routes of this kind by itself, after a while. */
const ofItself = (prefix: string) => /^(fe80|ff00)::/.test(prefix);

/** Everything that can be configured in one network namespace. */
export async function networkState(netns?: Netns): Promise<string[]> {
  const links = await query(netlink, netns, getLinks());
  const qdiscs = await query(netlink, netns, getQdiscs());
  const addresses = await query(netlink, netns, getAddresses());
  const routes = await query(netlink, netns, getRoutes());
  const neighbours = await query(netlink, netns, getNeighbours());
  const rules = await query(netlink, netns, getRules());
  const tables = await query(netlink, netns, getTables());
  const name = (index: number | undefined) => links.find((link) => link.index === index)?.name ?? 'no device';
  const lines = [
    ...links.map((link) => `device ${link.name}`),
    // The kernel's own qdiscs have no handle.
    ...qdiscs.filter(({ handle }) => handle !== 0).map(({ kind, linkIndex }) => `qdisc ${kind} on ${name(linkIndex)}`),
    ...addresses
      .filter(({ address }) => !ofItself(address))
      .map(({ address, prefixLength, linkIndex }) => `address ${address}/${prefixLength} on ${name(linkIndex)}`),
    ...routes
      .map((route) => ({ ...route, to: formatPrefix(route.destination) }))
      .filter(({ to }) => !ofItself(to))
      .map(({ to, table, gateway, linkIndex }) => `route ${to} via ${gateway ?? name(linkIndex)} in table ${table}`),
    ...neighbours
      .filter(({ state }) => state === constants.NUD_PERMANENT)
      .map(({ address, linkIndex }) => `neighbour ${address} on ${name(linkIndex)}`),
    ...rules.map(({ version, priority, table }) => `rule IPv${version} ${priority} to table ${table}`),
    ...tables.map((table) => `rule nft table ${table.family} ${table.name}`),
  ];
  for (const link of links) {
    if (!findIngress(qdiscs, link.index)) continue;
    const filters = await query(netlink, netns, getFilters(link.index));
    lines.push(...filters.map(({ kind, priority }) => `rule ${kind} filter ${priority} on ${link.name}`));
  }
  return lines;
}

function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
        if (state === 'Z' || state === 'X') return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return command === '' ? [] : [`process ${pid} ${command.slice(0, 160)}`];
      } catch {
        return []; // it ended while we looked
      }
    });
}

const rows = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));

/** Unix sockets with a name, and whatever listens on TCP or UDP; a tunnel's UDP socket is the kernel's, and shows here. */
function sockets(): string[] {
  const listening = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' } as const;
  return [
    ...rows('/proc/net/unix').flatMap((row) => (row[7] === undefined ? [] : [`socket ${row[7]}`])),
    ...Object.entries(listening).flatMap(([kind, state]) =>
      rows(`/proc/net/${kind}`)
        .filter((row) => row[3] === state)
        .map((row) => `socket ${kind} port ${Number.parseInt(row[1]?.split(':')[1] ?? '', 16)}`),
    ),
  ];
}

function namespaces(): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.filter((line) => line.includes(' nsfs ')).map((line) => `namespace ${line.split(' ')[4]}`);
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return [`folder ${path}`, ...filesBelow(path)];
    return [entry.isSocket() ? `socket file ${path}` : `file ${path}`];
  });
}

export async function takeSnapshot(): Promise<Snapshot> {
  const network = await networkState();
  return new Set([...network, ...namespaces(), ...filesBelow('/run'), ...sockets(), ...processes()]);
}

/** Empty folders that stay with the daemons, not with a pod; and util-linux's own. */
const standing = new Set(
  [
    'demo-state/providers',
    'demo-state/providers/local',
    'demo-state/providers/qemu',
    'demo-state/sandboxes',
    'mount',
    'peerpod',
    'peerpod/pods',
  ].map((path) => `folder /run/${path}`),
);

/** What is in `after` and was not in `before`, except the demo's own logs. */
export function leftovers(before: Snapshot, after: Snapshot): string[] {
  return [...after].filter((line) => !before.has(line) && !standing.has(line) && !line.includes('/run/demo-logs'));
}
