/** Puts the relay together: agent sockets on one side, the adaptor's control socket on the other. */

import { dirname } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import { Relay } from '#domain/relay/relay.ts';
import { relayControlServer } from '#domain/relay/remote-control.ts';
import { ensureDirectory } from '#io/files.ts';
import { listenUnix } from '#io/unix-listener.ts';

const drainMs = 5000;

export async function startRelay(
  settings: { readonly controlSocket: string },
  parts: { readonly clock: Clock; readonly log: Log },
): Promise<RunningDaemon> {
  const relay = new Relay(parts);
  const control = relayControlServer(relay, parts.clock);
  await ensureDirectory(dirname(settings.controlSocket));
  const listener = await listenUnix(settings.controlSocket, (socket) => control.serve(socket), { mode: 0o600 });
  return {
    async drain() {
      await listener.close();
      await control.drain(drainMs);
      await relay[Symbol.asyncDispose]();
    },
  };
}
