/** What Azure bounds: user-data, tags, names, and the rate of calls. */

import type { BucketLimits } from '@peerpods/provider';

/** Of the `userData` property, which is base64. */
export const userDataCharactersMax = 65_536;
export const userDataBytesMax = (userDataCharactersMax / 4) * 3;

/** On one resource; the owner's need some of them. */
export const tagsMax = 50;
export const tagKeyCharactersMax = 512;
export const tagValueCharactersMax = 256;

export const vmNameCharactersMax = 64;

/**
 * Azure Resource Manager's buckets of one principal in a subscription and region:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export const rateLimits = {
  read: { capacity: 250, refillPerSecond: 25 },
  write: { capacity: 200, refillPerSecond: 10 },
  delete: { capacity: 200, refillPerSecond: 10 },
} as const satisfies Record<string, BucketLimits>;

export type RateBucket = keyof typeof rateLimits;
