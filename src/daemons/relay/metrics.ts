/** The relay's metrics, read from it when somebody asks. */

import type { HypervisorFront } from '#domain/relay/hypervisor-front.ts';
import type { Relay } from '#domain/relay/relay.ts';
import { type Metrics, type MetricTable, openMetrics, type processMetrics } from '#io/metrics.ts';
import type { TtrpcServerLoad } from '#io/ttrpc-server.ts';

/** docs/operations.md shows this table; a test keeps both the same. */
export const relayMetrics = {
  peerpods_relay_sandboxes: {
    kind: 'gauge',
    help: 'sandboxes with an agent socket here; connected is yes once the pod VM has answered',
    labels: ['connected'],
  },
  peerpods_relay_shim_connections: { kind: 'gauge', help: "shims' connections to agent sockets", labels: [] },
  peerpods_relay_hypervisor_connections: { kind: 'gauge', help: 'connections to hypervisor.sock', labels: [] },
  peerpods_relay_calls_total: { kind: 'counter', help: 'agent calls that were let in', labels: [] },
  peerpods_relay_calls_in_flight: { kind: 'gauge', help: 'agent calls without an answer yet', labels: [] },
  peerpods_relay_bytes_total: {
    kind: 'counter',
    help: 'bytes of agent calls; direction is vm or shim',
    labels: ['direction'],
  },
  peerpods_relay_reconnections_total: {
    kind: 'counter',
    help: 'connections to pod VMs that broke and were dialled again',
    labels: [],
  },
  peerpods_relay_lost_calls_total: {
    kind: 'counter',
    help: 'agent calls in flight that a pod VM lost; fate is unavailable (answered so) or repeated (asked again)',
    labels: ['fate'],
  },
  peerpods_relay_refused_connections_total: {
    kind: 'counter',
    help: 'connections refused since there were too many; socket is agent, hypervisor or control',
    labels: ['socket'],
  },
  peerpods_relay_refused_calls_total: {
    kind: 'counter',
    help: 'calls refused since one caller had too many, or their message was too large; socket as above',
    labels: ['socket'],
  },
  peerpods_relay_refused_sandboxes_total: {
    kind: 'counter',
    help: 'agent sockets that were not opened, there being too many',
    labels: [],
  },
  peerpods_relay_hypervisor_calls_in_flight: {
    kind: 'gauge',
    help: 'calls on hypervisor.sock without an answer yet; while the adaptor is away they wait',
    labels: [],
  },
  peerpods_relay_large_frame_bytes: {
    kind: 'gauge',
    help: 'memory reserved for frames that are half here',
    labels: [],
  },
  peerpods_relay_large_frames_waiting: { kind: 'gauge', help: 'large frames that wait for that memory', labels: [] },
  peerpods_relay_stranded_stops: {
    kind: 'gauge',
    help: 'StopVMs whose callers left, waiting for an adaptor',
    labels: [],
  },
  peerpods_relay_dropped_stops_total: {
    kind: 'counter',
    help: 'of those, dropped since too many waited; the sweep finds their sandboxes',
    labels: [],
  },
} as const satisfies MetricTable;

export type RelayMetrics = Metrics<keyof typeof relayMetrics | keyof typeof processMetrics>;

/** `control` tells of the control socket's server. */
export function openRelayMetrics(
  relay: Relay,
  front: HypervisorFront | undefined,
  control: () => TtrpcServerLoad,
): RelayMetrics {
  const metrics = openMetrics(relayMetrics);
  const one = (name: keyof typeof relayMetrics, value: () => number) => metrics.read(name, () => [[{}, value()]]);
  metrics.read('peerpods_relay_sandboxes', () => {
    const { connected, waiting } = relay.countSandboxes();
    return [
      [{ connected: 'yes' }, connected],
      [{ connected: 'no' }, waiting],
    ];
  });
  one('peerpods_relay_shim_connections', () => relay.totals().shimConnections);
  one('peerpods_relay_hypervisor_connections', () => front?.callers.size ?? 0);
  one('peerpods_relay_calls_total', () => relay.totals().traffic.calls);
  one('peerpods_relay_calls_in_flight', () => relay.totals().traffic.callsInFlight);
  metrics.read('peerpods_relay_bytes_total', () => {
    const { bytesToVm, bytesToShim } = relay.totals().traffic;
    return [
      [{ direction: 'vm' }, bytesToVm],
      [{ direction: 'shim' }, bytesToShim],
    ];
  });
  one('peerpods_relay_reconnections_total', () => relay.totals().traffic.reconnections);
  metrics.read('peerpods_relay_lost_calls_total', () => {
    const { callsLost, callsRepeated } = relay.totals().traffic;
    return [
      [{ fate: 'unavailable' }, callsLost],
      [{ fate: 'repeated' }, callsRepeated],
    ];
  });
  metrics.read('peerpods_relay_refused_connections_total', () => [
    [{ socket: 'agent' }, relay.totals().refusedConnections],
    [{ socket: 'hypervisor' }, front?.callers.refusedCount ?? 0],
    [{ socket: 'control' }, control().refusedConnections],
  ]);
  metrics.read('peerpods_relay_refused_calls_total', () => [
    [{ socket: 'agent' }, relay.totals().refusedCalls],
    [{ socket: 'hypervisor' }, front?.callers.refusedCalls ?? 0],
    [{ socket: 'control' }, control().refusedCalls],
  ]);
  one('peerpods_relay_refused_sandboxes_total', () => relay.totals().refusedSandboxes);
  one('peerpods_relay_hypervisor_calls_in_flight', () => front?.callers.traffic.callsInFlight ?? 0);
  one('peerpods_relay_large_frame_bytes', () => relay.totals().largeFrameBytes);
  one('peerpods_relay_large_frames_waiting', () => relay.totals().largeFramesWaiting);
  one('peerpods_relay_stranded_stops', () => front?.strandedCount ?? 0);
  one('peerpods_relay_dropped_stops_total', () => front?.droppedStops ?? 0);
  return metrics;
}
