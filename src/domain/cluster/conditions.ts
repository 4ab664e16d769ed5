/** Conditions of a status: what changes, and when it last did. */

import { fieldsOf, listOf, textOf } from './reading.ts';

/** What we want to be said, without the time. */
export interface Verdict {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export interface TimedVerdict extends Verdict {
  readonly lastTransitionTime: string;
}

/** Longest message that a status carries; the API server would take 32 KiB. */
export const messageLengthMax = 1024;

export function conditionsOf(status: unknown): readonly TimedVerdict[] {
  return listOf(fieldsOf(status).conditions).flatMap((entry) => {
    const { type, status: value, reason, message, lastTransitionTime } = fieldsOf(entry);
    const known = value === 'True' || value === 'False' || value === 'Unknown' ? value : undefined;
    const [name, at] = [textOf(type), textOf(lastTransitionTime)];
    if (name === undefined || known === undefined || at === undefined) return [];
    return [
      {
        type: name,
        status: known,
        reason: textOf(reason) ?? '',
        message: textOf(message) ?? '',
        lastTransitionTime: at,
      },
    ];
  });
}

/** The time stays as long as the status does, whatever reason and message do. */
export function timed(wanted: Verdict, before: readonly TimedVerdict[], nowMs: number): TimedVerdict {
  const old = before.find(({ type }) => type === wanted.type);
  const message = wanted.message.slice(0, messageLengthMax);
  const same = old?.status === wanted.status;
  return { ...wanted, message, lastTransitionTime: same ? old.lastTransitionTime : secondsText(nowMs) };
}

export function saysTheSame(one: Verdict | undefined, other: Verdict | undefined): boolean {
  return one?.status === other?.status && one?.reason === other?.reason && one?.message === other?.message;
}

/** metav1.Time: whole seconds, UTC. */
export function secondsText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
