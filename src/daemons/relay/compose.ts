/** Puts the relay together: agent sockets and hypervisor.sock on one side, the adaptor's sockets on the other. */

import { dirname } from 'node:path';
import { assert } from '#base/assert.ts';
import type { Clock } from '#base/clock.ts';
import { isPeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import type { RecentLines } from '#base/recent-lines.ts';
import { sideBySide } from '#base/side-by-side.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import type { RelaySuccession } from '#domain/relay/control.ts';
import { openReceiver } from '#domain/relay/hand-over.ts';
import { HypervisorFront } from '#domain/relay/hypervisor-front.ts';
import { Relay } from '#domain/relay/relay.ts';
import { RelayClient } from '#domain/relay/relay-client.ts';
import { relayControlServer } from '#domain/relay/remote-control.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { ensureDirectory } from '#io/files.ts';
import { openHealthServer } from '#io/health-server.ts';
import type { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { relayAdminServices } from './admin.ts';
import { openRelayMetrics, type RelayMetrics } from './metrics.ts';
import { Tidier, tidyTools } from './tidy-memory.ts';

const drainMs = 5000;
/** Sandboxes that change hands at a time: each step waits for the other process. */
const movingAtOnce = 16;

export interface RelaySettings {
  readonly controlSocket: string;
  /** Empty: shims call the adaptor itself. */
  readonly hypervisorSocket: string;
  readonly adaptorSocket: string;
  readonly podsDir: string;
  /** Take sockets and callers from the relay that runs now. */
  readonly takeOver: boolean;
  /** Undefined: no health server. */
  readonly probePort: number | undefined;
}

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Of the log, for peerpodctl. */
  readonly recent: RecentLines;
}

export async function startRelay(settings: RelaySettings, parts: Parts): Promise<RunningDaemon> {
  await using undo = new AsyncDisposableStack();
  const { controlSocket, hypervisorSocket, adaptorSocket, podsDir } = settings;
  ensureDirectory(dirname(controlSocket));
  const calls = () => relay.totals().traffic.calls;
  const tidier = undo.use(new Tidier({ ...tidyTools, clock: parts.clock, calls }));
  const relay: Relay = undo.use(new Relay({ ...parts, onQuiet: () => tidier.ask() }));
  const hasFront = hypervisorSocket !== '';
  const front = hasFront
    ? undo.use(new HypervisorFront({ socketPath: hypervisorSocket, adaptorSocket, ...parts }))
    : undefined;
  if (front) {
    ensureDirectory(dirname(hypervisorSocket));
    await front.listen();
  }
  const predecessor = settings.takeOver ? await dialPredecessor(controlSocket, parts.clock) : undefined;
  if (predecessor) await succeed(predecessor, relay, front, settings, parts.log);
  else await relay.restore(podsDir);
  const retired = Promise.withResolvers<void>();
  const succession: RelaySuccession = {
    beginRetirement: () => relay.beginRetirement(),
    moveSandbox: (sandboxId, datagramPath) => relay.moveSandbox(sandboxId, datagramPath),
    moveFront: async (datagramPath) => (front ? await front.moveAway(datagramPath) : []),
    async retire() {
      await front?.settle();
      retired.resolve();
    },
  };
  const metrics = openRelayMetrics(relay, front, () => control.load);
  const health = settings.probePort === undefined ? undefined : await openHealth(settings.probePort, metrics);
  undo.defer(() => health?.close());
  const admin = relayAdminServices({ log: parts.recent, metrics });
  const control: TtrpcServer = undo.use(relayControlServer(relay, parts.clock, succession, admin));
  const listener = await listenUnix(controlSocket, (socket) => control.serve(socket), { mode: 0o600 });
  undo.defer(() => listener.close());
  if (predecessor) await predecessor.retire();
  predecessor?.[Symbol.dispose]();
  const running = undo.move();
  return {
    ended: retired.promise,
    async drain() {
      await listener.close();
      await control.drain(drainMs);
      await running.disposeAsync();
    },
  };
}

/** It is ready as soon as it is there: what it waits for is others' work. */
async function openHealth(port: number, metrics: RelayMetrics) {
  const ready = async () => {};
  return await openHealthServer({ port, ready, started: ready, metrics });
}

/** Undefined: nobody answers there, so there is nothing to take over. */
async function dialPredecessor(controlSocket: string, clock: Clock): Promise<RelayClient | undefined> {
  try {
    const socket = await dialUnix(controlSocket);
    return new RelayClient(async () => socket, clock);
  } catch {
    return undefined;
  }
}

/** Callers of hypervisor.sock, then sandbox by sandbox: each is served by one relay or the other all the time. */
async function succeed(
  predecessor: RelayClient,
  relay: Relay,
  front: HypervisorFront | undefined,
  { controlSocket }: RelaySettings,
  log: Log,
): Promise<void> {
  using stack = new DisposableStack();
  // Sockets come without a name: at each receiver those of one sandbox only.
  const receivers = Array.from({ length: movingAtOnce }, (_, at) =>
    stack.use(openReceiver(`${controlSocket}.in${at}`)),
  );
  const sandboxes = await predecessor.beginRetirement();
  const receiverOf = (hand: number) => {
    const receiver = receivers[hand];
    assert(receiver, 'each hand has a receiver');
    return receiver;
  };
  await front?.takeOver(predecessor, receiverOf(0));
  await sideBySide(sandboxes, receivers.length, async ({ sandboxId, socketPath }, hand) => {
    const receiver = receiverOf(hand);
    try {
      await relay.takeOver(sandboxId, socketPath, predecessor, receiver);
      log.info({ sandboxId }, 'sandbox taken over');
    } catch (error) {
      if (!isPeerPodError(error, 'E_RPC')) throw error;
      log.warn({ sandboxId, error: error.message }, 'sandbox not taken over'); // it ended meanwhile
    }
  });
}
