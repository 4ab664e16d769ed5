/** The pod VM's end of a tunnel: the VXLAN device itself is the pod's interface, with all that the CNI gave the pod. */

import { delLink, getLinks, type Netns, query } from '@peerpods/netlink';
import { ipVersion } from '@peerpods/netlink/addresses';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { PodNetwork } from '#codec/pod-network.ts';
import { clearAll, type Operation, undoing } from './apply.ts';
import { awaitUnderlay } from './await-underlay.ts';
import type { TunnelContext } from './context.ts';
import { moveExternalIn, moveExternalOut } from './external-network.ts';
import { podMtu } from './mtu.ts';
import { applyWhenVniIsFree } from './node-end.ts';
import { isSameTunnel } from './node-plan.ts';
import { isGone, open } from './pod-netns.ts';
import { addPin, removePin } from './source-pin.ts';
import { planVmEnd, tunnelOf, type VmTunnel } from './vm-plan.ts';

export interface VmEndSpec {
  /** Parsed from apf.json. */
  readonly podNetwork: PodNetwork;
  readonly podNetnsPath: string;
  readonly hostInterface?: string | undefined;
}

export interface VmEndOptions {
  /** Ends the waiting for interfaces and addresses. */
  readonly signal?: AbortSignal | undefined;
  /** For each of them; ms, default three minutes. */
  readonly waitMs?: number | undefined;
}

/**
 * Waits for the VM's interface and address first. Idempotent: after a crash of the forwarder the same interface is
 * completed, not made anew. On failure nothing is left behind that this run made.
 */
export async function setUpVmEnd(spec: VmEndSpec, context: TunnelContext, options: VmEndOptions = {}): Promise<void> {
  const { netlink, hostNetns, log } = context;
  const { podNetwork } = spec;
  const told = tunnelOf(podNetwork);
  const { dedicated } = podNetwork;
  const version = ipVersion(told.remote);
  const underlay = await awaitUnderlay({ ...options, version, dedicated, hostInterface: spec.hostInterface }, context);
  const tunnel = { ...told, local: underlay.local };
  using pod = open(spec.podNetnsPath);
  const existing = await findOurs(spec, tunnel, pod, context);
  const done: Operation[] = [];
  try {
    await addPin(context, tunnel);
    const mtu = podMtu(podNetwork.mtu, underlay.mtu, tunnel.remote, podNetwork.podIps6.length > 0);
    const plan = planVmEnd(podNetwork, tunnel, mtu, existing?.index, pod, hostNetns);
    done.push(...(await applyWhenVniIsFree(plan, tunnel, context)));
    if (podNetwork.externalNetViaPodVm) {
      await moveExternalIn(pod, underlay.index, context, options);
    }
  } catch (error) {
    const failures: unknown[] = await clearAll(netlink, undoing(done));
    if (!existing && failures.length === 0) {
      await removePin(context, tunnel).catch((failure: unknown) => failures.push(failure));
    }
    if (failures.length > 0) log.warn({ err: new AggregateError(failures) }, 'the roll-back is not complete');
    throw asPeerPodError(error, 'E_TUNNEL', `set up the VM end of VNI ${tunnel.vni}`);
  }
}

/** What is gone is done; failures are collected and thrown together. */
export async function tearDownVmEnd(spec: VmEndSpec, context: TunnelContext): Promise<void> {
  const { netlink } = context;
  const { podNetwork } = spec;
  const tunnel = tunnelOf(podNetwork);
  const failures: unknown[] = [];
  try {
    using pod = open(spec.podNetnsPath);
    if (podNetwork.externalNetViaPodVm) failures.push(...(await moveExternalOut(pod, context)));
    const links = await query(netlink, pod, getLinks());
    const link = links.find((entry) => entry.name === podNetwork.interface);
    if (link && isSameTunnel(link, tunnel)) {
      failures.push(...(await clearAll(netlink, [{ netns: pod, request: delLink({ index: link.index }) }])));
    }
  } catch (error) {
    if (!isGone(error)) failures.push(error);
  }
  // The pin stays while the device does: without it anybody's frames would come in
  if (failures.length === 0) {
    await removePin(context, tunnel).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) {
    throw asPeerPodError(new AggregateError(failures), 'E_TUNNEL', `tear down the VM end of VNI ${tunnel.vni}`);
  }
}

async function findOurs(spec: VmEndSpec, tunnel: VmTunnel, pod: Netns, { netlink }: TunnelContext) {
  const links = await query(netlink, pod, getLinks());
  const existing = links.find((link) => link.name === spec.podNetwork.interface);
  if (existing && !isSameTunnel(existing, tunnel)) {
    throw new PeerPodError('E_TUNNEL', `interface ${existing.name} in ${spec.podNetnsPath} is not this tunnel's`);
  }
  return existing;
}
