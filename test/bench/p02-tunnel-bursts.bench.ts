/** P2 and P3: five hundred tunnels at once, set up and torn down. */

import { delLink, execute, netlink, openNetns } from '@peerpods/netlink';
import { silentLog } from '#base/log.ts';
import { type NodeEndRecord, setUpNodeEnd, tearDownNodeEnd } from '#domain/tunnel/node-end.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import type { Bench, BenchRow } from './bench.ts';
import { TunnelFloor, tunnelIndex } from './floor/tunnel-floor.ts';
import { makePods, type PodNetns } from './pod-netns.ts';
import { median, quantile } from './statistics.ts';

const podsAtOnce = 500;
const rounds = 2;
/** One after another each waits for the kernel (20 ms and more), so fewer must do. */
const podsSerial = 40;
/** Starts in flight: the kernel makes devices under one lock, more only wait. */
const inFlight = 4;
const floorThreads = 4;
const remote = '192.0.2.1';
const port = 4789;
const context = { netlink, clock, log: silentLog };

interface Burst {
  readonly perSecond: number;
  /** Of each pod, ms. */
  readonly each: readonly number[];
}

/** Runs `one` for each item, `width` at a time. */
async function burst<T>(items: readonly T[], width: number, one: (item: T) => Promise<unknown>): Promise<Burst> {
  const each: number[] = [];
  const queue = items.values();
  const started = performance.now();
  const lane = async () => {
    for (const item of queue) {
      const from = performance.now();
      await one(item);
      each.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return { perSecond: (items.length / (performance.now() - started)) * 1000, each };
}

interface Round {
  readonly setUp: Burst;
  readonly floorSetUp: Burst;
  readonly tearDown: Burst;
  readonly serial: Burst;
}

async function playRound(round: number, floor: TunnelFloor, progress: (text: string) => void): Promise<Round> {
  progress(`round ${round}: making ${2 * podsAtOnce} namespaces`);
  const ours = await makePods(`a${round}-`, podsAtOnce);
  const theirs = await makePods(`b${round}-`, podsAtOnce);
  let vni = 1000 + round * 10_000;
  const records: NodeEndRecord[] = [];
  progress(`round ${round}: set-up`);
  const floorShapes = theirs.map((pod) => {
    vni += 1;
    return { netnsPath: pod.path, podIndex: pod.podIndex, vni, remote, port };
  });
  const setUp = await burst(ours, inFlight, async (pod: PodNetns) => {
    vni += 1;
    const spec = { netns: pod.path, podInterface: 'eth0', vni, port, remote, local: '192.0.2.2', podMtu: 1450 };
    records.push(await setUpNodeEnd(spec, context));
  });
  const { ms, each } = await floor.burst(floorShapes, floorThreads);
  progress(`round ${round}: teardown`);
  const tearDown = await burst(records, records.length, (record) => tearDownNodeEnd(record, context));
  const serial = await burst(floorShapes.slice(0, podsSerial), 1, async (shape) => {
    using netns = openNetns(shape.netnsPath);
    await execute(netlink, netns, [delLink({ index: tunnelIndex(shape.vni) })]);
  });
  return { setUp, floorSetUp: { perSecond: (podsAtOnce / ms) * 1000, each }, tearDown, serial };
}

export const bench: Bench = {
  ids: ['P2', 'P3'],
  title: 'bursts of tunnels',
  needsNamespaces: true,
  async run({ progress }) {
    await using floor = new TunnelFloor();
    const results: Round[] = [];
    for (let round = 0; round < rounds; round += 1) results.push(await playRound(round, floor, progress));
    const rate = (name: keyof Round) => median(results.map((result) => result[name].perSecond));
    const late = (name: keyof Round) => median(results.map((result) => quantile(result[name].each, 0.99)));
    return rowsOf(rate, late);
  },
};

function rowsOf(rate: (name: keyof Round) => number, late: (name: keyof Round) => number): BenchRow[] {
  const [setUp, floorSetUp, tearDown, serial] = [rate('setUp'), rate('floorSetUp'), rate('tearDown'), rate('serial')];
  const [p99, floorP99] = [late('setUp'), late('floorSetUp')];
  return [
    {
      id: 'P2',
      name: `${podsAtOnce} tunnels set up, to C on ${floorThreads} threads`,
      ours: setUp,
      reference: floorSetUp,
      ratio: setUp / floorSetUp,
      unit: 'pods/s',
      goal: '>= 1500 pods/s',
      holds: setUp >= 1500,
    },
    {
      id: 'P2',
      name: `p99 of one among ${podsAtOnce}, to C`,
      ours: p99,
      reference: floorP99,
      ratio: p99 / floorP99,
      unit: 'ms',
      goal: '<= 10 ms',
      holds: p99 <= 10,
    },
    {
      id: 'P3',
      name: `${podsAtOnce} tunnels torn down`,
      ours: tearDown,
      reference: serial,
      ratio: tearDown / serial,
      unit: 'pods/s',
      goal: '>= 700 pods/s',
      holds: tearDown >= 700,
    },
    {
      id: 'P3',
      name: `${podsAtOnce} tunnels torn down, to one after another`,
      ours: tearDown,
      reference: serial,
      ratio: tearDown / serial,
      unit: 'pods/s',
      goal: '>= 15 x',
      holds: tearDown >= 15 * serial,
    },
  ];
}
