/** How long things take and may take, in ms. */

export interface AzureTimings {
  /** Between two looks at VMs that are being made or deleted. */
  readonly pollMs: number;
  /** The same after failures. */
  readonly pollMsMax: number;
  /** From acceptance to success with addresses. */
  readonly readyMsMax: number;
  /** From a failure for lack of room until nothing is left of it. */
  readonly goneMsMax: number;
  /** How long a new VM may stay unseen: reads may be served by a region that does not know it yet. */
  readonly lagMs: number;
}

export const defaultTimings: AzureTimings = {
  pollMs: 2000,
  pollMsMax: 15_000,
  readyMsMax: 300_000,
  goneMsMax: 600_000,
  lagMs: 60_000,
};
