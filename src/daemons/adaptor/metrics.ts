/** The adaptor's metrics: their table, and the observers that feed them. */

import type { Clock } from '#base/clock.ts';
import { isPeerPodError } from '#base/errors.ts';
import type { ProviderObserver } from '#domain/podvm/observed-provider.ts';
import { type WarmPool, warmStates } from '#domain/podvm/warm-pool.ts';
import type { ClaimOutcome } from '#domain/podvm/warm-provider.ts';
import { type Finding, graceMs } from '#domain/sandbox/findings.ts';
import type { SandboxObserver } from '#domain/sandbox/observer.ts';
import type { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import { type Metrics, type MetricTable, openMetrics, type processMetrics } from '#io/metrics.ts';
import type { TtrpcServerLoad } from '#io/ttrpc-server.ts';
import type { NodeDuties } from './kubernetes.ts';

/** docs/operations.md shows this table; a test keeps both the same. */
export const adaptorMetrics = {
  peerpods_sandboxes: { kind: 'gauge', help: 'sandboxes of this worker', labels: ['state'] },
  peerpods_call_duration_seconds: {
    kind: 'histogram',
    help: 'calls on hypervisor.sock; code is OK or an error code',
    labels: ['method', 'code'],
  },
  peerpods_start_stage_duration_seconds: {
    kind: 'histogram',
    help: 'parts of StartVM: credentials, kubernetes, pod-vm, tunnel, relay, ledger (one flush); tunnel and relay run side by side',
    labels: ['stage', 'outcome'],
  },
  peerpods_releases_pending: { kind: 'gauge', help: 'sandboxes of which something may be left', labels: [] },
  peerpods_release_failures_total: {
    kind: 'counter',
    help: 'attempts of a release that failed and are repeated, by part',
    labels: ['part'],
  },
  peerpods_release_duration_seconds: {
    kind: 'histogram',
    help: 'from the decision to release until nothing was left',
    labels: [],
  },
  peerpods_provider_call_duration_seconds: {
    kind: 'histogram',
    help: 'calls to the provider; outcome is ok or the kind of failure',
    labels: ['operation', 'outcome'],
  },
  peerpods_findings: {
    kind: 'gauge',
    help: 'what did not fit together at the last look, by kind; see peerpodctl sweep',
    labels: ['what'],
  },
  peerpods_socket_connections: { kind: 'gauge', help: "connections to the adaptor's socket", labels: [] },
  peerpods_socket_calls_in_flight: { kind: 'gauge', help: 'calls on it without an answer yet', labels: [] },
  peerpods_socket_refused_total: {
    kind: 'counter',
    help: 'connections and calls refused since there were too many; what is connection or call',
    labels: ['what'],
  },
  peerpods_waiting_for_pod_vm: {
    kind: 'gauge',
    help: 'callers of GetInfo that wait for a pod to have a pod VM',
    labels: [],
  },
  peerpods_warm_pod_vms: { kind: 'gauge', help: 'pod VMs of the warm pool', labels: ['shape', 'state'] },
  peerpods_warm_claim_duration_seconds: {
    kind: 'histogram',
    help: 'claims of a warm pod VM; outcome is hit, miss (none was ready or fit) or failed (one was tried)',
    labels: ['outcome'],
  },
  peerpods_peer_pods_pending: {
    kind: 'gauge',
    help: 'PeerPods that are still to be written; their pod VMs are on record here and tagged',
    labels: [],
  },
  peerpods_limit_advertised: {
    kind: 'gauge',
    help: '1: the node shows the limit of this instance; 0: not yet, or it shows that of a newer one',
    labels: [],
  },
  peerpods_mended_total: { kind: 'counter', help: 'findings that were acted on, by kind', labels: ['what'] },
} as const satisfies MetricTable;

const findingKinds = Object.keys(graceMs) as Finding['what'][];

export interface AdaptorMetrics extends SandboxObserver, ProviderObserver {
  readonly registry: Metrics<keyof typeof adaptorMetrics | keyof typeof processMetrics>;
  /** Times one call on hypervisor.sock. */
  timed<T>(method: string, clock: Clock, body: () => Promise<T>): Promise<T>;
  watch(sandboxes: Sandboxes): void;
  watchSocket(server: { readonly load: TtrpcServerLoad }): void;
  watchWarm(pool: WarmPool): void;
  watchDuties(duties: NodeDuties): void;
  /** A claim of a warm pod VM ended. */
  claimed(outcome: ClaimOutcome, durationMs: number): void;
  /** Of a look of the caretaker. */
  findings(found: readonly Finding[], mended: readonly Finding[]): void;
}

export function openAdaptorMetrics(): AdaptorMetrics {
  const registry = openMetrics(adaptorMetrics);
  const seconds = (ms: number) => ms / 1000;
  let lastFound: readonly Finding[] = [];
  registry.read('peerpods_findings', () =>
    findingKinds.map((what) => [{ what }, lastFound.filter((finding) => finding.what === what).length] as const),
  );
  return {
    registry,
    stageEnded: (stage, ok, ms) =>
      registry.observe('peerpods_start_stage_duration_seconds', { stage, outcome: ok ? 'ok' : 'failed' }, seconds(ms)),
    releaseFailed: (part) => registry.add('peerpods_release_failures_total', { part }),
    released: (ms) => registry.observe('peerpods_release_duration_seconds', {}, seconds(ms)),
    callEnded: (operation, outcome, ms) =>
      registry.observe('peerpods_provider_call_duration_seconds', { operation, outcome }, seconds(ms)),
    async timed(method, clock, body) {
      const from = clock.now();
      let code = 'OK';
      try {
        return await body();
      } catch (error) {
        code = isPeerPodError(error) ? error.code : 'E_INTERNAL';
        throw error;
      } finally {
        registry.observe('peerpods_call_duration_seconds', { method, code }, seconds(clock.now() - from));
      }
    },
    findings(found, mended) {
      lastFound = found;
      for (const { what } of mended) registry.add('peerpods_mended_total', { what });
    },
    watchWarm(pool) {
      registry.read('peerpods_warm_pod_vms', () =>
        pool.shapes.flatMap(({ name: shape }) =>
          warmStates.map((state) => [{ shape, state }, pool.count(shape, state)] as const),
        ),
      );
    },
    watchDuties(duties) {
      registry.read('peerpods_peer_pods_pending', () => [[{}, duties.sandboxes.pending]]);
      registry.read('peerpods_limit_advertised', () => [[{}, duties.isAdvertised ? 1 : 0]]);
    },
    claimed: (outcome, ms) => registry.observe('peerpods_warm_claim_duration_seconds', { outcome }, seconds(ms)),
    watchSocket(server) {
      registry.read('peerpods_socket_connections', () => [[{}, server.load.connections]]);
      registry.read('peerpods_socket_calls_in_flight', () => [[{}, server.load.callsInFlight]]);
      registry.read('peerpods_socket_refused_total', () => [
        [{ what: 'connection' }, server.load.refusedConnections],
        [{ what: 'call' }, server.load.refusedCalls],
      ]);
    },
    watch(sandboxes) {
      registry.read('peerpods_waiting_for_pod_vm', () => [[{}, sandboxes.pods.waitingCount]]);
      registry.read('peerpods_sandboxes', () =>
        Object.entries(sandboxes.countByState()).map(([state, count]) => [{ state }, count] as const),
      );
      registry.read('peerpods_releases_pending', () => [[{}, sandboxes.countByState().stopping]]);
    },
  };
}
