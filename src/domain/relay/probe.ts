/** Notices at once that a port has begun to answer: a fresh TCP connect every 100 ms, whatever became of the others. */

import net from 'node:net';
import { type Clock, sleep } from '#base/clock.ts';

const probeEveryMs = 100;
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
      await sleep(clock, probeEveryMs, AbortSignal.any([signal, found.signal]));
    }
  } catch (error) {
    if (reached && !signal.aborted) return reached;
    reached?.destroy();
    throw error;
  } finally {
    for (const probe of probes) if (probe !== reached) probe.destroy();
  }
}
