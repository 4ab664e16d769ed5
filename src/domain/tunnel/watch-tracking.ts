/** Looks now and then whether connections are tracked by now, so that the tunnels' frames are kept out of it. */

import type { TunnelContext } from './context.ts';
import { untrackTunnels } from './source-pin.ts';

/** A firewall may be loaded later than we; until this is noticed its tracking costs time, nothing else. */
const periodMs = 30_000;

/** Looks at once, then every half a minute; the returned function ends that. Failures are in the log only. */
export async function watchTracking(context: TunnelContext): Promise<() => void> {
  let cancel: () => void = () => {};
  let isOver = false;
  const look = async (): Promise<void> => {
    await untrackTunnels(context).catch((err: unknown) =>
      context.log.warn({ err }, 'frames may be tracked as connections'),
    );
    if (!isOver) cancel = context.clock.after(periodMs, () => void look());
  };
  await look();
  return () => {
    isOver = true;
    cancel();
  };
}
