/** What a worker's daemons tell of its pods, joined. */

import type { PodVm } from '@peerpods/provider';
import { PeerPodError } from '#base/errors.ts';
import {
  type PodVmsAnswer,
  type RelaysAnswer,
  type SandboxesAnswer,
  type ShownRecord,
  sandboxesPageSize,
  type TunnelsAnswer,
} from '#daemons/admin-contract.ts';
import type { RelayStatus } from '#domain/relay/control.ts';
import type { NodeClient } from './ask.ts';

export interface PodRow {
  readonly record: ShownRecord;
  /** Absent: the relay does not have it, or could not be asked. */
  readonly relay?: RelayStatus;
}

export interface VmRow {
  readonly podVm: PodVm;
  /** Absent: no record knows the pod VM. */
  readonly record?: ShownRecord;
}

export interface TunnelRow {
  readonly tunnel: TunnelsAnswer['tunnels'][number];
  readonly record: ShownRecord;
}

export interface RelayRow {
  readonly relay: RelayStatus;
  readonly record?: ShownRecord;
}

export const podKey = ({ request }: ShownRecord) => `${request.podNamespace}/${request.podName}`;

export async function loadRecords(node: NodeClient): Promise<readonly ShownRecord[]> {
  const records: ShownRecord[] = [];
  for (;;) {
    const { sandboxes } = await node.adaptor<SandboxesAnswer>('Sandboxes', { skip: records.length });
    records.push(...sandboxes);
    if (sandboxes.length < sandboxesPageSize) return records;
  }
}

export async function loadPods(node: NodeClient): Promise<readonly PodRow[]> {
  const records = await loadRecords(node);
  const { relays } = await node.adaptor<RelaysAnswer>('Relays').catch(() => ({ relays: [] }));
  const byId = new Map(relays.map((relay) => [relay.sandboxId, relay]));
  return records.map((record) => {
    const relay = byId.get(record.sandboxId);
    return { record, ...(relay && { relay }) };
  });
}

export async function loadVms(node: NodeClient): Promise<readonly VmRow[]> {
  const byId = await recordsById(node);
  const { podVms } = await node.adaptor<PodVmsAnswer>('PodVms');
  return podVms.map((podVm) => {
    const record = byId.get(podVm.sandboxId);
    return { podVm, ...(record && { record }) };
  });
}

export async function loadTunnels(node: NodeClient): Promise<readonly TunnelRow[]> {
  const byId = await recordsById(node);
  const { tunnels } = await node.adaptor<TunnelsAnswer>('Tunnels');
  return tunnels.flatMap((tunnel) => {
    const record = byId.get(tunnel.sandboxId);
    return record ? [{ tunnel, record }] : []; // it ended between the two questions
  });
}

export async function loadRelays(node: NodeClient): Promise<readonly RelayRow[]> {
  const byId = await recordsById(node);
  const { relays } = await node.adaptor<RelaysAnswer>('Relays');
  return relays.map((relay) => {
    const record = byId.get(relay.sandboxId);
    return { relay, ...(record && { record }) };
  });
}

async function recordsById(node: NodeClient): Promise<ReadonlyMap<string, ShownRecord>> {
  return new Map((await loadRecords(node)).map((record) => [record.sandboxId, record]));
}

/**
 * The sandbox that `name` means: NAMESPACE/POD, POD, a pod VM's id or name, or the first characters of a sandbox id.
 * A pod that is being replaced has two sandboxes: the newer counts. Throws E_SANDBOX_UNKNOWN or, for more than one pod,
 * E_SETTING.
 */
export function findRecord(records: readonly ShownRecord[], name: string): ShownRecord {
  const matches = [
    (record: ShownRecord) => podKey(record) === name,
    ({ request }: ShownRecord) => request.podName === name,
    ({ podVmId, podVmName }: ShownRecord) => podVmId === name || podVmName === name,
    ({ sandboxId }: ShownRecord) => name.length >= 4 && sandboxId.startsWith(name),
  ];
  for (const match of matches) {
    const found = records.filter(match);
    const newest = found.toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0];
    if (!newest) continue;
    const pods = new Set(found.map(podKey));
    if (pods.size > 1) throw new PeerPodError('E_SETTING', `${name} may mean any of ${[...pods].join(', ')}`);
    return newest;
  }
  throw new PeerPodError(
    'E_SANDBOX_UNKNOWN',
    `no pod, pod VM or sandbox ${name} on this worker\nSee: peerpodctl get pods`,
  );
}
