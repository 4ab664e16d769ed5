/** How the world treats a run: which faults there are, and how often. Each seed has a mixture of its own. */

import type { World } from './world.ts';

export interface Faults {
  /** Of one call to the cloud. */
  readonly transient: number;
  readonly throttled: number;
  readonly noCapacity: number;
  readonly answerLost: number;
  readonly hangs: number;
  readonly slow: number;
  /** A request arrives when its caller has long given up. */
  readonly late: number;
  /** Of one message to kernel, disk or tmpfs. */
  readonly kernel: number;
  readonly disk: number;
  readonly tmpfs: number;
  /** Of a record that is being written when its writer is killed: only a part of it is there. */
  readonly tears: number;
  /** Of one call that the adaptor makes: it is killed while that is under way. */
  readonly adaptorKilled: number;
  /** Of one call to the relay: it takes seconds. */
  readonly relaySlow: number;
  /** In the whole time; each. */
  readonly adaptorStops: number;
  readonly relayKilled: number;
  readonly relayReplaced: number;
  readonly powerLost: number;
  readonly cloudDown: number;
  readonly diskFull: number;
  readonly clockJumps: number;
  readonly vmLost: number;
  /** A VM whose agent never answers. */
  readonly neverBoots: number;
  /** What the provider promises of its list, and whether a list shows what is gone. */
  readonly listLagMs: number;
  /** Of a shim: leaves before the answer, asks twice, dies without StopVM. */
  readonly leaves: number;
  readonly repeats: number;
  readonly dies: number;
}

export const noFaults: Faults = {
  transient: 0,
  throttled: 0,
  noCapacity: 0,
  answerLost: 0,
  hangs: 0,
  slow: 0,
  late: 0,
  kernel: 0,
  disk: 0,
  tmpfs: 0,
  tears: 0,
  adaptorKilled: 0,
  relaySlow: 0,
  adaptorStops: 0,
  relayKilled: 0,
  relayReplaced: 0,
  powerLost: 0,
  cloudDown: 0,
  diskFull: 0,
  clockJumps: 0,
  vmLost: 0,
  neverBoots: 0,
  listLagMs: 0,
  leaves: 0,
  repeats: 0,
  dies: 0,
};

/** Some faults often, others not at all: many at once hide what two of them do. */
export function mixture(world: World): Faults {
  const some = (often: number, share = 0.4) => (world.chance(share) ? often * world.fraction() : 0);
  return {
    transient: some(0.3),
    throttled: some(0.3),
    noCapacity: some(0.3),
    answerLost: some(0.4),
    hangs: some(0.1),
    slow: some(0.3),
    late: some(0.2),
    kernel: some(0.3),
    disk: some(0.2),
    tmpfs: some(0.2),
    tears: world.fraction(),
    adaptorKilled: some(0.08, 0.6),
    relaySlow: some(0.2, 0.3),
    adaptorStops: some(4, 0.3),
    relayKilled: some(3, 0.25),
    relayReplaced: some(4, 0.3),
    powerLost: some(2, 0.2),
    cloudDown: some(3, 0.3),
    diskFull: some(3, 0.3),
    clockJumps: some(4, 0.3),
    vmLost: some(3, 0.3),
    neverBoots: some(0.4, 0.3),
    listLagMs: world.chance(0.5) ? world.between(0, 60_000) : 0,
    leaves: some(0.5),
    repeats: some(0.5),
    dies: some(0.5),
  };
}
