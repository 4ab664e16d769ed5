/** Puts the adaptor together: the only place that knows all its parts. */

import { dirname, join } from 'node:path';
import { netlink } from '@peerpods/netlink';
import type { OptionValues, ProviderModule } from '@peerpods/provider';
import type { Log } from '#base/log.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import { translateProviderError } from '#domain/podvm/provider-errors.ts';
import type { RelayControl } from '#domain/relay/control.ts';
import { Relay } from '#domain/relay/relay.ts';
import { RelayClient } from '#domain/relay/relay-client.ts';
import { openLedger } from '#domain/sandbox/ledger.ts';
import { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import { WorkerReleaser } from '#domain/sandbox/worker-releaser.ts';
import { WorkerStarter } from '#domain/sandbox/worker-starter.ts';
import { inspectPodNetwork } from '#domain/tunnel/inspect.ts';
import { allocateVni } from '#domain/tunnel/vni.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { ensureDirectory } from '#io/files.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { hypervisorServices } from './services.ts';
import type { AdaptorSettings } from './settings.ts';

const drainMs = 10_000;
const root = join(import.meta.dirname, '../../..');

/** The pod VM's programs, for a provider that runs them on this machine. */
const podVmPrograms = {
  processUserData: [process.execPath, join(root, 'src/daemons/process-user-data/main.ts'), 'provision-files'],
  forwarder: [process.execPath, join(root, 'src/daemons/forwarder/main.ts'), '-pod-namespace', '/run/netns/podns'],
  agent: [process.execPath, join(root, 'dev/agent/main.ts'), '-listen', '/run/kata-containers/agent.sock'],
} as const;

async function openProvider(module: ProviderModule, values: OptionValues, settings: AdaptorSettings, log: Log) {
  const stateDir = join(settings.stateDir, 'providers', module.name);
  await ensureDirectory(stateDir);
  return await module.open(values, {
    log: log.child({ provider: module.name }),
    clock: systemClock,
    random: systemRandom,
    podVmPrograms,
    stateDir,
  });
}

export async function startAdaptor(
  settings: AdaptorSettings,
  module: ProviderModule,
  values: OptionValues,
  log: Log,
  signal: AbortSignal,
): Promise<RunningDaemon> {
  await using undo = new AsyncDisposableStack();
  const clock = systemClock;
  const random = systemRandom;
  const owner = { cluster: settings.cluster, node: settings.node };
  const provider = undo.adopt(await openProvider(module, values, settings, log), (opened) => opened.close());
  if (settings.verifyFirst) {
    await provider.verify({ signal }).catch((error: unknown) => {
      throw translateProviderError(error, `verify the settings of ${module.name}`);
    });
  }
  const relay: RelayControl =
    settings.relaySocket === ''
      ? undo.use(new Relay({ clock, random, log: log.child({ part: 'relay' }) }))
      : undo.use(new RelayClient(() => dialUnix(settings.relaySocket), clock));
  const tunnel = { netlink, clock, log: log.child({ part: 'tunnel' }) };
  const sandboxes = undo.use(
    new Sandboxes({
      podsDir: settings.podsDir,
      ledger: openLedger(settings.stateDir),
      network: {
        inspect: (netnsPath, vnisInUse) =>
          inspectPodNetwork(
            netnsPath,
            {
              vni: allocateVni(vnisInUse, random, settings.vniMin),
              port: settings.vxlanPort,
              hostInterface: settings.hostInterface,
            },
            { netlink },
          ),
      },
      starter: new WorkerStarter(
        { ...settings, owner, userDataBytesMax: module.userDataBytesMax },
        { provider, relay, tunnel, clock, log },
      ),
      releaser: new WorkerReleaser({ provider, owner, relay, tunnel, clock, random, log }),
      clock,
      log,
      ...(settings.sandboxesMax !== undefined && { sandboxesMax: settings.sandboxesMax }),
    }),
  );
  await ensureDirectory(settings.podsDir);
  await ensureDirectory(dirname(settings.socket));
  await sandboxes.load();
  const server = undo.use(new TtrpcServer({ services: hypervisorServices(sandboxes, log), clock, log }));
  const listener = await listenUnix(settings.socket, (socket) => server.serve(socket), {
    onError: (error) => log.error({ error: error.message }, 'accept on the hypervisor socket'),
  });
  const parts = undo.move();
  return {
    async drain() {
      await listener.close();
      await server.drain(drainMs);
      await sandboxes.settle();
      await parts.disposeAsync();
    },
  };
}
