/** How long things take and may take, in ms. */

export interface IbmTimings {
  /** Between two looks at instances that are being made or deleted. */
  readonly pollMs: number;
  /** The same after failures. */
  readonly pollMsMax: number;
  /** From acceptance until it runs and has its addresses. */
  readonly readyMsMax: number;
  /** From a failure for lack of room until nothing is left of it. */
  readonly goneMsMax: number;
  /** How long a new instance may stay unseen. */
  readonly lagMs: number;
  /** A boot volume of ours without an instance counts as left behind after this. */
  readonly orphanMs: number;
}

export const defaultTimings: IbmTimings = {
  pollMs: 2000,
  pollMsMax: 15_000,
  readyMsMax: 300_000,
  goneMsMax: 600_000,
  lagMs: 60_000,
  orphanMs: 600_000,
};
