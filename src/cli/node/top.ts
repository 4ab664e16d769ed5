/** What the worker's daemons and pods use: two looks, and what happened between them. */

import type { ProcessAnswer, RelaysAnswer, TunnelsAnswer } from '#daemons/admin-contract.ts';
import { bytes, duration, oneDecimal, percent, rate } from '../humane.ts';
import { type MetricSample, metricSum, parseMetrics } from '../prometheus-text.ts';
import { renderTable } from '../table.ts';
import type { NodeClient } from './ask.ts';
import { loadRecords, podKey } from './view.ts';

export interface DaemonSample {
  readonly program: string;
  readonly pid: number;
  readonly metrics: readonly MetricSample[];
}

export interface PodSample {
  readonly sandboxId: string;
  readonly pod: string;
  readonly calls: number;
  readonly callsInFlight: number;
  /** Of agent calls, both ways. */
  readonly relayBytes: number;
  /** Of the pod's own network. */
  readonly fromVmBytes: number;
  readonly toVmBytes: number;
}

export interface NodeSample {
  /** Monotonic. */
  readonly atMs: number;
  readonly wallMs: number;
  readonly daemons: readonly DaemonSample[];
  readonly pods: readonly PodSample[];
}

export interface DaemonUse {
  readonly program: string;
  readonly pid: number;
  /** Of one processor. */
  readonly cpu: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly openFds: number;
  readonly callsPerSecond: number;
  readonly uptimeMs: number;
}

export interface PodUse {
  readonly pod: string;
  readonly sandboxId: string;
  readonly callsPerSecond: number;
  readonly callsInFlight: number;
  readonly relayBytesPerSecond: number;
  readonly fromVmBytesPerSecond: number;
  readonly toVmBytesPerSecond: number;
}

export interface NodeUse {
  readonly daemons: readonly DaemonUse[];
  readonly pods: readonly PodUse[];
}

export async function takeNodeSample(node: NodeClient, nowMs: () => number, wallMs: () => number): Promise<NodeSample> {
  const [adaptor, relay, records, { relays }, { tunnels }] = await Promise.all([
    node.adaptor<ProcessAnswer>('Process'),
    node.relay<ProcessAnswer>('Process').catch(() => undefined), // embedded in the adaptor, or away
    loadRecords(node),
    node.adaptor<RelaysAnswer>('Relays').catch(() => ({ relays: [] })),
    node.adaptor<TunnelsAnswer>('Tunnels'),
  ]);
  const daemons = [adaptor, ...(relay ? [relay] : [])].map(({ program, pid, metrics }) => ({
    program,
    pid,
    metrics: parseMetrics(metrics),
  }));
  const pods = records.map((record) => {
    const { sandboxId } = record;
    const traffic = relays.find((one) => one.sandboxId === sandboxId)?.traffic;
    const counters = tunnels.find((one) => one.sandboxId === sandboxId)?.counters;
    return {
      sandboxId,
      pod: podKey(record),
      calls: traffic?.calls ?? 0,
      callsInFlight: traffic?.callsInFlight ?? 0,
      relayBytes: (traffic?.bytesToVm ?? 0) + (traffic?.bytesToShim ?? 0),
      fromVmBytes: counters?.rxBytes ?? 0,
      toVmBytes: counters?.txBytes ?? 0,
    };
  });
  return { atMs: nowMs(), wallMs: wallMs(), daemons, pods };
}

/** Calls of the shim at the adaptor, of the agent at the relay. */
const callsOf = ({ metrics }: DaemonSample) =>
  metricSum(metrics, 'peerpods_call_duration_seconds_count') ?? metricSum(metrics, 'peerpods_relay_calls_total') ?? 0;

/** Of what is in both samples; a process that was replaced meanwhile shows no rates. */
export function useBetween(before: NodeSample, after: NodeSample): NodeUse {
  const ms = after.atMs - before.atMs;
  return {
    daemons: after.daemons.map((daemon) => {
      const { program, pid, metrics } = daemon;
      const earlier = before.daemons.find((one) => one.program === program && one.pid === pid) ?? daemon;
      const cpuSeconds = (sample: DaemonSample) => metricSum(sample.metrics, 'process_cpu_seconds_total') ?? 0;
      return {
        program,
        pid,
        cpu: rate(cpuSeconds(daemon) - cpuSeconds(earlier), ms),
        residentBytes: metricSum(metrics, 'process_resident_memory_bytes') ?? 0,
        heapBytes: metricSum(metrics, 'process_heap_bytes') ?? 0,
        openFds: metricSum(metrics, 'process_open_fds') ?? 0,
        callsPerSecond: rate(callsOf(daemon) - callsOf(earlier), ms),
        uptimeMs: after.wallMs - (metricSum(metrics, 'process_start_time_seconds') ?? after.wallMs / 1000) * 1000,
      };
    }),
    pods: after.pods.map((pod) => {
      const earlier = before.pods.find(({ sandboxId }) => sandboxId === pod.sandboxId) ?? pod;
      return {
        pod: pod.pod,
        sandboxId: pod.sandboxId,
        callsPerSecond: rate(pod.calls - earlier.calls, ms),
        callsInFlight: pod.callsInFlight,
        relayBytesPerSecond: rate(pod.relayBytes - earlier.relayBytes, ms),
        fromVmBytesPerSecond: rate(pod.fromVmBytes - earlier.fromVmBytes, ms),
        toVmBytesPerSecond: rate(pod.toVmBytes - earlier.toVmBytes, ms),
      };
    }),
  };
}

export function renderUse({ daemons, pods }: NodeUse): string {
  const daemonRows = daemons.map((use) => [
    use.program,
    String(use.pid),
    percent(use.cpu),
    bytes(use.residentBytes),
    bytes(use.heapBytes),
    String(use.openFds),
    oneDecimal(use.callsPerSecond),
    duration(use.uptimeMs),
  ]);
  const busiest = pods.toSorted((a, b) => weight(b) - weight(a));
  const podRows = busiest.map((use) => [
    use.pod,
    oneDecimal(use.callsPerSecond),
    String(use.callsInFlight),
    `${bytes(use.relayBytesPerSecond)}/s`,
    `${bytes(use.fromVmBytesPerSecond)}/s`,
    `${bytes(use.toVmBytesPerSecond)}/s`,
  ]);
  const daemonTable = renderTable(['DAEMON', 'PID', 'CPU', 'MEMORY', 'HEAP', 'FDS', 'CALLS/S', 'UP'], daemonRows);
  if (podRows.length === 0) return `${daemonTable}\nNo peer pods on this worker.\n`;
  const header = ['POD', 'CALLS/S', 'IN FLIGHT', 'AGENT', 'NET FROM VM', 'NET TO VM'];
  return `${daemonTable}\n${renderTable(header, podRows)}`;
}

const weight = (use: PodUse) => use.relayBytesPerSecond + use.fromVmBytesPerSecond + use.toVmBytesPerSecond;
