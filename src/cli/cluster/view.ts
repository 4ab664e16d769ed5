/** What the API server has of peer pods, joined. Reads objects that anybody may have written without trusting them. */

import type { TimedVerdict } from '#domain/cluster/conditions.ts';
import { extendedResource } from '#domain/cluster/names.ts';
import { type PeerPod, readPeerPod } from '#domain/cluster/peer-pod.ts';
import { type PeerPodConfig, readPeerPodConfig } from '#domain/cluster/peer-pod-config.ts';
import { fieldsOf, listOf, textOf, timeOf } from '#domain/cluster/reading.ts';
import type { KubeObject, KubernetesApi } from '#io/kubernetes/api.ts';
import { EVENT, NODE, PEER_POD, PEER_POD_CONFIG, POD } from '#io/kubernetes/kinds.ts';

export interface ClusterPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly phase: string;
  readonly runtimeClass: string | undefined;
  /** How many pod VMs it asks for; 0 for pods without a slot. */
  readonly slots: number;
  readonly createdAtMs: number | undefined;
}

export interface ClusterPodRow {
  /** Absent: the pod is gone, its PeerPod is not yet. */
  readonly pod?: ClusterPod;
  /** Absent: no adaptor has begun with the pod. */
  readonly peerPod?: PeerPod;
}

export interface ClusterNodeRow {
  readonly name: string;
  /** Undefined: it advertises none. */
  readonly capacity: number | undefined;
  readonly allocatable: number | undefined;
  readonly used: number;
  readonly pods: readonly string[];
  readonly unschedulable: boolean;
}

export interface ClusterEventRow {
  readonly atMs: number;
  readonly type: string;
  readonly reason: string;
  /** 'pod shop/web'. */
  readonly about: string;
  readonly count: number;
  readonly message: string;
}

export type Scope = { readonly namespace?: string };

export interface ConfigRow extends PeerPodConfig {
  readonly available: TimedVerdict['status'] | undefined;
}

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) => `${namespace}/${name}`;

export function rowKey({ pod, peerPod }: ClusterPodRow): string {
  if (pod) return keyOf(pod);
  return peerPod ? `${peerPod.namespace}/${peerPod.podName ?? peerPod.name}` : '';
}

export function readPod(object: KubeObject): ClusterPod {
  const { metadata } = object;
  const spec = fieldsOf(object.spec);
  const containers = [...listOf(spec.containers), ...listOf(spec.initContainers)];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    node: textOf(spec.nodeName) ?? '',
    phase: metadata.deletionTimestamp === undefined ? (textOf(fieldsOf(object.status).phase) ?? '') : 'Terminating',
    runtimeClass: textOf(spec.runtimeClassName),
    slots: containers.reduce<number>((sum, container) => sum + slotsOf(container), 0),
    createdAtMs: timeOf(metadata.creationTimestamp),
  };
}

function slotsOf(container: unknown): number {
  const requests = fieldsOf(fieldsOf(fieldsOf(container).resources).requests);
  return countOf(requests[extendedResource]) ?? 0;
}

/** Whole numbers, as extended resources are; also with a decimal suffix. */
function countOf(value: unknown): number | undefined {
  const [, digits, suffix = ''] =
    /^(\d+)([kMG]?)$/.exec(typeof value === 'number' ? String(value) : (textOf(value) ?? '')) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * { '': 1, k: 1e3, M: 1e6, G: 1e9 }[suffix as '' | 'k' | 'M' | 'G'];
}

const hasEnded = ({ phase }: ClusterPod) => phase === 'Succeeded' || phase === 'Failed';

/** Pods with a slot or a PeerPod, and PeerPods whose pod is gone. */
export function joinPods(pods: readonly ClusterPod[], peerPods: readonly PeerPod[]): readonly ClusterPodRow[] {
  const byUid = Map.groupBy(peerPods, ({ podUid, uid }) => podUid ?? uid);
  const rows = pods.flatMap((pod): ClusterPodRow[] => {
    const own = byUid.get(pod.uid) ?? [];
    byUid.delete(pod.uid);
    if (own.length > 0) return own.map((peerPod) => ({ pod, peerPod }));
    return pod.slots > 0 ? [{ pod }] : [];
  });
  const orphans = [...byUid.values()].flat().map((peerPod) => ({ peerPod }));
  return [...rows, ...orphans].toSorted((a, b) => (rowKey(a) < rowKey(b) ? -1 : 1));
}

/** Used: slots of pods that were put on the node and have not ended, as the scheduler counts. */
export function countNodes(nodes: readonly KubeObject[], pods: readonly ClusterPod[]): readonly ClusterNodeRow[] {
  const byNode = Map.groupBy(
    pods.filter((pod) => pod.slots > 0 && !hasEnded(pod)),
    ({ node }) => node,
  );
  return nodes.flatMap((object) => {
    const name = object.metadata.name ?? '';
    const status = fieldsOf(object.status);
    const capacity = countOf(fieldsOf(status.capacity)[extendedResource]);
    const own = byNode.get(name) ?? [];
    if (capacity === undefined && own.length === 0) return [];
    return [
      {
        name,
        capacity,
        allocatable: countOf(fieldsOf(status.allocatable)[extendedResource]),
        used: own.reduce((sum, { slots }) => sum + slots, 0),
        pods: own.map(keyOf),
        unschedulable: fieldsOf(object.spec).unschedulable === true,
      },
    ];
  });
}

export async function loadClusterPods(api: KubernetesApi, scope: Scope): Promise<readonly ClusterPodRow[]> {
  const [pods, peerPods] = await Promise.all([listPods(api, scope), api.list(PEER_POD, scope)]);
  return joinPods(
    pods,
    peerPods.items.map((object) => readPeerPod(object)),
  );
}

async function listPods(api: KubernetesApi, scope: Scope): Promise<readonly ClusterPod[]> {
  return (await api.list(POD, scope)).items.map(readPod);
}

export async function loadClusterNodes(api: KubernetesApi): Promise<readonly ClusterNodeRow[]> {
  const [nodes, pods] = await Promise.all([api.list(NODE), listPods(api, {})]);
  return countNodes(nodes.items, pods);
}

export async function loadConfigs(api: KubernetesApi, scope: Scope): Promise<readonly ConfigRow[]> {
  return (await api.list(PEER_POD_CONFIG, scope)).items.map((object) => {
    const config = readPeerPodConfig(object);
    return { ...config, available: config.conditions.find(({ type }) => type === 'Available')?.status };
  });
}

const ownKinds = ['PeerPod', 'PeerPodConfig', 'KataConfig'];

/** Of our own kinds, of peer pods, and whatever our programs say of other objects; oldest first. */
export async function loadClusterEvents(api: KubernetesApi, scope: Scope): Promise<readonly ClusterEventRow[]> {
  const [events, rows] = await Promise.all([api.list(EVENT, scope), loadClusterPods(api, scope)]);
  const pods = new Set(rows.flatMap(({ pod }) => (pod ? [pod.uid] : [])));
  return events.items
    .filter((event) => {
      const { kind, uid } = fieldsOf(event.involvedObject);
      const component = textOf(fieldsOf(event.source).component) ?? textOf(event.reportingComponent) ?? '';
      return ownKinds.includes(String(kind)) || pods.has(String(uid)) || component.startsWith('peerpods');
    })
    .map(readEvent)
    .toSorted((a, b) => a.atMs - b.atMs);
}

function readEvent(event: KubeObject): ClusterEventRow {
  const { kind, namespace, name } = fieldsOf(event.involvedObject);
  const place = textOf(namespace);
  const series = fieldsOf(event.series);
  const times = [series.lastObservedTime, event.lastTimestamp, event.eventTime, event.metadata.creationTimestamp];
  return {
    atMs: times.map(timeOf).find((time) => time !== undefined) ?? 0,
    type: textOf(event.type) ?? '',
    reason: textOf(event.reason) ?? '',
    about: `${String(kind ?? 'object').toLowerCase()} ${place ? `${place}/` : ''}${textOf(name) ?? ''}`,
    count: Number(series.count ?? event.count ?? 1) || 1,
    message: textOf(event.message) ?? '',
  };
}
