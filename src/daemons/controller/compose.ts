/** Builds the controller from its settings: the only place that knows every part. */

import { hostname } from 'node:os';
import type { ProviderModule } from '@peerpods/provider';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Environment } from '#daemons/options.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import { ClusterController } from '#domain/cluster/controller.ts';
import { openHealthServer } from '#io/health-server.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { connectKubernetes } from '#io/kubernetes/connect.ts';
import { leadWhileHeld } from '#io/kubernetes/lease.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { openControllerMetrics } from './metrics.ts';
import { SettledProviders } from './provider-source.ts';
import type { ControllerSettings } from './settings.ts';

export const controllerName = 'peerpods-controller';

export interface ControllerOverrides {
  /** In place of the cluster that environment or kubeconfig name. */
  readonly api?: KubernetesApi;
  /** In place of the table of providers. */
  readonly loadProvider?: (name: string) => Promise<ProviderModule>;
}

export interface RunningController extends RunningDaemon {
  readonly healthPort: number;
  readonly failed: Promise<never>;
}

/** A test may start it within its own process; `env` says where the cluster is, unless an override does. */
export async function startController(
  settings: ControllerSettings,
  env: Environment,
  log: Log,
  overrides: ControllerOverrides = {},
): Promise<RunningController> {
  await using undo = new AsyncDisposableStack();
  const tools = { clock: systemClock, random: systemRandom, log };
  const load = overrides.loadProvider;
  const api = overrides.api ?? (await connected(settings, env, log, undo));
  const metrics = openControllerMetrics();
  const identity = `${hostname()}_${Buffer.from(systemRandom.bytes(6)).toString('hex')}`;
  const controller = undo.use(
    new ClusterController({
      ...tools,
      api,
      settings: settings.cluster,
      watchKata: settings.watchKata,
      sweep: settings.sweep,
      hands: settings.hands,
      identity,
      observer: metrics,
      openSource: (provider, clusterUid) =>
        new SettledProviders({ settings: provider, clusterUid, env, log, ...(load && { load }) }),
    }),
  );
  let leads = false;
  metrics.watch(controller, () => leads);
  const stop = new AbortController();
  const lead = async (signal: AbortSignal) => {
    leads = true;
    await controller.lead(signal).finally(() => {
      leads = false;
    });
  };
  const work = settings.leaderElect
    ? leadWhileHeld({
        ...tools,
        api,
        namespace: settings.cluster.namespace,
        name: controllerName,
        identity,
        signal: stop.signal,
        lead,
      })
    : lead(stop.signal);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {}); // whoever runs us may not listen
  const ended = work.catch((error: unknown) => failed.reject(error));
  const ready = async () => {
    if (stop.signal.aborted) throw new PeerPodError('E_ABORTED', 'stopping');
    if (!controller.isReady) throw new PeerPodError('E_KUBE_UNAVAILABLE', 'the cluster is not seen yet');
  };
  const health = await openHealthServer({
    host: '',
    port: settings.healthPort,
    started: ready,
    ready,
    metrics: metrics.registry,
  });
  undo.defer(() => health.close());
  const everything = undo.move();
  return {
    healthPort: health.port,
    failed: failed.promise,
    async drain() {
      stop.abort(new PeerPodError('E_ABORTED', 'stopping'));
      await ended; // turns under way end, and the lease is given back
      await everything.disposeAsync();
    },
  };
}

async function connected(
  { kubeconfig }: ControllerSettings,
  env: Environment,
  log: Log,
  undo: AsyncDisposableStack,
): Promise<KubernetesApi> {
  const parts = { env, clock: systemClock, random: systemRandom, log, program: controllerName };
  const cluster = undo.use(await connectKubernetes({ ...parts, ...(kubeconfig !== undefined && { kubeconfig }) }));
  log.info({ server: cluster.server }, 'connected');
  return cluster.api;
}
