/** A daemon's life as a process: start, readiness, signals, a bounded end, and the exit code. */

import { flushCompileCache } from 'node:module';
import type { Clock } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { type NotifyState, notifySystemd } from '#io/sd-notify.ts';

export interface RunningDaemon {
  /** Finishes what is in flight and releases everything; called once. */
  drain(): Promise<void>;
  /** Resolves when the daemon has nothing to do any more. */
  readonly ended?: Promise<void>;
  /** Rejects when the daemon can not go on. */
  readonly failed?: Promise<never>;
}

export interface DaemonOptions {
  readonly name: string;
  readonly log: Log;
  readonly clock: Clock;
  /** systemd's socket, from the environment. */
  readonly notifySocket: string | undefined;
  start(signal: AbortSignal): Promise<RunningDaemon>;
  /** A drain that takes longer is given up. */
  readonly drainMsMax?: number;
}

const drainMsDefault = 20_000;

/**
 * Runs until SIGINT or SIGTERM, then drains: exit code 0. A second signal ends at once, a failed start or service ends
 * with 1 and a line on stderr. Sets process.exitCode; exits only where something would keep the process alive.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { name, log, clock, notifySocket } = options;
  const stop = new AbortController();
  const stopped = Promise.withResolvers<void>();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(1);
    log.info({ signal }, 'stopping');
    stop.abort(new Error(`${name} was told to stop by ${signal}`));
    stopped.resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  let exitCode = 0;
  try {
    const daemon = await options.start(stop.signal);
    log.info({}, 'ready');
    flushCompileCache(); // it would be written at a clean end only
    tell('READY=1', notifySocket, log);
    // Node writes its compile cache at an orderly exit, and a pod VM's programs end with the VM.
    flushCompileCache();
    try {
      await Promise.race([
        stopped.promise,
        ...(daemon.ended ? [daemon.ended] : []),
        ...(daemon.failed ? [daemon.failed] : []),
      ]);
    } catch (error) {
      exitCode = 1;
      process.stderr.write(`${name}: ${errorText(error)}\n`);
    }
    tell('STOPPING=1', notifySocket, log);
    try {
      await drainWithin(daemon, options.drainMsMax ?? drainMsDefault, clock, log);
    } catch (error) {
      exitCode = 1;
      process.stderr.write(`${name}: clean-up failed: ${errorText(error)}\n`);
    }
  } catch (error) {
    exitCode = stop.signal.aborted ? 0 : 1; // a start that was told to stop has not failed
    if (exitCode !== 0) process.stderr.write(`${name}: ${errorText(error)}\n`);
  }
  process.exit(exitCode);
}

/** A daemon goes on without systemd's knowledge; whoever looks for why a unit of Type=notify was ended finds it. */
function tell(state: NotifyState, notifySocket: string | undefined, log: Log): void {
  if (notifySocket && !notifySystemd(state, notifySocket)) log.error({ state, notifySocket }, 'systemd is not told');
}

async function drainWithin(daemon: RunningDaemon, boundMs: number, clock: Clock, log: Log): Promise<void> {
  const expired = Promise.withResolvers<void>();
  const cancel = clock.after(boundMs, () => {
    log.warn({ boundMs }, 'drain took too long, ending anyway');
    expired.resolve();
  });
  await Promise.race([daemon.drain(), expired.promise]);
  cancel();
}
