/** cloud-api-adaptor with the local provider and fault points, which production's has not: CHAOS says which and where. */

import { startAdaptor, thisWorker } from '#daemons/adaptor/compose.ts';
import { adaptorOptions, adaptorSettings } from '#daemons/adaptor/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import { loadProvider } from '#daemons/provider-table.ts';
import { runDaemon } from '#daemons/supervise.ts';
import { openLog } from '#io/log.ts';
import { systemClock } from '#io/system-clock.ts';
import { FaultPoints, type PointSettings } from './fault-points.ts';
import { withTrouble } from './provider-trouble.ts';

export interface Chaos extends PointSettings {
  /** The file that says what trouble the cloud has. */
  readonly trouble: string;
}

const chaos = JSON.parse(process.env.CHAOS ?? '{}') as Chaos;
const log = openLog({ component: 'adaptor', level: 'debug' });
const points = new FaultPoints(chaos);
const module = points.module(withTrouble(await loadProvider('local'), chaos.trouble));
const { values } = parseOptions([...adaptorOptions, ...module.options], process.argv.slice(2), {});
await runDaemon({
  name: 'chaos-adaptor',
  log,
  clock: systemClock,
  notifySocket: undefined,
  start: (signal) =>
    startAdaptor(adaptorSettings(values), module, values, log, signal, undefined, points.outside(thisWorker)),
});
