/**
 * Rate limits, breaker and retries around whole operations, for providers that do not send each of their calls
 * through an ApiCaller of their own. Use one of the two: retries in two layers multiply.
 */

import type { ApiCaller } from './api-caller.ts';
import { decorate, type Operation } from './decorate.ts';
import type { PodVmProvider } from './provider.ts';

export interface OperationLimits {
  /** Tokens by bucket of `caller` that each operation draws. Absent: none. */
  readonly costs: Readonly<Partial<Record<Operation, Readonly<Record<string, number>>>>>;
  /** Longest time for one try of an operation, ms. */
  readonly attemptMsMax: Readonly<Partial<Record<Operation, number>>>;
}

/** Pod VMs are made and waited for within this, ms: below what Kata waits for StartVM. */
const createMsMax = 540_000;

export function withRetries(provider: PodVmProvider, caller: ApiCaller, limits: OperationLimits): PodVmProvider {
  return decorate(provider, ({ operation, signal }, work) =>
    caller.call({
      name: operation,
      costs: limits.costs[operation] ?? {},
      attemptMsMax: limits.attemptMsMax[operation] ?? (operation === 'create' ? createMsMax : 60_000),
      attempt: (within) => work({ signal: within }),
      signal,
    }),
  );
}
