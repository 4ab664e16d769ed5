/** Puts the relay together: agent sockets and hypervisor.sock on one side, the adaptor's sockets on the other. */

import { dirname } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import { HypervisorFront } from '#domain/relay/hypervisor-front.ts';
import { Relay } from '#domain/relay/relay.ts';
import { relayControlServer } from '#domain/relay/remote-control.ts';
import { ensureDirectory } from '#io/files.ts';
import { listenUnix } from '#io/unix-listener.ts';

const drainMs = 5000;

export interface RelaySettings {
  readonly controlSocket: string;
  /** Empty: shims call the adaptor itself. */
  readonly hypervisorSocket: string;
  readonly adaptorSocket: string;
  readonly podsDir: string;
}

export async function startRelay(
  settings: RelaySettings,
  parts: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Promise<RunningDaemon> {
  await using undo = new AsyncDisposableStack();
  const { controlSocket, hypervisorSocket, adaptorSocket, podsDir } = settings;
  const relay = undo.use(new Relay(parts));
  await relay.restore(podsDir);
  const control = undo.use(relayControlServer(relay, parts.clock));
  await ensureDirectory(dirname(controlSocket));
  const listener = await listenUnix(controlSocket, (socket) => control.serve(socket), { mode: 0o600 });
  undo.defer(() => listener.close());
  if (hypervisorSocket !== '') {
    await ensureDirectory(dirname(hypervisorSocket));
    const front = new HypervisorFront({ socketPath: hypervisorSocket, adaptorSocket, ...parts });
    await undo.use(front).listen();
  }
  const running = undo.move();
  return {
    async drain() {
      await listener.close();
      await control.drain(drainMs);
      await running.disposeAsync();
    },
  };
}
