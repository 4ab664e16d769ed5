/** The lists of the whole cluster, as `get --cluster` shows them. */

import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { duration } from '../humane.ts';
import { type Column, type Shown, shown } from '../output.ts';
import {
  type ClusterEventRow,
  type ClusterNodeRow,
  type ClusterPodRow,
  type ConfigRow,
  loadClusterEvents,
  loadClusterNodes,
  loadClusterPods,
  loadConfigs,
  rowKey,
  type Scope,
} from './view.ts';

const ageOf = (nowMs: number, sinceMs: number | undefined) =>
  sinceMs === undefined ? undefined : duration(nowMs - sinceMs);

/** Of the pod VM, as far as its PeerPod tells. */
function vmState({ peerPod }: ClusterPodRow): string {
  if (!peerPod) return 'none yet';
  if (peerPod.deletedAtMs === undefined) return peerPod.podVmId === '' ? 'being made' : 'on record';
  return peerPod.told ? `deleting (${peerPod.told.reason})` : 'deleting';
}

const podColumns = (nowMs: number): readonly Column<ClusterPodRow>[] => [
  { title: 'POD', cell: rowKey },
  { title: 'PHASE', cell: ({ pod }) => pod?.phase ?? 'gone' },
  { title: 'NODE', cell: ({ pod, peerPod }) => pod?.node || peerPod?.node },
  { title: 'POD VM', cell: ({ peerPod }) => peerPod?.podVmId },
  { title: 'VM STATE', cell: vmState },
  { title: 'PROVIDER', cell: ({ peerPod }) => peerPod?.provider },
  { title: 'AGE', cell: ({ pod, peerPod }) => ageOf(nowMs, pod?.createdAtMs ?? Date.parse(peerPod?.createdAt ?? '')) },
  { title: 'PEERPOD', isWide: true, cell: ({ peerPod }) => peerPod?.name },
  { title: 'CLASS', isWide: true, cell: ({ pod }) => pod?.runtimeClass },
  { title: 'SANDBOX', isWide: true, cell: ({ peerPod }) => peerPod?.sandboxId },
];

const isMeant = (row: ClusterPodRow, word: string) =>
  [rowKey(row), rowKey(row).split('/')[1], row.peerPod?.name, row.peerPod?.podVmId].includes(word) ||
  (word.length >= 4 && (row.peerPod?.sandboxId.startsWith(word) ?? false));

export async function clusterPods(api: KubernetesApi, scope: Scope, nowMs: number): Promise<Shown> {
  return shown({
    columns: podColumns(nowMs),
    rows: await loadClusterPods(api, scope),
    nameOf: rowKey,
    isMeant,
    none: 'No peer pods in this cluster.',
  });
}

const vmColumns = (nowMs: number): readonly Column<ClusterPodRow>[] => [
  { title: 'POD VM', cell: ({ peerPod }) => peerPod?.podVmId },
  { title: 'POD', cell: rowKey },
  { title: 'NODE', cell: ({ peerPod }) => peerPod?.node },
  { title: 'PROVIDER', cell: ({ peerPod }) => peerPod?.provider },
  { title: 'STATE', cell: vmState },
  { title: 'AGE', cell: ({ peerPod }) => ageOf(nowMs, Date.parse(peerPod?.createdAt ?? '')) },
  { title: 'PEERPOD', isWide: true, cell: ({ peerPod }) => peerPod?.name },
  { title: 'SAID', isWide: true, cell: ({ peerPod }) => peerPod?.told?.message },
];

/** Those on record: the cloud itself is asked by the adaptors and the controller. */
export async function clusterVms(api: KubernetesApi, scope: Scope, nowMs: number): Promise<Shown> {
  return shown({
    columns: vmColumns(nowMs),
    rows: (await loadClusterPods(api, scope)).filter(({ peerPod }) => peerPod !== undefined),
    nameOf: ({ peerPod }) => peerPod?.podVmId || (peerPod?.name ?? ''),
    isMeant,
    none: 'No pod VMs on record in this cluster.',
  });
}

const nodeColumns: readonly Column<ClusterNodeRow>[] = [
  { title: 'NODE', cell: ({ name }) => name },
  { title: 'TOTAL', cell: ({ capacity }) => capacity ?? 'not told' },
  { title: 'USED', cell: ({ used }) => used },
  { title: 'FREE', cell: ({ capacity, used }) => (capacity === undefined ? undefined : Math.max(0, capacity - used)) },
  { title: 'ALLOCATABLE', cell: ({ allocatable }) => allocatable },
  { title: 'CORDONED', cell: ({ unschedulable }) => (unschedulable ? 'yes' : 'no') },
  { title: 'PODS', isWide: true, cell: ({ pods }) => pods.join(' ') },
];

export async function clusterCapacity(api: KubernetesApi): Promise<Shown> {
  return shown({
    columns: nodeColumns,
    rows: await loadClusterNodes(api),
    nameOf: ({ name }) => name,
    none: 'No node of this cluster advertises kata.peerpods.io/vm: see `peerpodctl doctor` on a worker.',
  });
}

const configColumns = (nowMs: number): readonly Column<ConfigRow>[] => [
  { title: 'NAME', cell: ({ namespace, name }) => `${namespace}/${name}` },
  { title: 'LIMIT', cell: ({ limit }) => limit },
  { title: 'AVAILABLE', cell: ({ available }) => available ?? 'Unknown' },
  { title: 'DEGRADED', cell: ({ conditions }) => conditions.find(({ type }) => type === 'Degraded')?.reason },
  {
    title: 'NODES',
    cell: ({ nodeSelector }) =>
      Object.entries(nodeSelector)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
  },
  { title: 'AGE', cell: ({ createdAt }) => ageOf(nowMs, Date.parse(createdAt)) },
  { title: 'SECRET', isWide: true, cell: ({ secretName }) => secretName },
  { title: 'CONFIGMAP', isWide: true, cell: ({ configMapName }) => configMapName },
  { title: 'FAULTS', isWide: true, cell: ({ faults }) => faults.join('; ') },
];

export async function clusterConfigs(api: KubernetesApi, scope: Scope, nowMs: number): Promise<Shown> {
  return shown({
    columns: configColumns(nowMs),
    rows: await loadConfigs(api, scope),
    nameOf: ({ namespace, name }) => `${namespace}/${name}`,
    none: 'No PeerPodConfig in this cluster: see docs/install.md.',
  });
}

const eventColumns: readonly Column<ClusterEventRow>[] = [
  { title: 'TIME', cell: ({ atMs }) => new Date(atMs).toISOString().replace('.000Z', 'Z') },
  { title: 'TYPE', cell: ({ type }) => type },
  { title: 'ABOUT', cell: ({ about }) => about },
  { title: 'REASON', cell: ({ reason }) => reason },
  { title: 'COUNT', cell: ({ count }) => count },
  { title: 'MESSAGE', cell: ({ message }) => message },
];

export async function clusterEvents(
  api: KubernetesApi,
  scope: Scope,
  { warningsOnly, countMax }: { readonly warningsOnly: boolean; readonly countMax: number },
): Promise<Shown> {
  const rows = await loadClusterEvents(api, scope);
  return shown({
    columns: eventColumns,
    rows: rows.filter(({ type }) => !warningsOnly || type === 'Warning').slice(-countMax),
    nameOf: ({ about }) => about,
    isMeant: ({ about }, word) => about.endsWith(`/${word}`) || about.endsWith(` ${word}`),
    none: 'Nothing about peer pods in the last hour or so, as long as the API server keeps events.',
  });
}
