/** Connects to a Unix socket of the VM, trying again while nobody listens there yet. */

import net from 'node:net';
import { backoffDelayMs } from '#base/backoff.ts';
import { type Clock, sleep } from '#base/clock.ts';

const policy = { firstMs: 50, factor: 2, capMs: 1000, jitterMs: 0 };

/** Tries until `signal` aborts. */
export async function dialUntil(path: string, clock: Clock, signal: AbortSignal): Promise<net.Socket> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await connect(path, signal);
    } catch {
      signal.throwIfAborted();
      await sleep(
        clock,
        backoffDelayMs(policy, attempt, () => 0),
        signal,
      );
    }
  }
}

function connect(path: string, signal: AbortSignal): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path });
    const onAbort = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = () => signal.removeEventListener('abort', onAbort);
    socket.once('error', (error) => {
      settle();
      reject(error);
    });
    socket.once('connect', () => {
      settle();
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
