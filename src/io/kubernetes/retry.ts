/** When a call may be made again: never where a second one could do something that the first has done already. */

import { type BackoffPolicy, backoffDelayMs } from '#base/backoff.ts';
import { isPeerPodError } from '#base/errors.ts';
import { KubernetesError } from './kubernetes-error.ts';

export const attemptsMax = 5;
const policy: BackoffPolicy = { firstMs: 200, factor: 2.5, capMs: 5000, jitterMs: 200 };
const retryAfterJitterMs = 500;

/**
 * Milliseconds until the next try, or undefined for none. `attempt` counts from 0; `repeatable`: a second call of this
 * kind does no harm; `neverSent`: no byte of the request left this machine.
 */
export function retryDelayMs(
  error: unknown,
  attempt: number,
  call: { readonly repeatable: boolean; readonly neverSent: boolean },
  random: () => number,
): number | undefined {
  if (attempt + 1 >= attemptsMax) return undefined;
  const usual = () => backoffDelayMs(policy, attempt, random);
  if (error instanceof KubernetesError && error.httpStatus > 0) {
    // With this header the server says that it has done nothing yet.
    if (error.retryAfterMs !== undefined) return error.retryAfterMs + random() * retryAfterJitterMs;
    if (error.httpStatus === 429) return usual();
    return error.httpStatus >= 500 && call.repeatable ? usual() : undefined;
  }
  const lost = isPeerPodError(error, 'E_KUBE_UNAVAILABLE') || isPeerPodError(error, 'E_DEADLINE');
  return lost && (call.repeatable || call.neverSent) ? usual() : undefined;
}
