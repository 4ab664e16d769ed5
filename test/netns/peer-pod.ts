/** A peer pod's network, made by our code alone: inspected on its worker, carried as apf.json would, set up at both ends. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { encodePodNetwork, type PodNetwork, parsePodNetwork } from '#codec/pod-network.ts';
import { type InspectSettings, inspectPodNetwork } from '#domain/tunnel/inspect.ts';
import { type NodeEndRecord, setUpNodeEnd, tearDownNodeEnd } from '#domain/tunnel/node-end.ts';
import { setUpVmEnd, tearDownVmEnd, type VmEndSpec } from '#domain/tunnel/vm-end.ts';
import { contextOf, networkOf, type Place, place } from './topology.ts';

export const port = 14789;

export interface PeerPod {
  /** The pod's namespace in the VM. */
  readonly inside: Place;
  readonly podNetwork: PodNetwork;
  readonly record: NodeEndRecord;
  readonly vmSpec: VmEndSpec;
  setUp(): Promise<void>;
  tearDown(): Promise<void>;
}

export interface PeerPodSpec {
  readonly worker: Place;
  readonly pod: Place;
  readonly vm: Place;
  /** The VM's address for the tunnel. */
  readonly remote: string;
  readonly settings?: Partial<InspectSettings>;
  /** The VM's interface, when the tunnel has a dedicated one. */
  readonly vmInterface?: string;
}

/** What goes through apf.json comes out at the other end. */
export function carried(podNetwork: PodNetwork): PodNetwork {
  return parsePodNetwork(JSON.parse(JSON.stringify(encodePodNetwork(podNetwork))));
}

/** Plans both ends; setUp makes them. */
export async function planPeerPod(context: TestContext, spec: PeerPodSpec): Promise<PeerPod> {
  const { worker, pod, vm, remote, settings, vmInterface } = spec;
  const inspected = await inspectPodNetwork(pod.netns.path, { vni: 4711, port, ...settings }, contextOf(worker));
  const inside = await place(context, 'inside');
  const { vni, vxlanPort } = inspected;
  const record: NodeEndRecord = {
    netns: pod.netns.path,
    podInterface: inspected.interface,
    vni,
    port: vxlanPort,
    remote,
    local: inspected.workerNodeIp.split('/')[0] ?? '',
    podMtu: inspected.mtu,
  };
  const podNetwork = carried(inspected);
  const vmSpec = { podNetwork, podNetnsPath: inside.netns.path, hostInterface: vmInterface };
  let latest = record;
  return {
    inside,
    podNetwork,
    record,
    vmSpec,
    async setUp() {
      latest = await setUpNodeEnd(latest, contextOf(worker));
      await setUpVmEnd(vmSpec, contextOf(vm), { waitMs: 2000 });
    },
    async tearDown() {
      await tearDownNodeEnd(latest, contextOf(worker));
      await tearDownVmEnd(vmSpec, contextOf(vm));
    },
  };
}

export async function addPeerPod(context: TestContext, spec: PeerPodSpec): Promise<PeerPod> {
  const peer = await planPeerPod(context, spec);
  await peer.setUp();
  return peer;
}

/** MAC, addresses, routes and neighbours in the VM are those that the pod has on its worker; the MTU is as told. */
export function assertSameNetwork(pod: Place, inside: Place, mtu: number): void {
  const { mtu: podMtu, ...onWorker } = networkOf(pod);
  assert.ok(onWorker.routes.length > 0 && onWorker.addresses.length > 0 && podMtu >= mtu);
  assert.deepEqual(networkOf(inside), { ...onWorker, mtu });
}
