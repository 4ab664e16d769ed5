/** P5, P6 and X1: packets through the tunnel with few and many pods on the worker, and packets that do not belong. */

import type { Bench, BenchContext, BenchRow } from './bench.ts';
import {
  buildPath,
  clusterAddress,
  type DataPath,
  inside,
  podAddress,
  podVmAddress,
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
/** The pin's cost is a few percent: less than one round differs from the next. */
const pinRounds = 13;
/** Upstream's rules cost many times that. */
const ruleRounds = 3;
const framesEach = 2500;

type Paths = Readonly<Record<Name, DataPath>>;

async function measureRates<N extends Name>(
  paths: Paths,
  names: readonly N[],
  rounds: number,
  { progress }: BenchContext,
): Promise<Record<N, number>> {
  await using stack = new AsyncDisposableStack();
  const runs = {} as Record<N, () => Promise<number>>;
  for (const name of names) {
    const sink = stack.use(await UdpListener.start(paths[name].inside, 'sink', sinkPort, receiverCpu));
    const options = { bytes: 64, ms: 200, cpu: senderCpu };
    runs[name] = () => packetRate(paths[name].cluster, podAddress, sinkPort, sink, options);
  }
  const onRound = (round: number) => progress(`packet rates, round ${round}`);
  const results = await interleave(runs, { rounds, warmUps: 1, onRound });
  return Object.fromEntries(names.map((name) => [name, median(results[name])])) as Record<N, number>;
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
    const pinned = await measureRates(paths, ['pins1', 'pins500', 'pins2000', 'none'], pinRounds, context);
    const ruled = await measureRates(paths, ['rules1', 'rules500', 'rules2000'], ruleRounds, context);
    const trips = await measureRoundTrips(paths, context);
    context.progress('foreign frames');
    return rowsOf({ ...pinned, ...ruled }, trips, await injectForeign(paths.pins1), await injectForeign(paths.rules1));
  },
};

type Injected = Awaited<ReturnType<typeof injectForeign>>;

function rowsOf(
  rates: Readonly<Record<Name, number>>,
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
  const cost = rates.pins1 / rates.none;
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
    {
      id: 'X1',
      name: 'packet rate with the pin, to without',
      ours: rates.pins1,
      reference: rates.none,
      ratio: cost,
      unit: 'packets/CPU s',
      goal: '>= 0.95 x',
      holds: cost >= 0.95,
    },
  ];
}
