/** Notices at once that a port has begun to answer: fresh TCP connects, at most 100 ms apart, whatever became of others. */

import net from 'node:net';
import { type Clock, sleep } from '#base/clock.ts';

const probeEveryMs = 100;
/** A VM that was booted before answers within a fraction of a second: the wait is a tenth of what has passed. */
const probeEveryMsMin = 10;
const probeEveryShare = 0.1;
/** While nothing comes back of so many, not even a refusal, haste is of no use. */
const silentMax = 5;
/** A probe whose SYN was lost must not wait for the kernel's back-off: others overtake it. */
const probesMax = 10;

/** The first connection that succeeds; rejects only with the signal's reason. The socket comes paused. */
export async function untilReachable(
  host: string,
  port: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<net.Socket> {
  const probes = new Set<net.Socket>();
  const found = new AbortController();
  let reached: net.Socket | undefined;
  const startedAt = clock.now();
  try {
    for (;;) {
      signal.throwIfAborted();
      const [oldest] = probes;
      if (oldest && probes.size >= probesMax) oldest.destroy();
      const probe = net.connect({ host, port, noDelay: true });
      probes.add(probe);
      probe.on('error', () => {}); // refused or unreachable: the next probe is on its way
      probe.on('close', () => probes.delete(probe));
      probe.on('connect', () => {
        reached ??= probe;
        found.abort();
      });
      const shareMs = Math.max(probeEveryMsMin, probeEveryShare * (clock.now() - startedAt));
      const pauseMs = probes.size > silentMax ? probeEveryMs : Math.min(probeEveryMs, shareMs);
      await sleep(clock, pauseMs, AbortSignal.any([signal, found.signal]));
    }
  } catch (error) {
    if (reached && !signal.aborted) return reached;
    reached?.destroy();
    throw error;
  } finally {
    for (const probe of probes) if (probe !== reached) probe.destroy();
  }
}
