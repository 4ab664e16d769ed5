/** P1: the worker's end of one tunnel, against the same bytes sent from C, six processes, and upstream's order. */

import { netlink, openNetns, throwFirstError } from '@peerpods/netlink';
import { silentLog } from '#base/log.ts';
import { setUpNodeEnd } from '#domain/tunnel/node-end.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import type { Bench } from './bench.ts';
import { directLegs, movingLegs, TunnelFloor, type TunnelShape } from './floor/tunnel-floor.ts';
import { interleave } from './interleave.ts';
import { makePods } from './pod-netns.ts';
import { median } from './statistics.ts';

const rounds = 40;
const warmUps = 4;
const contestants = ['addon', 'whole', 'floor', 'processes', 'upstream'] as const;
type Contestant = (typeof contestants)[number];
/** One after programs ran, that left nothing of ours in the caches of the processor, and others at once behind it. */
const inARow = 4;
const remote = '192.0.2.1';
const port = 4789;

/** Through the addon, with nothing around it. */
async function throughAddon(shape: TunnelShape): Promise<number> {
  const started = performance.now();
  using netns = openNetns(shape.netnsPath);
  const legs = directLegs(shape, netns).map(({ inPod, messages }) => ({
    netns: inPod ? netns : undefined,
    family: 'route' as const,
    messages,
  }));
  const replies = await netlink.exchange(legs);
  const took = performance.now() - started;
  for (const reply of replies) throwFirstError(reply);
  return took;
}

/** As StartVM does it: the pod's links and qdiscs read first, the source pin, the tunnel. */
async function asStartVm({ netnsPath, vni }: TunnelShape): Promise<number> {
  const spec = { netns: netnsPath, podInterface: 'eth0', vni, port, remote, local: '192.0.2.2', podMtu: 1450 };
  const started = performance.now();
  await setUpNodeEnd(spec, { netlink, clock, log: silentLog });
  return performance.now() - started;
}

function sixProcesses(name: string, vni: number): string[] {
  const redirect = (from: string, to: string) => [
    `tc -n ${name} qdisc add dev ${from} ingress`,
    `tc -n ${name} filter add dev ${from} parent ffff: protocol all u32 match u32 0 0 action mirred egress redirect dev ${to}`,
  ];
  return [
    `ip link add vxlan1 netns ${name} type vxlan id ${vni} remote ${remote} dstport ${port} nolearning`,
    `ip -n ${name} link set vxlan1 up`,
    ...redirect('eth0', 'vxlan1'),
    ...redirect('vxlan1', 'eth0'),
  ];
}

/** The programs that upstream starts for each pod: for each direction, is the chain there, is the rule, add it. */
function iptables(vni: number): string[] {
  return [
    ['peerpod-OUTPUT', '-d'],
    ['peerpod-PREROUTING', '-s'],
  ].flatMap(([chain, side]) => {
    const match = `-m comment --comment peerpod-vni-${vni} ${side} ${remote} -p udp -m udp --dport ${port}`;
    return [`iptables -t raw -S ${chain} 1`, `iptables -t raw -A ${chain} ${match} -j NOTRACK`];
  });
}

export const bench: Bench = {
  ids: ['P1'],
  title: 'tunnel set-up',
  needsNamespaces: true,
  needsCommands: ['ip', 'tc', 'iptables'],
  async run({ progress }) {
    progress('making pod namespaces');
    const pods = await makePods('p', contestants.length * inARow * (rounds + warmUps));
    await using floor = new TunnelFloor();
    await floor.run(
      ['OUTPUT', 'PREROUTING'].flatMap((hook) => [
        `iptables -t raw -N peerpod-${hook}`,
        `iptables -t raw -A ${hook} -j peerpod-${hook}`,
      ]),
    );
    const podOf = (round: number, name: Contestant, turn = 0) => {
      const at = (round * contestants.length + contestants.indexOf(name)) * inARow + turn;
      const pod = pods[at];
      if (!pod) throw new Error('too few pods');
      const shape: TunnelShape = { netnsPath: pod.path, podIndex: pod.podIndex, vni: 1000 + at, remote, port };
      return { pod, shape };
    };
    const several = (name: Contestant, one: (shape: TunnelShape) => Promise<number>) => async (round: number) => {
      const took: number[] = [];
      for (let turn = 0; turn < inARow; turn += 1) took.push(await one(podOf(round, name, turn).shape));
      return { first: took[0] ?? Number.NaN, next: median(took.slice(1)) };
    };
    const once = (one: (round: number) => Promise<number>) => async (round: number) => {
      const took = await one(round);
      return { first: took, next: took };
    };
    const results = await interleave<Contestant, { first: number; next: number }>(
      {
        addon: several('addon', throughAddon),
        whole: several('whole', asStartVm),
        floor: several('floor', (shape) => floor.setUp(shape, directLegs)),
        processes: once((round) => {
          const { pod, shape } = podOf(round, 'processes');
          return floor.run(sixProcesses(pod.name, shape.vni));
        }),
        upstream: once(async (round) => {
          const { shape } = podOf(round, 'upstream');
          return (await floor.run(iptables(shape.vni))) + (await floor.setUp(shape, movingLegs));
        }),
      },
      { rounds, warmUps, onRound: (round) => progress(`round ${round}`) },
    );
    const ms = (name: Contestant) => median(results[name].map(({ next }) => next));
    const firstMs = (name: Contestant) => median(results[name].map(({ first }) => first));
    const [addon, whole, floorMs] = [ms('addon'), ms('whole'), ms('floor')];
    const faster = (name: string, against: 'processes' | 'upstream', atLeast: number) => {
      const ratio = ms(against) / addon;
      const goal = `>= ${atLeast} x faster`;
      return { id: 'P1', name, ours: addon, reference: ms(against), ratio, unit: 'ms', goal, holds: ratio >= atLeast };
    };
    const wholeNote = `one exchange to look first, and the pin: ${(whole - addon).toFixed(2)} ms`;
    const [cold, coldFloor] = [firstMs('addon'), firstMs('floor')];
    return [
      {
        id: 'P1',
        name: 'tunnel set-up, to the same bytes from C',
        ours: addon,
        reference: floorMs,
        ratio: addon / floorMs,
        unit: 'ms',
        goal: '<= 1.3 x',
        holds: addon <= 1.3 * floorMs,
      },
      {
        id: 'P1',
        name: 'the same, after programs ran in between',
        ours: cold,
        reference: coldFloor,
        ratio: cold / coldFloor,
        unit: 'ms',
        goal: '<= 2 x',
        holds: cold <= 2 * coldFloor,
        note: "a processor's caches without Node in them: each step takes five times as long at its first run",
      },
      faster('tunnel set-up, to six processes', 'processes', 9),
      faster("tunnel set-up, to upstream's order with iptables", 'upstream', 30),
      {
        id: 'P1',
        name: 'tunnel set-up as StartVM does it, to C',
        ours: whole,
        reference: floorMs,
        ratio: whole / floorMs,
        unit: 'ms',
        goal: '<= 2 x',
        holds: whole <= 2 * floorMs,
        ...(whole <= 2 * floorMs ? {} : { note: wholeNote }),
      },
    ];
  },
};
