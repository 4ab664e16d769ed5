/** P8: a steady load over many pods, its slowest calls, and one pod's long stream beside it. */

import type { Bench, BenchRow } from './bench.ts';
import { interleave } from './interleave.ts';
import type { PodVmKind } from './reference/answering.ts';
import { type Load, RelayScene } from './relay-scene.ts';
import { median } from './statistics.ts';

const podCount = 110;
const callsPerSecond = 5000;
const rounds = 4;
/** 32 KiB each, 50 MB/s: as much as one pod's output may be without the generator running out of CPU. */
const streamCallsPerSecond = 1500;
const small: PodVmKind = { port: 15_150, replyBytes: 200, forwarder: 'ours' };
const bulk: PodVmKind = { port: 15_151, replyBytes: 32 * 1024, forwarder: 'ours' };

interface Contestant {
  readonly sockets: readonly string[];
  readonly streamSocket: string;
}

export const bench: Bench = {
  ids: ['P8'],
  title: 'relay: latency under a steady load',
  needsNamespaces: false,
  async run({ folder, progress }) {
    await using stack = new AsyncDisposableStack();
    const scene = await RelayScene.open(folder);
    // Pod VMs are machines of their own: the stream's must not hold up those of the others.
    stack.use(await scene.startPodVms([small]));
    stack.use(await scene.startPodVms([bulk]));
    const pods = Array.from({ length: podCount }, (_, at) => ({ name: `pod${at}`, kind: small }));
    const all = [...pods, { name: 'stream', kind: bulk }];
    const relay = stack.use(await scene.startRelay());
    progress(`connecting ${podCount} pods`);
    const ours: string[] = [];
    for (const { name, kind } of all) ours.push(await relay.addPod(name, kind));
    const pipe = await scene.startReference('pipe-relay.ts', all);
    stack.use(pipe.program);
    const split = (sockets: readonly string[]): Contestant => ({
      sockets: sockets.slice(0, podCount),
      streamSocket: sockets[podCount] ?? '',
    });
    const contestants = {
      ours: split(ours),
      pipe: split(pipe.sockets),
      direct: split([...pods.map(() => scene.directSocket(small)), scene.directSocket(bulk)]),
    };
    const steady = async ({ sockets, streamSocket }: Contestant, withStream: boolean): Promise<Load> => {
      const options = { connections: 1, warmMs: 200, pids: [] };
      const stream = withStream
        ? scene.load([streamSocket], { ...options, mode: 'open', amount: streamCallsPerSecond, runMs: 1200 })
        : undefined;
      const load = await scene.load(sockets, { ...options, mode: 'open', amount: callsPerSecond, runMs: 1000 });
      await stream;
      return load;
    };
    const onRound = (round: number) => progress(`round ${round}`);
    const results = await interleave(
      {
        ours: () => steady(contestants.ours, false),
        oursWithStream: () => steady(contestants.ours, true),
        pipe: () => steady(contestants.pipe, false),
        pipeWithStream: () => steady(contestants.pipe, true),
        direct: () => steady(contestants.direct, false),
      },
      { rounds, warmUps: 1, onRound },
    );
    return rowsOf(results);
  },
};

type Results = Readonly<Record<'ours' | 'oursWithStream' | 'pipe' | 'pipeWithStream' | 'direct', readonly Load[]>>;

function rowsOf(results: Results): BenchRow[] {
  const p99 = (name: keyof typeof results) => median(results[name].map((load) => load.p99Us)) / 1000;
  const p50 = (name: keyof typeof results) => median(results[name].map((load) => load.p50Us)) / 1000;
  const added = p99('ours') - p99('direct');
  const raise = p99('oursWithStream') / p99('ours');
  const pipeRaise = p99('pipeWithStream') / p99('pipe');
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  return [
    {
      id: 'P8',
      name: `p99 added at ${callsPerSecond} calls/s over ${podCount} pods`,
      ours: added,
      reference: p99('direct'),
      ratio: added / p99('direct'),
      unit: 'ms',
      goal: '<= 2 ms',
      holds: added <= 2,
      note: `a byte pipe adds ${ms(p99('pipe') - p99('direct'))}; medians: ours ${ms(p50('ours'))}, pipe ${ms(p50('pipe'))}`,
    },
    {
      id: 'P8',
      name: "p99 of others beside one pod's stream of 50 MB/s, to without",
      ours: p99('oursWithStream'),
      reference: p99('ours'),
      ratio: raise,
      unit: 'ms',
      goal: '<= 3 x',
      holds: raise <= 3,
      note: `through a byte pipe it rises ${pipeRaise.toFixed(1)} x`,
    },
  ];
}
