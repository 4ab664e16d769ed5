/** One run: some workers, some pods, an hour of faults, then quiet, in which all must come to nothing. */

import { Cloud } from './cloud.ts';
import { type Faults, mixture, noFaults } from './faults.ts';
import { Pod } from './pod.ts';
import { Rules } from './rules.ts';
import { type KillAt, type Variant, Worker } from './worker.ts';
import { World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly traced?: boolean;
  readonly variant?: Variant;
  readonly faults?: Faults;
  readonly workers?: number;
  readonly pods?: number;
  readonly killAt?: KillAt;
}

export interface RunResult {
  readonly seed: number;
  readonly broken: readonly string[];
  readonly seen: Rules['seen'];
  readonly digest: number;
  readonly events: number;
  readonly simulatedMs: number;
  /** From the end of the faults and of the pods until nothing was left. */
  readonly settledMs: number;
  readonly trace: readonly string[];
}

const busyMs = 55 * 60_000;
/** For the longest grace, the longest late answer and the longest call, each with its retries. */
const quietMsMax = 60 * 60_000;
const diskFullMs = 240_000;
const cloudDownMs = 400_000;
const wallJumpMs = 3_600_000;

export async function simulate(options: RunOptions): Promise<RunResult> {
  const world = new World(options.seed, options.traced);
  const rules = new Rules(world);
  const faults = options.faults ?? mixture(world);
  const cloud = new Cloud(world, faults, rules);
  rules.cloud = cloud;
  const workers = Array.from({ length: options.workers ?? 1 + world.below(3) }, (_, index) => {
    return new Worker(`worker-${index}`, world, rules, cloud, options.variant);
  });
  for (const worker of workers) {
    worker.killAt = options.killAt;
    void worker.startAdaptor();
  }
  const pods = addPods(world, rules, workers, options.pods ?? 2 + world.below(7));
  // Pods come in waves: a deployment, a node that was drained.
  const waves = Array.from({ length: 1 + world.below(4) }, () => world.fraction() * busyMs * 0.8);
  const spreadMs = world.chance(0.5) ? 3 : 30_000;
  for (const pod of pods) {
    const startsAtMs = (waves[world.below(waves.length)] ?? 0) + world.fraction() * spreadMs;
    void pod.live({ startsAtMs, runsMs: world.fraction() * busyMs * 0.5 }, faults);
  }
  scheduleAccidents(world, cloud, workers, rules, faults);
  await world.run(busyMs, () => false);
  quieten(world, cloud, workers);
  await world.run(world.now + quietMsMax, () => pods.every(({ hasEnded }) => hasEnded));
  const endedAt = Math.max(world.now, busyMs);
  const isDone = () => rules.everythingLeft().length === 0 && workers.every(({ sandboxes }) => sandboxes?.size === 0);
  await world.run(endedAt + quietMsMax, isDone);
  if (!pods.every(({ hasEnded }) => hasEnded)) world.breach('a shim waits for ever');
  for (const { name, sandboxes } of workers) {
    if (sandboxes?.size !== 0) world.breach(`the adaptor on ${name} still has ${sandboxes?.size} sandboxes`);
  }
  for (const text of rules.everythingLeft()) world.breach(`left at the end: ${text}`);
  return {
    seed: options.seed,
    broken: world.broken,
    seen: rules.seen,
    digest: world.digest,
    events: world.events,
    simulatedMs: world.now,
    settledMs: Math.max(0, world.now - endedAt),
    trace: world.trace ?? [],
  };
}

function addPods(world: World, rules: Rules, workers: readonly Worker[], count: number): readonly Pod[] {
  return Array.from({ length: count }, (_, index) => {
    const worker = workers[world.below(workers.length)] as Worker;
    return new Pod(index, worker.name, world, rules, worker);
  });
}

/** What happens to machines, by the hour. */
function scheduleAccidents(world: World, cloud: Cloud, workers: readonly Worker[], rules: Rules, faults: Faults): void {
  const sometimes = (often: number, accident: () => void) => {
    for (let count = often; count > 0; count -= 1) {
      if (world.chance(Math.min(1, count))) world.at(world.fraction() * busyMs, accident);
    }
  };
  for (const worker of workers) {
    sometimes(faults.adaptorStops, () => void worker.stopAdaptor());
    sometimes(faults.relayKilled, () => worker.killRelay());
    sometimes(faults.relayReplaced, () => worker.relay.alive && worker.relay.replace());
    sometimes(faults.powerLost, () => worker.cutPower());
    sometimes(faults.diskFull, () => {
      world.say(() => `the disk of ${worker.name} is full`);
      worker.room.isDiskFull = true;
      world.at(world.fraction() * diskFullMs, () => {
        worker.room.isDiskFull = false;
      });
    });
  }
  sometimes(faults.cloudDown, () => {
    world.say(() => 'the cloud is down');
    cloud.isDown = true;
    world.at(world.fraction() * cloudDownMs, () => {
      cloud.isDown = false;
    });
  });
  sometimes(faults.clockJumps, () => {
    world.wallShiftMs += world.between(-wallJumpMs, wallJumpMs);
  });
  sometimes(faults.vmLost, () => {
    const lost = cloud.loseOne();
    if (!lost) return;
    world.say(() => `${lost.podVm.id} is lost`);
    rules.pods.get(lost.podVm.sandboxId)?.break();
  });
}

/** No fault any more; what is away comes back. */
function quieten(world: World, cloud: Cloud, workers: readonly Worker[]): void {
  world.say(() => 'quiet');
  const quiet = { ...noFaults, listLagMs: cloud.faults.listLagMs };
  cloud.faults = quiet;
  cloud.isDown = false;
  for (const worker of workers) {
    worker.faults = quiet;
    worker.room.faults = quiet;
    worker.room.isDiskFull = false;
  }
}
