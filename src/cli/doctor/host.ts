/** The worker itself: its clock and the limits of the daemons. Pure. */

import { type Check, fail, isKnown, type Observed, ok, skip, warn } from './check.ts';

export interface ClockFacts {
  readonly wallMs: number;
  /** What keeps it: 'chronyd', 'systemd-timesyncd, synchronised'. Empty: nothing that is known. */
  readonly keepers: readonly string[];
  /** Begin and end of the certificates that were issued here. */
  readonly certificates: readonly { readonly path: string; readonly fromMs: number; readonly toMs: number }[];
}

const area = 'host';
/** Nobody runs this before it was written. */
const earliestMs = Date.UTC(2025, 0, 1);

export function judgeClock({ wallMs, keepers, certificates }: ClockFacts): Check {
  const time = new Date(wallMs).toISOString();
  const mend = 'set the clock and keep it: systemctl enable --now chronyd, or systemd-timesyncd';
  if (wallMs < earliestMs) return fail(area, 'clock', `${time} is past: certificates are not valid yet`, mend);
  const strange = certificates.find(({ fromMs, toMs }) => wallMs < fromMs || wallMs > toMs);
  if (strange) return fail(area, 'clock', `${time} is outside of the certificate ${strange.path}`, mend);
  if (keepers.length === 0) return warn(area, 'clock', `${time}, and nothing is seen that keeps it`, mend);
  return ok(area, 'clock', `${time}, kept by ${keepers.join(', ')}`);
}

export interface LimitFacts {
  readonly program: string;
  /** Soft limit of open files, and how many are open. */
  readonly files: Observed<{ readonly limit: number; readonly open: number }>;
  /** Pods that may be here; undefined: nobody said. */
  readonly podsMax: number | undefined;
}

/** A pod's sockets at the relay: the shim's connections, the VM's, the listener, and as many again while one replaces another. */
const filesPerPod = 16;
const filesOfItself = 128;
const podsUsual = 110;

export function judgeLimits({ program, files, podsMax }: LimitFacts): Check {
  const what = `open files, ${program}`;
  if (!isKnown(files)) return skip(area, what, files.error);
  const { limit, open } = files.value;
  const needed = filesOfItself + filesPerPod * Math.max(1, podsMax ?? podsUsual);
  const seen = `${open} of ${limit} in use`;
  const mend = `LimitNOFILE=65536 in its unit, or ulimit -n for its container: ${needed} may be needed`;
  if (open > limit * 0.8) return fail(area, what, seen, mend);
  if (limit < needed) return warn(area, what, seen, mend);
  return ok(area, what, seen);
}
