/** P4: what each tunnel that is there already adds to the cost of the next. */

import { createNetns, execute, netlink, newLink, openNetns } from '@peerpods/netlink';
import { silentLog } from '#base/log.ts';
import { setUpNodeEnd } from '#domain/tunnel/node-end.ts';
import { addPin } from '#domain/tunnel/source-pin.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import type { Bench } from './bench.ts';
import { directLegs, TunnelFloor } from './floor/tunnel-floor.ts';
import { interleave } from './interleave.ts';
import { makePods } from './pod-netns.ts';
import { median, slope } from './statistics.ts';

const steps = [0, 1000, 2000, 3000, 4000];
const samples = 24;
const warmUps = 12;
const remote = '192.0.2.1';
const port = 4789;
const fillerBatch = 250;

/** Devices of other pods, all in one namespace; for the port's list in the kernel and for the pins it is the same. */
async function fill(from: number, to: number): Promise<void> {
  using netns = openNetns('/run/netns/filler');
  for (let start = from; start < to; start += fillerBatch) {
    const vnis = Array.from({ length: Math.min(fillerBatch, to - start) }, (_, at) => 1_000_000 + start + at);
    const links = vnis.map((vni) => newLink({ kind: 'vxlan', name: `v${vni}`, netns, vxlan: { vni, remote, port } }));
    await execute(netlink, undefined, links);
    for (const vni of vnis) await addPin({ netlink }, { remote, port, vni });
  }
}

export const bench: Bench = {
  ids: ['P4'],
  title: 'tunnel set-up among many',
  needsNamespaces: true,
  async run({ progress }) {
    progress('making pod namespaces');
    const perStep = 2 * (samples + warmUps);
    const pods = await makePods('p', perStep * steps.length);
    await createNetns('/run/netns/filler');
    await using floor = new TunnelFloor();
    const points: Record<'ours' | 'floor', [number, number][]> = { ours: [], floor: [] };
    const podOf = (step: number, round: number, side: 0 | 1) => {
      const at = step * perStep + 2 * round + side;
      const pod = pods[at];
      if (!pod) throw new Error('too few pods');
      return { pod, vni: 1000 + at };
    };
    for (const [step, tunnels] of steps.entries()) {
      progress(`${tunnels} tunnels`);
      await fill(steps[step - 1] ?? 0, tunnels);
      const timings = await interleave(
        {
          ours: async (round) => {
            const { pod, vni } = podOf(step, round, 0);
            const spec = { netns: pod.path, podInterface: 'eth0', vni, port, remote, local: '192.0.2.2', podMtu: 1450 };
            const started = performance.now();
            await setUpNodeEnd(spec, { netlink, clock, log: silentLog });
            return performance.now() - started;
          },
          floor: (round) => {
            const { pod, vni } = podOf(step, round, 1);
            return floor.setUp({ netnsPath: pod.path, podIndex: pod.podIndex, vni, remote, port }, directLegs);
          },
        },
        { rounds: samples, warmUps },
      );
      for (const name of ['ours', 'floor'] as const) points[name].push([tunnels, median(timings[name]) * 1000]);
    }
    const [ours, reference] = [slope(points.ours), slope(points.floor)];
    const shown = points.ours.map(([tunnels, us]) => `${tunnels}: ${us.toFixed(0)}`).join(', ');
    return [
      {
        id: 'P4',
        name: `cost of a tunnel for each that is there, up to ${steps.at(-1)}`,
        ours,
        reference,
        ratio: ours / reference,
        unit: 'µs',
        goal: '<= 0.4 µs',
        holds: ours <= 0.4,
        ...(ours <= 0.4 ? {} : { note: `median µs by tunnels: ${shown}` }),
      },
    ];
  },
};
