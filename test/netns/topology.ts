/** Namespaces of a small cluster: a worker with pods, and their pod VMs, on one underlay bridge. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { createNetns, deleteNetns, type Netns, netlink, openNetns } from '@peerpods/netlink';
import { silentLog } from '#base/log.ts';
import type { TunnelContext } from '#domain/tunnel/node-end.ts';
import { systemClock } from '#io/system-clock.ts';

export interface Place {
  readonly netns: Netns;
  readonly name: string;
  /** Runs a program there and gives what it printed; throws when it fails. */
  run(command: string): string;
  succeeds(command: string): boolean;
}

/** A namespace that ends with the test. */
export async function place(context: TestContext, label: string): Promise<Place> {
  const name = `pp-${label}-${randomBytes(4).toString('hex')}`;
  const path = `/run/netns/${name}`;
  await createNetns(path);
  const netns = openNetns(path);
  context.after(async () => {
    netns[Symbol.dispose]();
    await deleteNetns(path);
  });
  const args = (command: string) => ['netns', 'exec', name, 'sh', '-ec', command];
  const run = (command: string) => execFileSync('ip', args(command), { encoding: 'utf8', stdio: 'pipe' });
  // Duplicate address detection would change the state on its own while snapshots are compared.
  run('ip link set lo up; sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0');
  return { netns, name, run, succeeds: (command) => spawnSync('ip', args(command)).status === 0 };
}

/** Hosts on one bridge: the n-th has 192.0.2.N/24 and a default route via .254. */
export async function underlay(context: TestContext, hosts: number, mtu = 1500): Promise<Place[]> {
  const fabric = await place(context, 'fabric');
  fabric.run(`ip link add br0 mtu ${mtu} type bridge; ip link set br0 up; ip addr add 192.0.2.254/24 dev br0`);
  const places: Place[] = [];
  for (let n = 1; n <= hosts; n++) {
    const host = await place(context, `host${n}`);
    fabric.run(`ip link add port${n} mtu ${mtu} type veth peer name up0 mtu ${mtu} netns ${host.name}
      ip link set port${n} master br0 up`);
    host.run(`ip addr add 192.0.2.${n}/24 dev up0; ip link set up0 up; ip route add default via 192.0.2.254`);
    places.push(host);
  }
  return places;
}

export function contextOf(host: Place): TunnelContext {
  return { netlink, clock: systemClock, log: silentLog, hostNetns: host.netns };
}

/** Everything of the kernel's state that a tunnel could touch, as text to compare. */
export function snapshot(...places: readonly Place[]): string {
  const commands =
    'ip -d addr; ip route show table all; ip -6 route show table all; nft list ruleset; tc qdisc; tc filter show dev eth0 ingress || true';
  return places
    .map((each) => each.run(commands))
    .join('\n')
    .replace(/(expires|valid_lft|preferred_lft) \S+/g, '');
}

const echo = `
import socket, sys
s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 7777))
while True:
    data, peer = s.recvfrom(9000)
    s.sendto(sys.argv[2].encode(), peer)
`;
const ask = `
import socket, sys
s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.1)
for _ in range(int(sys.argv[2])):
    try:
        s.sendto(b'?', (sys.argv[1], 7777))
        print(s.recvfrom(9000)[0].decode(), end='')
        sys.exit(0)
    except OSError: pass
sys.exit(1)
`;

/** Answers every UDP packet to port 7777 with `word`, until the test ends. */
export function answer(context: TestContext, where: Place, address: string, word: string): void {
  const child = spawn('ip', ['netns', 'exec', where.name, 'python3', '-c', echo, address, word], { stdio: 'ignore' });
  context.after(() => child.kill('SIGKILL'));
}

/** The word that answers at `address`, or undefined after `tries` tenths of a second. */
export function wordFrom(where: Place, address: string, tries = 40): string | undefined {
  const args = ['netns', 'exec', where.name, 'python3', '-c', ask, address, String(tries)];
  const { status, stdout } = spawnSync('ip', args, { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}
