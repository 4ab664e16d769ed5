/** Randomness as an argument, so that a seed can replay a whole run. */

export interface Random {
  /** A number in [0, 1); for jitter and choice, never for secrets. */
  fraction(): number;
  /** `count` bytes fit for keys and tokens. */
  bytes(count: number): Uint8Array;
}

/** A whole number in [low, high]. */
export function randomInteger(random: Random, low: number, high: number): number {
  return low + Math.floor(random.fraction() * (high - low + 1));
}
