/** Puts the adaptor together: the only place that knows all its parts. */

import { dirname, join } from 'node:path';
import { type Netlink, netlink } from '@peerpods/netlink';
import type { OptionValues, Owner, PodVmProvider, ProviderModule } from '@peerpods/provider';
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
import { openLedger, recordsFolder } from '#domain/sandbox/ledger.ts';
import type { PodFolders, PodNetworkPort } from '#domain/sandbox/ports.ts';
import { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import { kernelTunnels, tmpfsFolders } from '#domain/sandbox/worker-ports.ts';
import { type ReleaserParts, WorkerReleaser } from '#domain/sandbox/worker-releaser.ts';
import { type StarterParts, WorkerStarter } from '#domain/sandbox/worker-starter.ts';
import type { TunnelContext } from '#domain/tunnel/context.ts';
import { inspectPodNetwork } from '#domain/tunnel/inspect.ts';
import { dropUnusedPins, preparePins } from '#domain/tunnel/source-pin.ts';
import { allocateVni } from '#domain/tunnel/vni.ts';
import { readVnisInUse } from '#domain/tunnel/vnis-in-use.ts';
import { watchTracking } from '#domain/tunnel/watch-tracking.ts';
import { clusterAccess, clusterFacts } from '#io/cluster-facts.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { readDirectVolumes } from '#io/direct-volumes.ts';
import { ensureDirectory, namesIn, pathExists, removeHalfWritten } from '#io/files.ts';
import { openHealthServer } from '#io/health-server.ts';
import { diskFiles, type RecordFiles } from '#io/record-files.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { adminServices } from './admin.ts';
import { type NodeDuties, openNodeDuties } from './kubernetes.ts';
import { type AdaptorMetrics, openAdaptorMetrics } from './metrics.ts';
import { hypervisorServices } from './services.ts';
import { serving } from './serving.ts';
import type { AdaptorSettings } from './settings.ts';
import { takeTurn } from './turn.ts';
import { openWarm } from './warm.ts';

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
  ensureDirectory(stateDir);
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
async function podNetworkPort(
  settings: AdaptorSettings,
  duties: NodeDuties | undefined,
  log: Log,
): Promise<PodNetworkPort> {
  const paths = (await namesIn(netnsFolder)).map((name) => join(netnsFolder, name));
  const known = await readVnisInUse(paths, settings.vxlanPort, { netlink, log });
  const lastHost = {};
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
        { netlink, log, lastHost },
      ),
    async volumesOf(pod, podUid) {
      const { volumes } = await readDirectVolumes();
      if (volumes.length === 0) return [];
      // Without an answer the call fails: a pod that came without its disk would write into the VM's.
      return volumesOfPod(volumes, podUid ?? (await duties?.sandboxes.podUid(pod)) ?? '');
    },
  };
}

/** The table that pins are kept in, while this process runs; a pod that still needs it keeps it. */
async function usePins(tunnel: TunnelContext, undo: AsyncDisposableStack): Promise<void> {
  const failed = (error: unknown) => tunnel.log.warn({ error }, 'the table of pins'); // a start or stop will tell more
  await preparePins(tunnel).catch(failed);
  undo.defer(() => dropUnusedPins(tunnel).catch(failed));
  undo.use(await watchTracking(tunnel));
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
  duties: NodeDuties | undefined,
  ready: () => Promise<void>,
) {
  if (port === undefined) return undefined;
  const started = async () => {
    (await dialUnix(socket)).destroy();
    await duties?.started();
  };
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

/** The provider, with the pool of warm pod VMs around it and the metrics around both. */
async function openProviders(
  module: ProviderModule,
  values: OptionValues,
  settings: AdaptorSettings,
  { owner, metrics, log }: { readonly owner: Owner; readonly metrics: AdaptorMetrics; readonly log: Log },
  undo: AsyncDisposableStack,
): Promise<PodVmProvider> {
  const [clock, random] = [systemClock, systemRandom];
  const opened = undo.adopt(await openProvider(module, values, settings, log), (one) => one.close());
  const onPool = (warmPool: WarmPool) => metrics.watchWarm(undo.use(warmPool));
  const warmed = await openWarm(opened, settings, { owner, clock, random, log, onClaim: metrics.claimed, onPool });
  return observedProvider(warmed, clock, metrics);
}

interface SandboxesParts extends Omit<ReleaserParts & StarterParts, 'duties' | 'observer' | 'listLagMsMax'> {
  readonly metrics: AdaptorMetrics;
  readonly duties: NodeDuties | undefined;
  readonly outside: Outside;
}

/** Their folders are there, their records are not read yet. */
async function openSandboxes(
  module: ProviderModule,
  settings: AdaptorSettings,
  all: SandboxesParts,
): Promise<Sandboxes> {
  const { metrics, duties, outside, owner, clock, log } = all;
  const parts = { ...all, duties: duties?.sandboxes, observer: metrics };
  const listLagMsMax = module.listLagMsMax ?? listLagMsDefault;
  const { userDataBytesMax } = module;
  const sandboxes = new Sandboxes({
    podsDir: settings.podsDir,
    ledger: openLedger(settings.stateDir, outside.records),
    network: await podNetworkPort(settings, duties, log.child({ part: 'tunnel' })),
    starter: new WorkerStarter({ ...settings, owner, userDataBytesMax }, parts),
    releaser: new WorkerReleaser({ ...parts, listLagMsMax }),
    ...(duties && { peerPodOf: (pod) => duties.sandboxes.peerPodOf(pod) }),
    observer: metrics,
    clock,
    log,
  });
  metrics.watch(sandboxes);
  ensureDirectory(settings.podsDir);
  ensureDirectory(dirname(settings.socket));
  return sandboxes;
}

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
  const turnOptions = { stateDir: settings.stateDir, clock, log };
  const turn = undo.use(await takeTurn(turnOptions, signal));
  const provider = await openProviders(module, values, settings, { owner, metrics, log }, undo);
  if (settings.verifyFirst) await verified(provider, module.name, signal);
  const relay = outside.through(undo.use(openRelay(settings, log)));
  const tunnel = { netlink: outside.netlink, clock, log: log.child({ part: 'tunnel' }), keepsPinTable: true };
  await usePins(tunnel, undo);
  const { folders } = outside;
  const duties = await openNodeDuties(settings, { env: process.env, provider: module.name, clock, random, log });
  if (duties) metrics.watchDuties(undo.use(duties));
  const parts = { provider, relay, tunnels: kernelTunnels(tunnel), folders, clock, random, log };
  const sandboxes = undo.use(
    await openSandboxes(module, settings, { ...parts, owner, credentials, metrics, duties, outside }),
  );
  await removeHalfWritten(recordsFolder(settings.stateDir));
  await sandboxes.load();
  const caretaker = undo.use(
    new Caretaker({
      ...parts,
      duties: duties?.sandboxes,
      sandboxes,
      owner,
      exists: pathExists,
      onFindings: metrics.findings,
    }),
  );
  caretaker.start();
  const admin = { ...parts, sandboxes, caretaker, owner, netlink, metrics, settings, recent, module, values };
  const services = {
    ...hypervisorServices({ sandboxes, clock, log, timed: metrics.timed }),
    ...adminServices(admin),
  };
  const server = undo.use(new TtrpcServer({ services, clock, log }));
  metrics.watchSocket(server);
  const listener = await listenUnix(settings.socket, (socket) => server.serve(socket), {
    onError: (error) => log.error({ error }, 'accept on the hypervisor socket'),
  });
  undo.defer(() => listener.close());
  let isEnding = false;
  const ready = async () => {
    if (isEnding) throw new PeerPodError('E_ABORTED', 'stopping');
    using limits = deadlineSignal(clock, relayProbeMs, 'the relay');
    await abortable(relay.list(), limits.signal);
  };
  const health = await openHealth(settings, metrics, duties, ready);
  undo.defer(() => health?.close());
  duties?.advertise();
  const onEnding = () => {
    isEnding = true;
  };
  const everything = undo.move();
  return serving({ turn, turnOptions, listener, server, sandboxes, health, duties, everything, onEnding, clock, log });
}
