/** Delays between tries, as a pure schedule. */

export interface BackoffPolicy {
  readonly firstMs: number;
  readonly factor: number;
  readonly capMs: number;
  /** Upper bound of what is added at random, in ms. */
  readonly jitterMs: number;
}

/** The delay before try `attempt` + 1 (attempt counts from 0); `random` gives [0, 1). */
export function backoffDelayMs(policy: BackoffPolicy, attempt: number, random: () => number): number {
  const exponential = policy.firstMs * policy.factor ** Math.min(attempt, 64);
  return Math.min(exponential, policy.capMs) + random() * policy.jitterMs;
}
