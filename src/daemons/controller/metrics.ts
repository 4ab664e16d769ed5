/** The controller's metrics: names that dashboards of operators know, and its own. */

import type { ClusterController, ControllerObserver } from '#domain/cluster/controller.ts';
import { type Metrics, type MetricTable, openMetrics, type processMetrics } from '#io/metrics.ts';

/** docs/kubernetes.md shows this table; a test keeps both the same. */
export const controllerMetrics = {
  controller_runtime_reconcile_total: {
    kind: 'counter',
    help: 'turns of a controller; result is success, error or requeue_after',
    labels: ['controller', 'result'],
  },
  controller_runtime_reconcile_errors_total: {
    kind: 'counter',
    help: 'turns that failed and are tried again',
    labels: ['controller'],
  },
  controller_runtime_reconcile_time_seconds: { kind: 'histogram', help: 'length of a turn', labels: ['controller'] },
  controller_runtime_max_concurrent_reconciles: { kind: 'gauge', help: 'turns at a time', labels: ['controller'] },
  controller_runtime_active_workers: { kind: 'gauge', help: 'turns under way', labels: ['controller'] },
  workqueue_depth: { kind: 'gauge', help: 'keys that wait for a turn', labels: ['name'] },
  workqueue_adds_total: { kind: 'counter', help: 'keys put in', labels: ['name'] },
  workqueue_retries_total: { kind: 'counter', help: 'keys put in again after a failure', labels: ['name'] },
  workqueue_queue_duration_seconds: { kind: 'histogram', help: 'how long keys waited for a turn', labels: ['name'] },
  workqueue_work_duration_seconds: { kind: 'histogram', help: 'how long turns took', labels: ['name'] },
  workqueue_unfinished_work_seconds: {
    kind: 'gauge',
    help: 'time spent in turns under way, together',
    labels: ['name'],
  },
  workqueue_longest_running_processor_seconds: { kind: 'gauge', help: 'the longest turn under way', labels: ['name'] },
  leader_election_master_status: { kind: 'gauge', help: '1: this replica leads', labels: ['name'] },
  peerpods_controller_peer_pods: {
    kind: 'gauge',
    help: 'PeerPods of the cluster; state is all, or ending (being deleted and held by our finalizer)',
    labels: ['state'],
  },
  peerpods_controller_pod_vm_deletion_seconds: {
    kind: 'histogram',
    help: 'calls that end a pod VM, by provider; outcome is gone, deleting or failed',
    labels: ['provider', 'outcome'],
  },
  peerpods_controller_sweep_found: {
    kind: 'gauge',
    help: 'of the last sweep: pod-vm (all of the cluster), orphan, unsure (a pod without PeerPod may be in it), ownerless',
    labels: ['what'],
  },
  peerpods_controller_sweep_ended_total: { kind: 'counter', help: 'orphaned pod VMs ended', labels: [] },
  peerpods_controller_sweep_unasked: { kind: 'gauge', help: 'providers the last sweep could not ask', labels: [] },
} as const satisfies MetricTable;

export interface ControllerMetrics extends ControllerObserver {
  readonly registry: Metrics<keyof typeof controllerMetrics | keyof typeof processMetrics>;
  watch(controller: ClusterController, leads: () => boolean): void;
}

const leaseName = 'peerpods-controller';

export function openControllerMetrics(): ControllerMetrics {
  const registry = openMetrics(controllerMetrics);
  const found = { 'pod-vm': 0, orphan: 0, unsure: 0, ownerless: 0 };
  let unasked = 0;
  registry.read('peerpods_controller_sweep_found', () =>
    Object.entries(found).map(([what, count]) => [{ what }, count] as const),
  );
  registry.read('peerpods_controller_sweep_unasked', () => [[{}, unasked]]);
  return {
    registry,
    reconciled(controller, result, ms) {
      registry.add('controller_runtime_reconcile_total', { controller, result });
      if (result === 'error') registry.add('controller_runtime_reconcile_errors_total', { controller });
      registry.observe('controller_runtime_reconcile_time_seconds', { controller }, ms / 1000);
      registry.observe('workqueue_work_duration_seconds', { name: controller }, ms / 1000);
    },
    added: (name, retry) => registry.add(retry ? 'workqueue_retries_total' : 'workqueue_adds_total', { name }),
    waited: (name, ms) => registry.observe('workqueue_queue_duration_seconds', { name }, ms / 1000),
    deletion: (provider, outcome, ms) =>
      registry.observe('peerpods_controller_pod_vm_deletion_seconds', { provider, outcome }, ms / 1000),
    swept(report) {
      found['pod-vm'] = report.podVms;
      found.orphan = report.orphans.length;
      found.unsure = report.unsure.length;
      found.ownerless = report.ownerless;
      unasked = report.unasked.length;
      registry.add('peerpods_controller_sweep_ended_total', {}, report.ended);
    },
    watch: (controller, leads) => watch(registry, controller, leads),
  };
}

function watch(registry: ControllerMetrics['registry'], controller: ClusterController, leads: () => boolean): void {
  const { loops, view } = controller;
  const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0) / 1000;
  registry.read('controller_runtime_max_concurrent_reconciles', () =>
    loops.map((loop) => [{ controller: loop.name }, loop.hands] as const),
  );
  registry.read('controller_runtime_active_workers', () =>
    loops.map((loop) => [{ controller: loop.name }, loop.inHand().length] as const),
  );
  registry.read('workqueue_depth', () => loops.map((loop) => [{ name: loop.name }, loop.depth] as const));
  registry.read('workqueue_unfinished_work_seconds', () =>
    loops.map((loop) => [{ name: loop.name }, sum(loop.inHand())] as const),
  );
  registry.read('workqueue_longest_running_processor_seconds', () =>
    loops.map((loop) => [{ name: loop.name }, Math.max(0, ...loop.inHand()) / 1000] as const),
  );
  registry.read('leader_election_master_status', () => [[{ name: leaseName }, leads() ? 1 : 0]]);
  registry.read('peerpods_controller_peer_pods', () => [
    [{ state: 'all' }, view.peerPods.size],
    [{ state: 'ending' }, view.peerPods.ending.size],
  ]);
}
