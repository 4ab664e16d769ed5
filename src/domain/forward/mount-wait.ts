/** Waits until paths are mount points: volumes that something else in the VM mounts late. */

import { readFile } from 'node:fs/promises';
import { backoffDelayMs } from '#base/backoff.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { isPeerPodError, PeerPodError } from '#base/errors.ts';
import { deadlineSignal } from '#base/signals.ts';

const waitMs = 3 * 60 * 1000;
const policy = { firstMs: 100, factor: 2, capMs: 5000, jitterMs: 0 };

export async function waitForMounts(
  paths: readonly string[],
  clock: Clock,
  signal: AbortSignal,
  mountTable = '/proc/self/mountinfo',
): Promise<void> {
  if (paths.length === 0) return;
  using limit = deadlineSignal(clock, waitMs, 'waiting for volumes to be mounted', signal);
  for (let attempt = 0; ; attempt += 1) {
    const mounted = mountPoints(await readFile(mountTable, 'utf8'));
    const missing = paths.find((path) => !mounted.has(path));
    if (missing === undefined) return;
    try {
      await sleep(
        clock,
        backoffDelayMs(policy, attempt, () => 0),
        limit.signal,
      );
    } catch (error) {
      if (!isPeerPodError(error, 'E_DEADLINE')) throw error;
      throw new PeerPodError('E_CLOUD_VOLUME', `${missing} is not mounted after ${waitMs} ms`, { cause: error });
    }
  }
}

/** The fifth column; the kernel writes blanks and backslashes in octal. */
export function mountPoints(mountInfo: string): ReadonlySet<string> {
  const points = mountInfo.split('\n').flatMap((line) => line.split(' ')[4] ?? []);
  return new Set(points.map((point) => point.replace(/\\([0-7]{3})/g, (_all, octal) => chr(octal))));
}

function chr(octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8));
}
