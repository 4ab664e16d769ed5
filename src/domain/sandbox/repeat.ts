/** Repeats a part of a release until it works: growing delays, a line for each failure, no end but the daemon's. */

import { type BackoffPolicy, backoffDelayMs } from '#base/backoff.ts';
import { type Clock, sleep } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';

export interface RepeatParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What the log says of it. */
  readonly what: string;
  readonly signal: AbortSignal;
  readonly onFailure: () => void;
}

const policy: BackoffPolicy = { firstMs: 200, factor: 2, capMs: 30_000, jitterMs: 200 };

/** `pending` is no failure: it is looked at again with the same delays. Rejects only with the signal's reason. */
export async function untilDone(parts: RepeatParts, body: () => Promise<'done' | 'pending'>): Promise<void> {
  const { clock, random, log, what, signal } = parts;
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    let atLeastMs = 0;
    try {
      if ((await body()) === 'done') return;
      log.debug({ what, attempt }, 'release waits');
    } catch (error) {
      signal.throwIfAborted();
      parts.onFailure();
      log.warn({ what, attempt, error }, 'release goes on');
      atLeastMs = retryAfterMs(error);
    }
    const delayMs = backoffDelayMs(policy, attempt, () => random.fraction());
    await sleep(clock, Math.max(delayMs, atLeastMs), signal);
  }
}

/** A provider that is called too often says how long it wants to be left alone; not more than the longest delay. */
function retryAfterMs(error: unknown): number {
  const asked = error instanceof Error ? (error as { retryAfterMs?: unknown }).retryAfterMs : undefined;
  return typeof asked === 'number' && asked > 0 ? Math.min(asked, policy.capMs) : 0;
}
