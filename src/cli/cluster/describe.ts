/** Everything that the API server has of one peer pod. */

import { PeerPodError } from '#base/errors.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { duration } from '../humane.ts';
import { renderFields, renderJson } from '../output.ts';
import { renderTable } from '../table.ts';
import {
  type ClusterEventRow,
  type ClusterPodRow,
  loadClusterEvents,
  loadClusterPods,
  rowKey,
  type Scope,
} from './view.ts';

export async function describeClusterPod(
  api: KubernetesApi,
  scope: Scope,
  name: string,
  nowMs: number,
  asJson: boolean,
): Promise<string> {
  const [rows, events] = await Promise.all([loadClusterPods(api, scope), loadClusterEvents(api, scope)]);
  const found = rows.filter((row) =>
    [rowKey(row), rowKey(row).split('/')[1], row.peerPod?.name, row.peerPod?.podVmId].includes(name),
  );
  const [first] = found;
  if (!first)
    throw new PeerPodError(
      'E_SANDBOX_UNKNOWN',
      `no peer pod ${name} in the cluster\nSee: peerpodctl get pods --cluster`,
    );
  const keys = new Set(found.map(rowKey));
  if (keys.size > 1) throw new PeerPodError('E_SETTING', `${name} may mean any of ${[...keys].join(', ')}`);
  const names = found.flatMap(({ peerPod }) => (peerPod ? [`peerpod ${peerPod.namespace}/${peerPod.name}`] : []));
  const own = events.filter(({ about }) => about === `pod ${rowKey(first)}` || names.includes(about));
  if (asJson)
    return renderJson({ pod: first.pod, peerPods: found.flatMap(({ peerPod }) => peerPod ?? []), events: own });
  return [renderPod(first, nowMs), ...found.map(renderPeerPod), `Events:\n${renderEvents(own)}`].join('\n');
}

function renderPod(row: ClusterPodRow, nowMs: number): string {
  const { pod } = row;
  return renderFields([
    ['Pod', rowKey(row)],
    ['Phase', pod?.phase ?? 'gone; its PeerPod is held until the pod VM is deleted'],
    ['Node', pod?.node],
    ['Runtime class', pod?.runtimeClass],
    ['Slots', pod?.slots],
    ['UID', pod?.uid],
    ['Age', pod?.createdAtMs === undefined ? undefined : duration(nowMs - pod.createdAtMs)],
  ]);
}

function renderPeerPod({ peerPod }: ClusterPodRow): string {
  if (!peerPod) return 'PeerPod:\n  none yet: no adaptor has begun with the pod\n';
  const { deletedAtMs, told } = peerPod;
  return `PeerPod:\n${renderFields(
    [
      ['Name', peerPod.name],
      ['Pod VM', peerPod.podVmId || 'being made'],
      ['Provider', peerPod.provider],
      ['Node', peerPod.node],
      ['Sandbox', peerPod.sandboxId],
      ['Held', peerPod.held ? 'by peer.pod/finalizer' : 'no'],
      ['Deleted at', deletedAtMs === undefined ? undefined : new Date(deletedAtMs).toISOString()],
      ['Deletion', told && `${told.reason}: ${told.message}`],
    ],
    '  ',
  )}`;
}

function renderEvents(events: readonly ClusterEventRow[]): string {
  if (events.length === 0) return '  none that the API server still keeps\n';
  const rows = events.map(({ atMs, type, reason, message }) => [
    new Date(atMs).toISOString().slice(11, 19),
    type,
    reason,
    message,
  ]);
  return renderTable(['TIME', 'TYPE', 'REASON', 'MESSAGE'], rows).replaceAll(/^(?=.)/gm, '  ');
}
