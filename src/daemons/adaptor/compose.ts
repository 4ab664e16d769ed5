/** Puts the adaptor together: the only place that knows all its parts. */

import { dirname, join } from 'node:path';
import { type Netlink, netlink } from '@peerpods/netlink';
import type { OptionValues, PodVmProvider, ProviderModule } from '@peerpods/provider';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { RecentLines } from '#base/recent-lines.ts';
import { abortable, deadlineSignal } from '#base/signals.ts';
import { volumesOfPod } from '#codec/direct-volumes.ts';
import { recentLogLimits } from '#daemons/admin-contract.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import { Credentials } from '#domain/podvm/credentials.ts';
import { IdentityPool } from '#domain/podvm/identity-pool.ts';
import { observedProvider } from '#domain/podvm/observed-provider.ts';
import { translateProviderError } from '#domain/podvm/provider-errors.ts';
import type { WarmPool } from '#domain/podvm/warm-pool.ts';
import type { RelayControl } from '#domain/relay/control.ts';
import { Relay } from '#domain/relay/relay.ts';
import { RelayClient } from '#domain/relay/relay-client.ts';
import { Caretaker } from '#domain/sandbox/caretaker.ts';
import { openLedger } from '#domain/sandbox/ledger.ts';
import type { PodFolders, PodNetworkPort } from '#domain/sandbox/ports.ts';
import { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import { kernelTunnels, tmpfsFolders } from '#domain/sandbox/worker-ports.ts';
import { WorkerReleaser } from '#domain/sandbox/worker-releaser.ts';
import { WorkerStarter } from '#domain/sandbox/worker-starter.ts';
import type { TunnelContext } from '#domain/tunnel/context.ts';
import { inspectPodNetwork } from '#domain/tunnel/inspect.ts';
import { dropUnusedPins, preparePins } from '#domain/tunnel/source-pin.ts';
import { allocateVni } from '#domain/tunnel/vni.ts';
import { readVnisInUse } from '#domain/tunnel/vnis-in-use.ts';
import { clusterAccess, clusterFacts } from '#io/cluster-facts.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { readDirectVolumes } from '#io/direct-volumes.ts';
import { ensureDirectory, namesIn, pathExists } from '#io/files.ts';
import { openHealthServer } from '#io/health-server.ts';
import { diskFiles, type RecordFiles } from '#io/record-files.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { adminServices } from './admin.ts';
import { type AdaptorMetrics, openAdaptorMetrics } from './metrics.ts';
import { hypervisorServices } from './services.ts';
import type { AdaptorSettings } from './settings.ts';
import { openWarm } from './warm.ts';

/** Calls in flight, then releases; supervise.ts ends both together after 20 s. */
const drainMs = 10_000;
const settleMs = 5000;
/** Where a provider does not say how long its list may lag. */
const listLagMsDefault = 60_000;
/** A relay that takes longer to answer a probe is not there. */
const relayProbeMs = 2000;
const root = join(import.meta.dirname, '../../..');

/** The pod VM's programs, for a provider that runs them on this machine. */
export const podVmPrograms = {
  processUserData: [process.execPath, join(root, 'src/daemons/process-user-data/main.ts'), 'provision-files'],
  forwarder: [process.execPath, join(root, 'src/daemons/forwarder/main.ts'), '-pod-namespace', '/run/netns/podns'],
  agent: [process.execPath, join(root, 'dev/agent/main.ts'), '-listen', '/run/kata-containers/agent.sock'],
} as const;

async function openProvider(module: ProviderModule, values: OptionValues, settings: AdaptorSettings, log: Log) {
  const stateDir = join(settings.stateDir, 'providers', module.name);
  await ensureDirectory(stateDir);
  const access = clusterAccess(process.env, settings.node);
  return await module.open(values, {
    log: log.child({ provider: module.name }),
    clock: systemClock,
    random: systemRandom,
    owner: { cluster: settings.cluster, node: settings.node },
    podVmPrograms,
    ...(access && { kubernetes: clusterFacts(access) }),
    stateDir,
  });
}

/** Where container runtimes keep the namespaces of pods. */
const netnsFolder = '/run/netns';

/** `network` as the sandboxes want it, in the kernel of this worker; tunnels that no record knows keep their VNIs. */
async function podNetworkPort(settings: AdaptorSettings, log: Log): Promise<PodNetworkPort> {
  const paths = (await namesIn(netnsFolder)).map((name) => join(netnsFolder, name));
  const known = await readVnisInUse(paths, settings.vxlanPort, { netlink, log });
  return {
    allocateVni: (inUse) => allocateVni(inUse.union(known), systemRandom, settings.vniMin),
    inspect: (netnsPath, vni) =>
      inspectPodNetwork(
        netnsPath,
        {
          vni,
          port: settings.vxlanPort,
          hostInterface: settings.hostInterface,
          externalNetViaPodVm: settings.externalNetViaPodVm,
          podSubnets: settings.podSubnets,
        },
        { netlink, log },
      ),
    volumesOf: async (podUid) =>
      podUid === undefined ? [] : volumesOfPod((await readDirectVolumes()).volumes, podUid),
  };
}

/** The table that pins are kept in, while this process runs; a pod that still needs it keeps it. */
async function usePins(tunnel: TunnelContext, undo: AsyncDisposableStack): Promise<void> {
  const failed = (error: unknown) => tunnel.log.warn({ error }, 'the table of pins'); // a start or stop will tell more
  await preparePins(tunnel).catch(failed);
  undo.defer(() => dropUnusedPins(tunnel).catch(failed));
}

async function verified(provider: PodVmProvider, name: string, signal: AbortSignal): Promise<void> {
  await provider.verify({ signal }).catch((error: unknown) => {
    throw translateProviderError(error, `verify the settings of ${name}`);
  });
}

/** Nothing is opened without a port. */
async function openHealth(
  { probePort: port, socket }: AdaptorSettings,
  metrics: AdaptorMetrics,
  ready: () => Promise<void>,
) {
  if (port === undefined) return undefined;
  const started = async () => void (await dialUnix(socket)).destroy();
  return await openHealthServer({ port, started, ready, metrics: metrics.registry });
}

/** Another process's, or for development one of our own. */
function openRelay({ relaySocket }: AdaptorSettings, log: Log): RelayControl & (Disposable | AsyncDisposable) {
  if (relaySocket !== '') return new RelayClient(() => dialUnix(relaySocket), systemClock);
  return new Relay({ clock: systemClock, random: systemRandom, log: log.child({ part: 'relay' }) });
}

/** What the adaptor acts on beside the provider; dev/chaos puts its fault points in between. */
export interface Outside {
  readonly netlink: Netlink;
  readonly records: RecordFiles;
  readonly folders: PodFolders;
  readonly through: (relay: RelayControl) => RelayControl;
}

export const thisWorker: Outside = { netlink, records: diskFiles, folders: tmpfsFolders, through: (relay) => relay };

export async function startAdaptor(
  settings: AdaptorSettings,
  module: ProviderModule,
  values: OptionValues,
  log: Log,
  signal: AbortSignal,
  recent = new RecentLines(recentLogLimits),
  outside: Outside = thisWorker,
): Promise<RunningDaemon> {
  await using undo = new AsyncDisposableStack();
  const clock = systemClock;
  const random = systemRandom;
  const owner = { cluster: settings.cluster, node: settings.node };
  const metrics = openAdaptorMetrics();
  const pool = undo.use(new IdentityPool({ clock, onError: (error) => log.error({ error }, 'prepare an identity') }));
  const credentials = new Credentials(settings.credentialFiles, pool);
  await credentials.verify();
  const opened = undo.adopt(await openProvider(module, values, settings, log), (one) => one.close());
  const onPool = (warmPool: WarmPool) => metrics.watchWarm(undo.use(warmPool));
  const warmed = await openWarm(opened, settings, { owner, clock, random, log, onClaim: metrics.claimed, onPool });
  const provider = observedProvider(warmed, clock, metrics);
  if (settings.verifyFirst) await verified(provider, module.name, signal);
  const relay = outside.through(undo.use(openRelay(settings, log)));
  const tunnel = { netlink: outside.netlink, clock, log: log.child({ part: 'tunnel' }), keepsPinTable: true };
  await usePins(tunnel, undo);
  const { folders } = outside;
  const parts = { provider, relay, tunnels: kernelTunnels(tunnel), folders, clock, log };
  const listLagMsMax = module.listLagMsMax ?? listLagMsDefault;
  const sandboxes = undo.use(
    new Sandboxes({
      podsDir: settings.podsDir,
      ledger: openLedger(settings.stateDir, outside.records),
      network: await podNetworkPort(settings, log.child({ part: 'tunnel' })),
      starter: new WorkerStarter(
        { ...settings, owner, userDataBytesMax: module.userDataBytesMax },
        { ...parts, credentials, observer: metrics },
      ),
      releaser: new WorkerReleaser({ ...parts, owner, listLagMsMax, random, observer: metrics }),
      observer: metrics,
      clock,
      log,
    }),
  );
  metrics.watch(sandboxes);
  await ensureDirectory(settings.podsDir);
  await ensureDirectory(dirname(settings.socket));
  await sandboxes.load();
  const caretaker = undo.use(
    new Caretaker({ ...parts, sandboxes, owner, exists: pathExists, onFindings: metrics.findings }),
  );
  caretaker.start();
  const services = {
    ...hypervisorServices({ sandboxes, clock, log, timed: metrics.timed }),
    ...adminServices({ ...parts, sandboxes, caretaker, owner, netlink, metrics, settings, recent, name: module.name }),
  };
  const server = undo.use(new TtrpcServer({ services, clock, log }));
  const listener = await listenUnix(settings.socket, (socket) => server.serve(socket), {
    onError: (error) => log.error({ error }, 'accept on the hypervisor socket'),
  });
  undo.defer(() => listener.close());
  let draining = false;
  const ready = async () => {
    if (draining) throw new PeerPodError('E_ABORTED', 'stopping');
    using limits = deadlineSignal(clock, relayProbeMs, 'the relay');
    await abortable(relay.list(), limits.signal);
  };
  const health = await openHealth(settings, metrics, ready);
  undo.defer(() => health?.close());
  const everything = undo.move();
  return {
    async drain() {
      draining = true;
      await listener.close();
      await server.drain(drainMs);
      await sandboxes.settle(settleMs);
      await everything.disposeAsync();
    },
  };
}
