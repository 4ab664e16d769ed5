/** How an adaptor that serves comes to its end: told to stop, or because a newer one takes over. */

import { type Clock, sleep } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { RunningDaemon } from '#daemons/supervise.ts';
import type { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import type { HealthServer } from '#io/health-server.ts';
import type { TtrpcServer } from '#io/ttrpc-server.ts';
import type { UnixListener } from '#io/unix-listener.ts';
import type { NodeDuties } from './kubernetes.ts';
import { type Turn, type TurnOptions, watchSuccessor } from './turn.ts';

export interface ServingParts {
  readonly turn: Turn;
  readonly turnOptions: TurnOptions;
  readonly listener: UnixListener;
  readonly server: TtrpcServer;
  readonly sandboxes: Sandboxes;
  readonly health: HealthServer | undefined;
  readonly duties: NodeDuties | undefined;
  /** All of it, the turn included. */
  readonly everything: AsyncDisposableStack;
  /** Serves no longer. */
  onEnding(): void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Calls in flight, then releases; supervise.ts ends both together after 20 s. */
const drainMs = 10_000;
const settleMs = 5000;
/** Calls of CreateVM and StopVM take less. */
const shortCallsMs = 2000;
/** A pod VM that is being made has its keys in this process only. */
const creationsMsMax = 60_000;
const lookEveryMs = 50;

export function serving(parts: ServingParts): RunningDaemon {
  const { turn, turnOptions } = parts;
  const stop = new AbortController();
  let ending: Promise<void> | undefined;
  const failed = turn.wanted.then(async () => {
    ending ??= letGo(parts);
    await ending;
    return await watchSuccessor(turnOptions, stop.signal);
  });
  failed.catch(() => {}); // it is for who runs the daemon
  return {
    failed,
    async drain() {
      stop.abort();
      ending ??= shutDown(parts);
      await ending;
    },
  };
}

async function shutDown({ onEnding, duties, listener, server, sandboxes, everything }: ServingParts): Promise<void> {
  onEnding();
  const withdrawn = duties?.withdraw(); // no more pods are sent here
  await listener.close();
  await server.drain(drainMs);
  await sandboxes.settle(settleMs);
  await withdrawn;
  await everything.disposeAsync();
}

/** The successor has the node's limit, the health port and the sockets; callers are held by the relay until it listens. */
async function letGo(parts: ServingParts): Promise<void> {
  const { onEnding, health, listener, server, sandboxes, everything, log } = parts;
  onEnding();
  await health?.close();
  await listener.close();
  await Promise.race([server.drain(creationsMsMax), onlyResumable(parts)]);
  server.destroy(); // the relay asks the successor again
  await sandboxes.settle(settleMs);
  await everything.disposeAsync();
  log.info({}, 'let go');
}

/** Short calls have had their time, and no start is where only this process can go on. */
async function onlyResumable({ sandboxes, clock }: ServingParts): Promise<void> {
  await sleep(clock, shortCallsMs);
  const isMaking = () => sandboxes.records().some(({ state }) => state.at === 'starting' && state.step === 'pod-vm');
  while (isMaking()) await sleep(clock, lookEveryMs);
}
