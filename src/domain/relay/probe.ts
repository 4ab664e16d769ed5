/** Notices at once that a port has begun to answer: a fresh TCP connect every 100 ms, whatever became of the others. */

import net from 'node:net';
import { type Clock, sleep } from '#base/clock.ts';

const probeEveryMs = 100;
/** A probe whose SYN was lost must not wait for the kernel's back-off: others overtake it. */
const probesMax = 10;

/** Resolves when one connect has succeeded; rejects only with the signal's reason. */
export async function untilReachable(host: string, port: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const probes = new Set<net.Socket>();
  const found = new AbortController();
  try {
    for (;;) {
      signal.throwIfAborted();
      const [oldest] = probes;
      if (oldest && probes.size >= probesMax) oldest.destroy();
      const probe = net.connect({ host, port });
      probes.add(probe);
      probe.on('error', () => {}); // refused or unreachable: the next probe is on its way
      probe.on('close', () => probes.delete(probe));
      probe.on('connect', () => found.abort());
      await sleep(clock, probeEveryMs, AbortSignal.any([signal, found.signal]));
    }
  } catch (error) {
    if (found.signal.aborted) return;
    throw error;
  } finally {
    for (const probe of probes) probe.destroy();
  }
}
