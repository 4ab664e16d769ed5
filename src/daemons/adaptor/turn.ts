/**
 * One adaptor at a time serves a worker. A newer one that starts beside it, as in a rolling update, asks it to let go,
 * and begins when it has: two of them would take each other's pod VMs for left-overs.
 */

import { lstat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, PeerPodError, systemErrorCode } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { abortable, linkedSignal } from '#base/signals.ts';
import { TaskScope } from '#base/task-scope.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { ensureDirectory } from '#io/files.ts';
import { listenUnix } from '#io/unix-listener.ts';

export interface TurnOptions {
  /** Whoever has the records of this worker has the turn. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Disposed of last: it lets the successor begin. */
export interface Turn extends AsyncDisposable {
  /** Resolves when another adaptor wants the turn. */
  readonly wanted: Promise<void>;
}

/** Longer than a holder takes to finish what only it can. */
const letGoMsMax = 120_000;
/** A socket that somebody removed or replaced can not be asked at. */
const lookEveryMs = 5000;
const successorGraceMs = 15_000;
const dialEveryMs = 500;
/** A connection without it only watches. */
const request = 'let go\n';
const connectionsMax = 16;

const pathOf = (stateDir: string) => join(stateDir, 'turn.sock');

/** Resolves when no other adaptor has the turn any more. Whoever does not let go in time hangs, and is passed over. */
export async function takeTurn(options: TurnOptions, signal: AbortSignal): Promise<Turn> {
  const { stateDir, clock, log } = options;
  ensureDirectory(stateDir);
  const endMs = clock.now() + letGoMsMax;
  for (let holder = await dial(stateDir); holder; holder = await dial(stateDir)) {
    log.info({}, 'another adaptor serves this worker: it is asked to let go');
    holder.write(request);
    if (await closed(holder, clock, endMs - clock.now(), signal)) continue;
    log.error({ letGoMsMax }, 'the other adaptor does not let go');
    break;
  }
  return await holdTurn(options);
}

/** Rejects when, for a while, no other adaptor has had the turn: then this one is needed again. */
export async function watchSuccessor({ stateDir, clock, log }: TurnOptions, signal: AbortSignal): Promise<never> {
  for (let aloneSinceMs = clock.now(); ; ) {
    const successor = await dial(stateDir);
    if (successor) {
      await closed(successor, clock, undefined, signal);
      log.info({}, 'the adaptor that took over has ended');
      aloneSinceMs = clock.now();
    }
    if (clock.now() - aloneSinceMs > successorGraceMs) {
      throw new PeerPodError('E_ABORTED', 'the adaptor that took over is gone, and this one has let go');
    }
    await sleep(clock, dialEveryMs, signal);
  }
}

async function holdTurn({ stateDir, clock, log }: TurnOptions): Promise<Turn> {
  const wanted = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const listener = await listenUnix(pathOf(stateDir), (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => sockets.delete(socket));
    if (sockets.size > connectionsMax) socket.destroy();
    socket.once('data', () => {
      log.info({}, 'another adaptor takes over');
      wanted.resolve();
    });
  });
  const { ino } = await lstat(listener.path);
  const scope = new TaskScope((error, task) => log.error({ task, error }, 'task failed'));
  scope.run('keep the turn', async (signal) => {
    const isOurs = async () => (await lstat(listener.path).catch(() => undefined))?.ino === ino;
    while (await isOurs()) await sleep(clock, lookEveryMs, signal);
    log.error({ path: listener.path }, 'the socket of the turn is not ours any more');
    wanted.resolve();
  });
  return {
    wanted: wanted.promise,
    async [Symbol.asyncDispose]() {
      await scope[Symbol.asyncDispose]();
      await listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function dial(stateDir: string): Promise<Socket | undefined> {
  try {
    const socket = await dialUnix(pathOf(stateDir));
    socket.on('error', () => {}); // 'close' follows
    socket.resume(); // or its end is not seen
    return socket;
  } catch (error) {
    // Nobody listens: it has ended, or never was.
    if (['ENOENT', 'ECONNREFUSED'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw asPeerPodError(error, 'E_IO', `dial ${pathOf(stateDir)}`);
  }
}

/** False: not within `withinMs`. */
async function closed(
  socket: Socket,
  clock: Clock,
  withinMs: number | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  using waiting = linkedSignal(signal);
  const end = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
  const late = withinMs === undefined ? [] : [sleep(clock, Math.max(0, withinMs), waiting.signal).then(() => false)];
  for (const each of late) each.catch(() => {}); // it need not come
  try {
    return await abortable(Promise.race([end, ...late]), signal);
  } finally {
    waiting.abort(undefined);
    socket.destroy();
  }
}
