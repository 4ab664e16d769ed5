/** Looks now and then whether connections are tracked by now, so that the tunnels' frames are kept out of it. */

import { sleep } from '#base/clock.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { TunnelContext } from './context.ts';
import { untrackTunnels } from './source-pin.ts';

/** A firewall may be loaded later than we; until this is noticed its tracking costs time, nothing else. */
const periodMs = 30_000;

/** Looks at once, then every half a minute until it is disposed. Failures are in the log only. */
export async function watchTracking(context: TunnelContext): Promise<AsyncDisposable> {
  const { clock, log } = context;
  const failed = (err: unknown) => log.warn({ err }, 'frames may be tracked as connections');
  const look = () => untrackTunnels(context).catch(failed);
  await look();
  const scope = new TaskScope(failed);
  scope.run('watch connection tracking', async (signal) => {
    for (;;) {
      await sleep(clock, periodMs, signal);
      await look();
    }
  });
  return scope;
}
