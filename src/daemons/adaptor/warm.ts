/** Puts the pool of warm pod VMs around a provider, when the settings ask for one. */

import { dirname, join } from 'node:path';
import type { Owner, PodVmProvider } from '@peerpods/provider';
import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { WarmMachines } from '#domain/podvm/warm-machines.ts';
import { WarmPool } from '#domain/podvm/warm-pool.ts';
import { type ClaimOutcome, withWarmPool } from '#domain/podvm/warm-provider.ts';
import { WarmRecords } from '#domain/podvm/warm-records.ts';
import type { AdaptorSettings } from './settings.ts';

export interface WarmParts {
  readonly owner: Owner;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onClaim: (outcome: ClaimOutcome, durationMs: number) => void;
  readonly onPool: (pool: WarmPool) => void;
}

const bootMsMax = 600_000;
const bootPollMs = 500;

/** Without a pool in the settings, what an earlier pool left is ended. */
export async function openWarm(
  provider: PodVmProvider,
  settings: AdaptorSettings,
  parts: WarmParts,
): Promise<PodVmProvider> {
  const { warmShapes: shapes, warmAgeMsMax: ageMsMax, forwarderPort: port, stateDir, podsDir } = settings;
  const { warm } = provider;
  if (!warm && shapes.length > 0) throw new PeerPodError('E_SETTING', '-warm-pool: this provider has no warm pod VMs');
  const records = new WarmRecords(join(stateDir, 'warm'), join(dirname(podsDir), 'warm'));
  if (!warm || (shapes.length === 0 && (await records.readAll()).length === 0)) return provider;
  const common = { ...parts, log: parts.log.child({ part: 'warm' }) };
  const machines = new WarmMachines({ ...common, provider, warm, port, records, bootMsMax, bootPollMs });
  const pool = new WarmPool({ ...common, machines, shapes, ageMsMax });
  parts.onPool(pool);
  pool.start();
  return withWarmPool(provider, { ...common, warm, machines, pool });
}
