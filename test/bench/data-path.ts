/** Pods with tunnels for the benches of the data path: a cluster, a worker, a pod VM and a stranger on one underlay. */

import { execFileSync } from 'node:child_process';
import { createNetns, type Netns, netlink, openNetns } from '@peerpods/netlink';
import { silentLog } from '#base/log.ts';
import { inspectPodNetwork } from '#domain/tunnel/inspect.ts';
import { setUpNodeEnd } from '#domain/tunnel/node-end.ts';
import { addPin, removePin, untrackTunnels } from '#domain/tunnel/source-pin.ts';
import { setUpVmEnd } from '#domain/tunnel/vm-end.ts';
import { systemClock as clock } from '#io/system-clock.ts';

/** What guards the tunnel's packets on both hosts: our table, upstream's rules for each pod, or nothing. */
export type Guard = 'pins' | 'rules' | 'none';

export interface PathSpec {
  readonly name: string;
  readonly guard: Guard;
  /** Pods on the worker, this one included; the others have only their pins or rules. */
  readonly pods: number;
}

/** Names of namespaces under /run/netns. */
export interface DataPath {
  readonly cluster: string;
  readonly worker: string;
  readonly pod: string;
  readonly podVm: string;
  /** The pod's network inside the pod VM. */
  readonly inside: string;
  /** Another host of the underlay. */
  readonly stranger: string;
  readonly vni: number;
  readonly port: number;
}

export const clusterAddress = '10.244.1.1';
export const podAddress = '10.244.1.17';
export const workerAddress = '192.0.2.1';
export const podVmAddress = '192.0.2.2';
const strangerAddress = '192.0.2.3';
const port = 4789;
const vni = 4711;

export function inside(name: string, script: string): string {
  return execFileSync('ip', ['netns', 'exec', name, 'sh', '-ec', script], { encoding: 'utf8', stdio: 'pipe' });
}

async function open(name: string): Promise<Netns> {
  await createNetns(`/run/netns/${name}`);
  inside(name, 'ip link set lo up');
  return openNetns(`/run/netns/${name}`);
}

export async function buildPath({ name, guard, pods }: PathSpec): Promise<DataPath> {
  const names = {
    cluster: `${name}-cluster`,
    worker: `${name}-worker`,
    pod: `${name}-pod`,
    podVm: `${name}-vm`,
    inside: `${name}-in`,
    stranger: `${name}-far`,
  };
  const fabric = `${name}-fabric`;
  using stack = new DisposableStack();
  const opened = new Map<string, Netns>();
  for (const each of [...Object.values(names), fabric]) opened.set(each, stack.use(await open(each)));
  inside(fabric, 'ip link add br0 type bridge; ip link set br0 up');
  const hosts = { [names.worker]: workerAddress, [names.podVm]: podVmAddress, [names.stranger]: strangerAddress };
  for (const [at, [host, address]] of Object.entries(hosts).entries()) {
    inside(fabric, `ip link add port${at} type veth peer name up0 netns ${host}; ip link set port${at} master br0 up`);
    inside(host, `ip addr add ${address}/24 dev up0; ip link set up0 up; ip route add default via 192.0.2.254`);
  }
  inside(
    names.cluster,
    `ip link add pod1 type veth peer name eth0 netns ${names.pod}
    ip addr add ${clusterAddress}/24 dev pod1; ip link set pod1 up`,
  );
  inside(
    names.pod,
    `ip addr add ${podAddress}/24 dev eth0; ip link set eth0 up; ip route add default via ${clusterAddress}`,
  );
  const context = (host: string) => ({ netlink, clock, log: silentLog, hostNetns: opened.get(host) });
  const netnsPath = `/run/netns/${names.pod}`;
  const inspected = await inspectPodNetwork(netnsPath, { vni, port }, context(names.worker));
  const spec = { netns: netnsPath, podInterface: 'eth0', vni, port, remote: podVmAddress, local: workerAddress };
  await setUpNodeEnd({ ...spec, podMtu: inspected.mtu }, context(names.worker));
  await setUpVmEnd({ podNetwork: inspected, podNetnsPath: `/run/netns/${names.inside}` }, context(names.podVm));
  if (guard === 'pins') {
    const others = Array.from({ length: pods - 1 }, (_, at) => ({ remote: otherAddress(at), port, vni: 10_000 + at }));
    for (const pin of others) await addPin({ netlink, hostNetns: opened.get(names.worker) }, pin);
  } else {
    for (const host of [names.worker, names.podVm]) inside(host, 'nft delete table inet peerpods');
    if (guard === 'rules') {
      addRules(names.worker, podVmAddress, pods);
      addRules(names.podVm, workerAddress, 1);
    }
  }
  return { ...names, vni, port };
}

/** Puts the path's own pin back at both ends or takes it away, and with it everything that the pins need. */
export async function setPinned({ worker, podVm }: DataPath, pinned: boolean): Promise<void> {
  const ends = [
    { host: worker, remote: podVmAddress },
    { host: podVm, remote: workerAddress },
  ];
  for (const { host, remote } of ends) {
    using hostNetns = openNetns(`/run/netns/${host}`);
    const context = { netlink, hostNetns };
    if (!pinned) await removePin(context, { remote, port, vni });
    else {
      await addPin(context, { remote, port, vni });
      await untrackTunnels(context);
    }
  }
}

/** From now on both ends track connections, as for a firewall's rule. */
export function trackConnections({ worker, podVm }: DataPath): void {
  for (const host of [worker, podVm]) {
    inside(
      host,
      `nft 'add table ip tracking; add chain ip tracking in { type filter hook input priority 0; };
      add rule ip tracking in ct state invalid counter'`,
    );
  }
}

/** Of the pod VM of another pod. */
const otherAddress = (at: number) => `198.51.${100 + Math.floor(at / 250)}.${1 + (at % 250)}`;

/** What one message to the kernel may hold for an ordinary user, who cannot have larger buffers. */
const rulesAtOnce = 100;

/** Upstream's rules for each pod; this pod's are the last, as those of the newest pod are. */
function addRules(host: string, remote: string, pods: number): void {
  const remotes = [...Array.from({ length: pods - 1 }, (_, at) => otherAddress(at)), remote];
  const hooks = ['OUTPUT', 'PREROUTING'];
  const rules = hooks.flatMap((hook) =>
    remotes.map((address, at) => {
      const side = hook === 'OUTPUT' ? '-d' : '-s';
      const comment = `-m comment --comment "peerpod [vni:${10_000 + at}]"`;
      return `-A peerpod-${hook} ${comment} ${side} ${address} -p udp -m udp --dport ${port} -j NOTRACK`;
    }),
  );
  const restore = (lines: readonly string[]) => {
    const input = `*raw\n${lines.join('\n')}\nCOMMIT\n`;
    execFileSync('ip', ['netns', 'exec', host, 'iptables-restore', '--noflush'], { input });
  };
  restore(hooks.flatMap((hook) => [`:peerpod-${hook} - [0:0]`, `-A ${hook} -j peerpod-${hook}`]));
  for (let from = 0; from < rules.length; from += rulesAtOnce) restore(rules.slice(from, from + rulesAtOnce));
}
