/** What the worker holds: taken before and after, the difference is what was left behind. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getLinks, getQdiscs, getTables, netlink, query } from '@peerpods/netlink';

/** Each line names one thing, so that a difference of two snapshots can be shown to a person. */
export type Snapshot = ReadonlySet<string>;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...filesBelow(path)] : [path];
  });
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

function unixSockets(): string[] {
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const path = line.trim().split(/\s+/)[7];
      return path?.startsWith('/run/') ? [`socket ${path}`] : [];
    });
}

export async function takeSnapshot(): Promise<Snapshot> {
  const links = await query(netlink, undefined, getLinks());
  const qdiscs = await query(netlink, undefined, getQdiscs());
  const tables = await query(netlink, undefined, getTables());
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return new Set([
    ...links.map((link) => `device ${link.name}`),
    ...qdiscs
      .filter((qdisc) => qdisc.kind === 'ingress' || qdisc.kind === 'clsact')
      .map((qdisc) => `qdisc ${qdisc.kind} on ${links.find((link) => link.index === qdisc.linkIndex)?.name}`),
    ...tables.map((table) => `nft table ${table.family} ${table.name}`),
    ...mounts.filter((line) => line.includes(' nsfs ')).map((line) => `namespace ${line.split(' ')[4]}`),
    ...filesBelow('/run').map(
      (path) => `${statSync(path, { throwIfNoEntry: false })?.isDirectory() ? 'folder' : 'file'} ${path}`,
    ),
    ...unixSockets(),
    ...processes(),
  ]);
}

/** Empty folders that stay with the daemons, not with a pod; and util-linux's own. */
const standing = new Set(
  [
    'demo-state/providers',
    'demo-state/providers/local',
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
