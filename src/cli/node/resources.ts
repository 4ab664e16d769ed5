/** The lists of things of one worker, as `get` shows them. */

import type { LogAnswer, NodeAnswer } from '#daemons/admin-contract.ts';
import { bytes, duration } from '../humane.ts';
import { type Column, type Shown, shown } from '../output.ts';
import type { NodeClient } from './ask.ts';
import { eventsOf, isAtLeast, type NodeEvent, parseLogLine } from './events.ts';
import {
  loadPods,
  loadRecords,
  loadRelays,
  loadTunnels,
  loadVms,
  type PodRow,
  podKey,
  type RelayRow,
  type TunnelRow,
  type VmRow,
} from './view.ts';

const stateText = ({ state }: PodRow['record']) => (state.at === 'starting' ? `${state.at} (${state.step})` : state.at);

export const nodePodColumns = (nowMs: number): readonly Column<PodRow>[] => [
  { title: 'POD', cell: ({ record }) => podKey(record) },
  { title: 'STATE', cell: ({ record }) => stateText(record) },
  { title: 'POD VM', cell: ({ record }) => record.podVmId },
  { title: 'ADDRESSES', cell: ({ record }) => record.addresses?.join(' ') },
  { title: 'VNI', cell: ({ record }) => record.network.vni },
  { title: 'RELAY', cell: ({ relay }) => (relay ? (relay.connected ? 'connected' : 'waiting') : undefined) },
  { title: 'AGE', cell: ({ record }) => duration(nowMs - record.createdAtMs) },
  {
    title: 'POD IP',
    isWide: true,
    cell: ({ record: { network } }) => (network.podIp ?? network.podIps6[0])?.split('/')[0],
  },
  { title: 'TYPE', isWide: true, cell: ({ record }) => record.request.instanceType },
  { title: 'SHIMS', isWide: true, cell: ({ relay }) => relay?.shimConnections },
  { title: 'CALLS', isWide: true, cell: ({ relay }) => relay?.traffic?.calls },
  { title: 'SANDBOX', isWide: true, cell: ({ record }) => record.sandboxId },
  { title: 'NETNS', isWide: true, cell: ({ record }) => record.netnsPath },
];

export async function nodePods(node: NodeClient, nowMs: number): Promise<Shown> {
  return shown({
    columns: nodePodColumns(nowMs),
    rows: await loadPods(node),
    nameOf: ({ record }) => podKey(record),
    isMeant: ({ record }, word) =>
      [podKey(record), record.request.podName, record.podVmId].includes(word) || record.sandboxId.startsWith(word),
    none: 'No peer pods on this worker.',
  });
}

const vmColumns = (nowMs: number): readonly Column<VmRow>[] => [
  { title: 'POD VM', cell: ({ podVm }) => podVm.id },
  { title: 'POD', cell: ({ record }) => (record ? podKey(record) : '(no record)') },
  { title: 'STATE', cell: ({ podVm }) => podVm.state },
  { title: 'ADDRESSES', cell: ({ podVm }) => podVm.addresses.join(' ') },
  { title: 'TYPE', cell: ({ podVm }) => podVm.instanceType },
  {
    title: 'AGE',
    cell: ({ podVm, record }) => {
      const since = podVm.createdAtMs ?? record?.createdAtMs;
      return since === undefined ? undefined : duration(nowMs - since);
    },
  },
  { title: 'NAME', isWide: true, cell: ({ podVm }) => podVm.name },
  { title: 'ZONE', isWide: true, cell: ({ podVm }) => podVm.zone },
  { title: 'PAID', isWide: true, cell: ({ podVm }) => podVm.capacityType },
  { title: 'SANDBOX', isWide: true, cell: ({ podVm }) => podVm.sandboxId },
];

export async function nodeVms(node: NodeClient, nowMs: number): Promise<Shown> {
  return shown({
    columns: vmColumns(nowMs),
    rows: await loadVms(node),
    nameOf: ({ podVm }) => podVm.id,
    isMeant: ({ podVm, record }, word) =>
      [podVm.id, podVm.name, podVm.sandboxId, ...(record ? [podKey(record), record.request.podName] : [])].includes(
        word,
      ),
    none: 'The provider has no pod VMs of this worker.',
  });
}

const tunnelColumns: readonly Column<TunnelRow>[] = [
  { title: 'VNI', cell: ({ record }) => record.network.vni },
  { title: 'POD', cell: ({ record }) => podKey(record) },
  { title: 'STATE', cell: ({ tunnel }) => tunnel.state },
  { title: 'REMOTE', cell: ({ tunnel }) => tunnel.device?.remote },
  { title: 'LOCAL', cell: ({ tunnel }) => tunnel.device?.local },
  { title: 'PORT', cell: ({ tunnel }) => tunnel.device?.port },
  { title: 'MTU', cell: ({ tunnel }) => tunnel.device?.mtu },
  { title: 'FROM VM', cell: ({ tunnel }) => tunnel.counters && bytes(tunnel.counters.rxBytes) },
  { title: 'TO VM', cell: ({ tunnel }) => tunnel.counters && bytes(tunnel.counters.txBytes) },
  {
    title: 'DROPPED',
    isWide: true,
    cell: ({ tunnel: { counters } }) => counters && counters.rxDropped + counters.txDropped,
  },
  { title: 'DEVICE', isWide: true, cell: ({ tunnel }) => tunnel.device?.name },
  { title: 'NETNS', isWide: true, cell: ({ record }) => record.netnsPath },
];

export async function nodeTunnels(node: NodeClient): Promise<Shown> {
  return shown({
    columns: tunnelColumns,
    rows: await loadTunnels(node),
    nameOf: ({ record }) => podKey(record),
    isMeant: ({ record }, word) =>
      [podKey(record), record.request.podName, String(record.network.vni)].includes(word) ||
      record.sandboxId.startsWith(word),
    none: 'No tunnels on this worker.',
  });
}

const relayColumns: readonly Column<RelayRow>[] = [
  { title: 'POD', cell: ({ record }) => (record ? podKey(record) : '(no record)') },
  { title: 'POD VM', cell: ({ relay }) => (relay.connected ? 'connected' : 'waiting') },
  { title: 'SHIMS', cell: ({ relay }) => relay.shimConnections },
  { title: 'IN FLIGHT', cell: ({ relay }) => relay.traffic?.callsInFlight },
  { title: 'CALLS', cell: ({ relay }) => relay.traffic?.calls },
  { title: 'TO VM', cell: ({ relay }) => relay.traffic && bytes(relay.traffic.bytesToVm) },
  { title: 'TO SHIM', cell: ({ relay }) => relay.traffic && bytes(relay.traffic.bytesToShim) },
  { title: 'REDIALS', cell: ({ relay }) => relay.traffic?.reconnections },
  { title: 'SANDBOX', isWide: true, cell: ({ relay }) => relay.sandboxId },
  { title: 'SOCKET', isWide: true, cell: ({ relay }) => relay.socketPath },
];

export async function nodeRelays(node: NodeClient): Promise<Shown> {
  return shown({
    columns: relayColumns,
    rows: await loadRelays(node),
    nameOf: ({ record, relay }) => (record ? podKey(record) : relay.sandboxId),
    isMeant: ({ record, relay }, word) =>
      (record && [podKey(record), record.request.podName].includes(word)) || relay.sandboxId.startsWith(word),
    none: 'The relay has no sandboxes.',
  });
}

const capacityColumns: readonly Column<NodeAnswer>[] = [
  { title: 'NODE', cell: ({ node }) => node },
  { title: 'PROVIDER', cell: ({ provider }) => provider },
  { title: 'TOTAL', cell: ({ podVmsMax }) => podVmsMax ?? 'not told' },
  { title: 'USED', cell: usedOf },
  { title: 'FREE', cell: (node) => (node.podVmsMax === undefined ? undefined : node.podVmsMax - usedOf(node)) },
  { title: 'RUNNING', cell: ({ byState }) => byState.running },
  { title: 'STARTING', cell: ({ byState }) => (byState.created ?? 0) + (byState.starting ?? 0) },
  { title: 'STOPPING', cell: ({ byState }) => byState.stopping },
  {
    title: 'WARM',
    isWide: true,
    cell: ({ settings }) => Object.values(settings.warmPool).reduce((sum, count) => sum + count, 0),
  },
  { title: 'CLUSTER', isWide: true, cell: ({ cluster }) => cluster },
];

/** A pod VM that is being released still costs what it costs. */
function usedOf({ byState }: NodeAnswer): number {
  return Object.entries(byState).reduce((sum, [state, count]) => (state === 'stopped' ? sum : sum + count), 0);
}

export async function nodeCapacity(node: NodeClient): Promise<Shown> {
  return shown({
    columns: capacityColumns,
    rows: [await node.adaptor<NodeAnswer>('Node')],
    nameOf: ({ node: name }) => name,
    none: '',
  });
}

interface EventRow extends NodeEvent {
  readonly pod: string | undefined;
}

const eventColumns: readonly Column<EventRow>[] = [
  { title: 'TIME', cell: ({ time }) => time.replace(/\.\d+Z$/, 'Z') },
  { title: 'LEVEL', cell: ({ level }) => level },
  { title: 'POD', cell: ({ pod, sandboxId }) => pod ?? sandboxId?.slice(0, 12) },
  { title: 'EVENT', cell: ({ what }) => what },
  { title: 'DETAIL', cell: ({ detail }) => detail },
  { title: 'SANDBOX', isWide: true, cell: ({ sandboxId }) => sandboxId },
];

export interface EventChoice {
  /** Of one sandbox only. */
  readonly sandboxId?: string;
  readonly level: string;
  readonly countMax: number;
}

export async function nodeEvents(node: NodeClient, choice: EventChoice): Promise<Shown> {
  return shown({
    columns: eventColumns,
    rows: await loadEvents(node, choice),
    nameOf: ({ time }) => time,
    isMeant: ({ pod, sandboxId = '' }, word) =>
      pod === word || pod?.split('/')[1] === word || sandboxId.startsWith(word),
    none: 'Nothing that the daemons remember.',
  });
}

/** Of adaptor and relay together, oldest first. */
export async function loadEvents(node: NodeClient, choice: EventChoice): Promise<readonly EventRow[]> {
  const question = { lines: 4000, containing: choice.sandboxId ?? '' };
  const ofRelay = node.relay<LogAnswer>('Log', question).catch(() => ({ lines: [] }));
  const [adaptor, relay, records] = await Promise.all([
    node.adaptor<LogAnswer>('Log', question),
    ofRelay,
    loadRecords(node),
  ]);
  const pods = new Map<string, string>(records.map((record) => [record.sandboxId, podKey(record)]));
  const lines = [...adaptor.lines, ...relay.lines].flatMap((line) => parseLogLine(line) ?? []);
  return eventsOf(lines.filter((line) => isAtLeast(line, choice.level)))
    .map((event) => ({ ...event, pod: pods.get(event.sandboxId ?? '') }))
    .toSorted((a, b) => (a.time < b.time ? -1 : 1))
    .slice(-choice.countMax);
}
