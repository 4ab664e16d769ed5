/** What IBM Cloud VPC bounds: user-data, tags, names, and, as far as we can guess, the rate of calls. */

import type { BucketLimits } from '@peerpods/provider';

export const userDataBytesMax = 65_536;

/** https://cloud.ibm.com/docs/account?topic=account-tag: letters, digits and `_ - . :` and space, without case. */
export const tagCharactersMax = 128;

/** Resources that one call of the tagging service takes. */
export const taggedMax = 100;

export const pageMax = 100;

/**
 * IBM publishes no rates; these keep a cluster's start from being a flood, and a throttled answer halves them.
 * See TokenBucket.
 */
export const rateLimits = {
  read: { capacity: 400, refillPerSecond: 50 },
  write: { capacity: 200, refillPerSecond: 40 },
  tag: { capacity: 20, refillPerSecond: 2 },
} as const satisfies Record<string, BucketLimits>;

export type RateBucket = keyof typeof rateLimits;
