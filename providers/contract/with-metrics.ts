/** Counts and times each operation, for whatever collects figures. */

import type { Clock } from './clock.ts';
import { decorate, type Operation } from './decorate.ts';
import { asProviderError, type ProviderErrorCode } from './errors.ts';
import type { PodVmProvider } from './provider.ts';

export interface ProviderMetrics {
  started(operation: Operation): void;
  ended(operation: Operation, outcome: 'ok' | ProviderErrorCode, durationMs: number): void;
}

export function withMetrics(provider: PodVmProvider, metrics: ProviderMetrics, clock: Clock): PodVmProvider {
  return decorate(provider, async ({ operation, signal }, work) => {
    const startedAt = clock.now();
    metrics.started(operation);
    try {
      const result = await work({ signal });
      metrics.ended(operation, 'ok', clock.now() - startedAt);
      return result;
    } catch (cause) {
      metrics.ended(operation, asProviderError(cause, operation).code, clock.now() - startedAt);
      throw cause;
    }
  });
}
