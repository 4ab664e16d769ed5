/** A check of doctor: what was looked at, what was seen, and how to mend it. Pure. */

import { renderTable } from '../table.ts';

export const areas = [
  'kernel',
  'daemons',
  'sockets',
  'credentials',
  'provider',
  'ports',
  'kata',
  'host',
  'kubernetes',
] as const;
export type Area = (typeof areas)[number];

export const statuses = ['ok', 'warn', 'fail', 'skip'] as const;
/** ok: as it should be. warn: works, and may not for long or not for all. fail: pods will fail. skip: not looked at. */
export type Status = (typeof statuses)[number];

export interface Check {
  readonly area: Area;
  /** Fixed words: 'vxlan', 'adaptor.sock'. */
  readonly what: string;
  readonly status: Status;
  /** What was seen, or why it was not looked at. */
  readonly seen: string;
  /** What to do; present for warn and fail. */
  readonly mend?: string;
}

export const ok = (area: Area, what: string, seen: string): Check => ({ area, what, status: 'ok', seen });
export const skip = (area: Area, what: string, seen: string): Check => ({ area, what, status: 'skip', seen });
export const warn = (area: Area, what: string, seen: string, mend: string): Check => ({
  area,
  what,
  status: 'warn',
  seen,
  mend,
});
export const fail = (area: Area, what: string, seen: string, mend: string): Check => ({
  area,
  what,
  status: 'fail',
  seen,
  mend,
});

/** An observation that may not have been possible. */
export type Observed<T> = { readonly value: T } | { readonly error: string };

export const isKnown = <T>(observed: Observed<T>): observed is { readonly value: T } => 'value' in observed;

export function countByStatus(checks: readonly Check[]): Readonly<Record<Status, number>> {
  const counts = { ok: 0, warn: 0, fail: 0, skip: 0 };
  for (const { status } of checks) counts[status] += 1;
  return counts;
}

/** A table of all checks, then what to do, worst first. */
export function renderChecks(checks: readonly Check[]): string {
  const rows = checks.map(({ area, what, status, seen }) => [status, area, what, seen]);
  const table = renderTable(['STATUS', 'AREA', 'CHECK', 'SEEN'], rows);
  const troubles = [
    ...checks.filter(({ status }) => status === 'fail'),
    ...checks.filter(({ status }) => status === 'warn'),
  ];
  const mending = troubles.map(({ status, area, what, mend }) => `${status}  ${area}, ${what}:\n      ${mend ?? ''}\n`);
  const counts = countByStatus(checks);
  const sum = `${counts.ok} ok, ${counts.warn} to look at, ${counts.fail} wrong, ${counts.skip} not looked at\n`;
  return mending.length === 0 ? `${table}\n${sum}` : `${table}\nWhat to do:\n${mending.join('')}\n${sum}`;
}
