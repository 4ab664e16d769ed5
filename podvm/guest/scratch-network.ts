/** Two network namespaces that stand for a pod VM and its pod, with an interface to the worker that leads nowhere. */

import { join } from 'node:path';
import {
  addAddress,
  addRoute,
  createNetns,
  deleteNetns,
  execute,
  type Netlink,
  type Netns,
  newLink,
  openNetns,
} from '@peerpods/netlink';
import { parsePrefix } from '@peerpods/netlink/addresses';
import type { PodNetwork } from '#codec/pod-network.ts';

/** Addresses for documentation, of RFC 5737: nobody's. */
const worker = '192.0.2.1';
const vm = '192.0.2.2';
const gateway = '198.51.100.1';
const uplinkIndex = 2;

export interface ScratchNetwork {
  /** In place of the namespace that a VM's programs are in. */
  readonly host: Netns;
  readonly podNetnsPath: string;
  /** What a worker would send for a pod in there. */
  readonly podNetwork: PodNetwork;
}

/** Both end, with all that is in them, when `undo` is disposed. */
export async function makeScratchNetwork(
  directory: string,
  netlink: Netlink,
  undo: AsyncDisposableStack,
): Promise<ScratchNetwork> {
  const make = async (name: string) => {
    const path = join(directory, name);
    await createNetns(path);
    undo.defer(() => deleteNetns(path));
    return path;
  };
  const hostPath = await make('host');
  const podNetnsPath = await make('pod');
  const host = undo.use(openNetns(hostPath));
  await execute(netlink, host, [
    // Any kind would do; this one's driver is needed anyway.
    newLink({
      kind: 'vxlan',
      name: 'eth0',
      index: uplinkIndex,
      mac: '02:00:00:00:00:02',
      up: true,
      vxlan: { vni: 1, port: 4790 },
    }),
    addAddress({ linkIndex: uplinkIndex, address: vm, prefixLength: 24 }),
    addRoute({ destination: parsePrefix('0.0.0.0/0'), gateway: worker, linkIndex: uplinkIndex }),
  ]);
  return { host, podNetnsPath, podNetwork: samplePodNetwork };
}

const route = { device: 'eth0', metric: undefined, source: undefined, onlink: false, mtu: undefined } as const;
const samplePodNetwork: PodNetwork = {
  podIp: '198.51.100.7/24',
  podIps6: [],
  podMac: '02:00:00:00:00:07',
  interface: 'eth0',
  workerNodeIp: `${worker}/24`,
  routes: [
    { ...route, destination: '0.0.0.0/0', gateway, protocol: undefined, scope: undefined },
    { ...route, destination: '198.51.100.0/24', gateway: undefined, protocol: 'kernel', scope: 'link' },
  ],
  routes6: [],
  neighbours: [{ address: gateway, mac: '02:00:00:00:00:01', device: 'eth0', state: 'permanent' }],
  neighbours6: [],
  mtu: 1450,
  index: 1,
  vxlanPort: 4789,
  vni: 555001,
  dedicated: false,
  externalNetViaPodVm: false,
};
