/** Durations as Go writes them: 300s, 5m, 1h30m, 1.5s, 100ms. See https://pkg.go.dev/time#ParseDuration. */

import { PeerPodError } from '#base/errors.ts';

const unitMs = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds. Throws E_ARGUMENT; "0" alone needs no unit. */
export function parseGoDuration(text: string): number {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (!match) {
    if (/^[+-]?0$/.test(text)) return 0;
    throw new PeerPodError('E_ARGUMENT', `${JSON.stringify(text)} is not a duration such as 300s, 5m or 1h30m`);
  }
  let total = 0;
  for (const [, amount, unit] of (match[2] ?? '').matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs];
  }
  return match[1] === '-' ? -total : total;
}
