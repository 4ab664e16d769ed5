/** P5, P6 and X1: packets through the tunnel with few and many pods on the worker, and packets that do not belong. */

import type { Bench, BenchContext, BenchRow } from './bench.ts';
import {
  buildPath,
  clusterAddress,
  type DataPath,
  inside,
  podAddress,
  podVmAddress,
  setPinned,
  trackConnections,
  workerAddress,
} from './data-path.ts';
import { udpFrame } from './ethernet-frame.ts';
import { interleave } from './interleave.ts';
import { median } from './statistics.ts';
import { inject, packetRate, roundTrip, UdpListener } from './udp-traffic.ts';

const specs = [
  { name: 'pins1', guard: 'pins', pods: 1 },
  { name: 'pins500', guard: 'pins', pods: 500 },
  { name: 'pins2000', guard: 'pins', pods: 2000 },
  { name: 'rules1', guard: 'rules', pods: 1 },
  { name: 'rules500', guard: 'rules', pods: 500 },
  { name: 'rules2000', guard: 'rules', pods: 2000 },
  { name: 'none', guard: 'none', pods: 1 },
] as const;
type Name = (typeof specs)[number]['name'];

const sinkPort = 9000;
const echoPort = 9001;
const [senderCpu, receiverCpu] = [0, 1];
const pinRounds = 13;
/** The pin's cost is a few percent: as much as one round differs from the next. */
const costRounds = 25;
/** Upstream's rules cost many times that. */
const ruleRounds = 3;
const framesEach = 2500;

type Paths = Readonly<Record<Name, DataPath>>;

type Runs<N extends string> = Readonly<Record<N, { readonly path: DataPath; readonly before?: () => Promise<void> }>>;

/** Sender and receiver share a CPU: to wake a receiver on another one costs more, and less evenly, than what is compared. */
async function measureRates<N extends string>(
  contestants: Runs<N>,
  rounds: number,
  what: string,
  { progress }: BenchContext,
): Promise<Record<N, number>> {
  await using stack = new AsyncDisposableStack();
  const sinks = new Map<DataPath, UdpListener>();
  const runs = {} as Record<N, () => Promise<number>>;
  for (const [name, { path, before }] of Object.entries(contestants) as [N, Runs<N>[N]][]) {
    const sink = sinks.get(path) ?? stack.use(await UdpListener.start(path.inside, 'sink', sinkPort, senderCpu));
    sinks.set(path, sink);
    runs[name] = async () => {
      await before?.();
      return await packetRate(path.cluster, podAddress, sinkPort, sink, { bytes: 64, ms: 100, cpu: senderCpu });
    };
  }
  const onRound = (round: number) => progress(`packet rates ${what}, round ${round}`);
  const results = await interleave(runs, { rounds, warmUps: 1, onRound });
  return Object.fromEntries((Object.keys(runs) as N[]).map((name) => [name, median(results[name])])) as Record<
    N,
    number
  >;
}

async function measureAllRates(paths: Paths, context: BenchContext) {
  const { pins1, pins500, pins2000, rules1, rules500, rules2000 } = paths;
  const flat = { pins1: { path: pins1 }, pins500: { path: pins500 }, pins2000: { path: pins2000 } };
  const walked = { rules1: { path: rules1 }, rules500: { path: rules500 }, rules2000: { path: rules2000 } };
  // On one and the same path: paths differ from each other by as much as the pin costs
  const guarded = {
    pinned: { path: pins1, before: () => setPinned(pins1, true) },
    unpinned: { path: pins1, before: () => setPinned(pins1, false) },
  };
  const rates = {
    ...(await measureRates(flat, pinRounds, 'with pins', context)),
    ...(await measureRates(walked, ruleRounds, "with upstream's rules", context)),
    ...(await measureRates(guarded, costRounds, 'with and without', context)),
  };
  trackConnections(pins1);
  const tracked = await measureRates(guarded, pinRounds, 'where connections are tracked', context);
  await setPinned(pins1, true);
  for (const host of [pins1.worker, pins1.podVm]) {
    // Fails where the frames were tracked after all: then something else was measured
    inside(host, 'nft list chain inet peerpods untrack-out; nft delete table ip tracking');
  }
  await setPinned(pins1, false);
  await setPinned(pins1, true);
  return { ...rates, tracked };
}

/** Client and server on one CPU, so that no wake-up between CPUs is measured; the best of five medians. */
async function measureRoundTrips(paths: Paths, { progress }: BenchContext) {
  const { cluster } = paths.pins1;
  inside('pins1-far', 'ip link add direct0 type veth peer name direct1 netns pins1-cluster');
  inside('pins1-far', 'ip addr add 10.245.0.1/24 dev direct0; ip link set direct0 up');
  inside(cluster, 'ip addr add 10.245.0.2/24 dev direct1; ip link set direct1 up');
  await using stack = new AsyncDisposableStack();
  stack.use(await UdpListener.start('pins1-far', 'echo', echoPort, senderCpu));
  stack.use(await UdpListener.start(paths.pins1.inside, 'echo', echoPort, senderCpu));
  stack.use(await UdpListener.start(paths.none.inside, 'echo', echoPort, senderCpu));
  const results = await interleave(
    {
      tunnel: () => roundTrip(cluster, podAddress, echoPort, senderCpu),
      unguarded: () => roundTrip(paths.none.cluster, podAddress, echoPort, senderCpu),
      direct: () => roundTrip(cluster, '10.245.0.1', echoPort, senderCpu),
    },
    { rounds: 5, warmUps: 1, onRound: (round) => progress(`round trips, round ${round}`) },
  );
  const best = (name: keyof typeof results) => Math.min(...results[name]);
  return { tunnel: best('tunnel'), unguarded: best('unguarded'), direct: best('direct') };
}

const macOf = (netns: string, device: string) => inside(netns, `cat /sys/class/net/${device}/address`).trim();

/** Frames of a stranger with the right VNI and of the right host with a wrong one, both ways; how many came through. */
async function injectForeign(path: DataPath): Promise<{ readonly sent: number; readonly delivered: number }> {
  await using stack = new AsyncDisposableStack();
  const inCluster = stack.use(await UdpListener.start(path.cluster, 'sink', sinkPort, receiverCpu));
  const inPod = stack.use(await UdpListener.start(path.inside, 'sink', sinkPort, receiverCpu));
  const toCluster = udpFrame({
    ...{ from: podAddress, to: clusterAddress, port: sinkPort },
    ...{ fromMac: macOf(path.inside, 'eth0'), toMac: macOf(path.cluster, 'pod1') },
  });
  const toPod = udpFrame({
    ...{ from: clusterAddress, to: podAddress, port: sinkPort },
    ...{ fromMac: macOf(path.cluster, 'pod1'), toMac: macOf(path.inside, 'eth0') },
  });
  const worker = { address: workerAddress, port: path.port };
  const podVm = { address: podVmAddress, port: path.port };
  const before = (await inCluster.count()) + (await inPod.count());
  await inject(path.stranger, { ...worker, vni: path.vni }, framesEach, toCluster);
  await inject(path.stranger, { ...podVm, vni: path.vni }, framesEach, toPod);
  await inject(path.podVm, { ...worker, vni: path.vni + 1 }, framesEach, toCluster);
  await inject(path.worker, { ...podVm, vni: path.vni + 1 }, framesEach, toPod);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { sent: 4 * framesEach, delivered: (await inCluster.count()) + (await inPod.count()) - before };
}

export const bench: Bench = {
  ids: ['P5', 'P6', 'X1'],
  title: 'data path: packet rate, round trip, foreign frames',
  needsNamespaces: true,
  needsCommands: ['ip', 'nft', 'iptables-restore', 'taskset'],
  async run(context) {
    const paths = {} as Record<Name, DataPath>;
    for (const spec of specs) {
      context.progress(`building ${spec.name}`);
      paths[spec.name] = await buildPath(spec);
    }
    const rates = await measureAllRates(paths, context);
    const trips = await measureRoundTrips(paths, context);
    context.progress('foreign frames');
    return rowsOf(rates, trips, await injectForeign(paths.pins1), await injectForeign(paths.rules1));
  },
};

type Injected = Awaited<ReturnType<typeof injectForeign>>;

function rowsOf(
  rates: Awaited<ReturnType<typeof measureAllRates>>,
  trips: { readonly tunnel: number; readonly unguarded: number; readonly direct: number },
  ours: Injected,
  theirs: Injected,
): BenchRow[] {
  const flat = (pods: 500 | 2000): BenchRow => {
    const [many, one] = [rates[`pins${pods}`], rates.pins1];
    const ratio = many / one;
    const fall = rates[`rules${pods}`] / rates.rules1;
    return {
      id: 'P5',
      name: `packet rate with ${pods} pods' pins, to one pod's`,
      ours: many,
      reference: one,
      ratio,
      unit: 'packets/CPU s',
      goal: '>= 0.95 x',
      holds: ratio >= 0.95,
      note: `with upstream's rules for ${pods} pods: ${fall.toFixed(2)} x`,
    };
  };
  const tripRatio = trips.tunnel / trips.direct;
  const cost = (name: string, { pinned, unpinned }: { pinned: number; unpinned: number }, least: number): BenchRow => ({
    id: 'X1',
    name,
    ours: pinned,
    reference: unpinned,
    ratio: pinned / unpinned,
    unit: 'packets/CPU s',
    goal: `>= ${least} x`,
    holds: pinned / unpinned >= least,
  });
  return [
    flat(500),
    flat(2000),
    {
      id: 'P6',
      name: 'round trip through the tunnel, to a veth',
      ours: trips.tunnel,
      reference: trips.direct,
      ratio: tripRatio,
      unit: 'µs',
      goal: '<= 1.6 x',
      holds: tripRatio <= 1.6,
      note: `${trips.unguarded.toFixed(1)} µs through the same tunnel without any rule: what the kernel's VXLAN and redirects take`,
    },
    {
      id: 'X1',
      name: `foreign frames delivered of ${ours.sent}, to upstream's rules`,
      ours: ours.delivered,
      reference: theirs.delivered,
      ratio: ours.delivered / Math.max(1, theirs.delivered),
      unit: 'frames',
      goal: '0',
      // A reference that stops them too would show that nothing was measured.
      holds: ours.delivered === 0 && theirs.delivered > 0,
    },
    cost('packet rate with the pin, to without', rates, 0.95),
    cost('the same where connections are tracked', rates.tracked, 0.95),
  ];
}
