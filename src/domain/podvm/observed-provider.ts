/** A provider that tells of each call how it ended and how long it took; otherwise it is the one within. */

import { type PodVmProvider, ProviderError, type ProviderErrorCode } from '@peerpods/provider';
import type { Clock } from '#base/clock.ts';

export type ProviderOperation = 'create' | 'delete' | 'get' | 'list' | 'replaceUserData' | 'verify';
export type ProviderOutcome = 'ok' | ProviderErrorCode | 'unknown';

export interface ProviderObserver {
  callEnded(operation: ProviderOperation, outcome: ProviderOutcome, durationMs: number): void;
}

export function observedProvider(provider: PodVmProvider, clock: Clock, observer: ProviderObserver): PodVmProvider {
  const observe = async <T>(operation: ProviderOperation, call: () => Promise<T>): Promise<T> => {
    const from = clock.now();
    let outcome: ProviderOutcome = 'ok';
    try {
      return await call();
    } catch (error) {
      outcome = error instanceof ProviderError ? error.code : 'unknown';
      throw error;
    } finally {
      observer.callEnded(operation, outcome, clock.now() - from);
    }
  };
  const { liveUserData, ...others } = provider;
  return {
    ...others,
    create: (spec, options) => observe('create', () => provider.create(spec, options)),
    delete: (podVmId, options) => observe('delete', () => provider.delete(podVmId, options)),
    get: (podVmId, options) => observe('get', () => provider.get(podVmId, options)),
    list: (owner, options) => observe('list', () => provider.list(owner, options)),
    verify: (options) => observe('verify', () => provider.verify(options)),
    close: () => provider.close(),
    ...(liveUserData && {
      liveUserData: {
        replace: (podVmId, userData, options) =>
          observe('replaceUserData', () => liveUserData.replace(podVmId, userData, options)),
      },
    }),
  };
}
