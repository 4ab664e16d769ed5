/** P7: our relay against two that decode and encode every message, and against a plain pipe of bytes. */

import type { Bench, BenchRow } from './bench.ts';
import { interleave } from './interleave.ts';
import type { PodVmKind } from './reference/answering.ts';
import { goRelay, type Load, type ReferenceRelay, RelayScene } from './relay-scene.ts';
import { median } from './statistics.ts';

const kinds = {
  ours: { port: 15_150, replyBytes: 200, forwarder: 'ours' },
  upstream: { port: 15_151, replyBytes: 200, forwarder: 'upstream' },
  bulk: { port: 15_152, replyBytes: 32 * 1024, forwarder: 'ours' },
} as const satisfies Record<string, PodVmKind>;
type KindName = keyof typeof kinds;
const kindNames = Object.keys(kinds) as KindName[];

/** The relay has one CPU for itself; generator and pod VM share the other. */
const [relayCpu, othersCpu] = [0, 1];
const rounds = { rounds: 5, warmUps: 1 };
const times = { warmMs: 150, runMs: 500 };

interface Contestant {
  readonly pid: number;
  readonly sockets: Readonly<Record<KindName, string>>;
}
type Name = 'ours' | 'pipe' | 'recode' | 'go';
type Results = Partial<Record<Name, Load[]>>;

const cpuPerCall = (load: Load) => (load.cpuUs[0] ?? Number.NaN) / load.calls;
const rate = (load: Load) => load.calls / load.seconds;
const megabytes = (load: Load) => load.bytes / 1e6 / load.seconds;
const busy = (load: Load) => (load.cpuUs[0] ?? Number.NaN) / 1e6 / load.seconds;
const of = (results: Results, name: Name, figure: (load: Load) => number) => median((results[name] ?? []).map(figure));

export const bench: Bench = {
  ids: ['P7'],
  title: 'relay: CPU, rate and latency',
  needsNamespaces: false,
  async run({ folder, progress }) {
    await using stack = new AsyncDisposableStack();
    progress('starting relays');
    const scene = await RelayScene.open(folder);
    stack.use(await scene.startPodVms(Object.values(kinds), othersCpu));
    const contestants = await startContestants(scene, stack);
    const measure = (kind: KindName, names: readonly Name[], connections: number, amount: number) => {
      const runs = names.flatMap((name) => {
        const contestant = contestants[name];
        if (!contestant) return [];
        const options = {
          mode: 'closed',
          amount,
          connections,
          ...times,
          pids: [contestant.pid],
          cpu: othersCpu,
        } as const;
        return [[name, () => scene.load([contestant.sockets[kind]], options)] as const];
      });
      const onRound = (round: number) => progress(`${kind} replies, ${connections} x ${amount}, round ${round}`);
      return interleave(Object.fromEntries(runs), { ...rounds, onRound }) as Promise<Results>;
    };
    return rowsOf({
      many: await measure('ours', ['ours', 'recode', 'pipe', 'go'], 16, 16),
      records: await measure('upstream', ['ours', 'recode', 'pipe'], 16, 16),
      alone: await measure('ours', ['ours', 'pipe'], 1, 1),
      stream: await measure('bulk', ['ours', 'recode', 'pipe'], 1, 4),
    });
  },
};

async function startContestants(
  scene: RelayScene,
  stack: AsyncDisposableStack,
): Promise<Partial<Record<Name, Contestant>>> {
  const byKind = (sockets: readonly string[]) =>
    Object.fromEntries(kindNames.map((name, at) => [name, sockets[at] ?? ''])) as Record<KindName, string>;
  const relay = stack.use(await scene.startRelay({ cpu: relayCpu }));
  const ours: string[] = [];
  for (const name of kindNames) ours.push(await relay.addPod(name, kinds[name]));
  const pods = kindNames.map((name) => ({ name, kind: kinds[name] }));
  const reference = async (script: ReferenceRelay): Promise<Contestant> => {
    const { program, sockets } = await scene.startReference(script, pods, relayCpu);
    stack.use(program);
    return { pid: program.pid, sockets: byKind(sockets) };
  };
  return {
    ours: { pid: relay.program.pid, sockets: byKind(ours) },
    recode: await reference('recode-relay.ts'),
    pipe: await reference('pipe-relay.ts'),
    ...(goRelay() !== undefined && { go: await reference('go-relay') }),
  };
}

interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
}

function rowsOf(results: Readonly<Record<'many' | 'records' | 'alone' | 'stream', Results>>): BenchRow[] {
  const { many, records, alone, stream } = results;
  const share = of(many, 'ours', busy);
  const notBusy = `the relay was only ${Math.round(share * 100)} % busy: generator and pod VM bound the rate`;
  const compare = (
    name: string,
    run: Results,
    against: Name,
    figure: (load: Load) => number,
    unit: string,
    { atMost, atLeast }: Bound,
  ): BenchRow => {
    const [ours, reference] = [of(run, 'ours', figure), of(run, against, figure)];
    const ratio = ours / reference;
    const holds = ratio <= (atMost ?? Number.POSITIVE_INFINITY) && ratio >= (atLeast ?? 0);
    const goal = atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`;
    const note = !holds && figure === rate && share < 0.9 ? { note: notBusy } : {};
    return { id: 'P7', name, ours, reference, ratio, unit, goal, holds, ...note };
  };
  return [
    compare('CPU of a 200 B call, to recode', many, 'recode', cpuPerCall, 'µs', { atMost: 0.45 }),
    compare('rate of 200 B calls, to recode', many, 'recode', rate, 'calls/s', { atLeast: 1.7 }),
    compare('rate of 200 B calls, to pipe', many, 'pipe', rate, 'calls/s', { atLeast: 0.9 }),
    compare('CPU of a 200 B call, to pipe', many, 'pipe', cpuPerCall, 'µs', { atMost: 1.25 }),
    ...(many.go
      ? [
          compare('CPU of a 200 B call, to recode in Go', many, 'go', cpuPerCall, 'µs', { atMost: 0.45 }),
          compare('rate of 200 B calls, to recode in Go', many, 'go', rate, 'calls/s', { atLeast: 1.7 }),
        ]
      : []),
    compare("CPU of a 200 B call, upstream's forwarder, to recode", records, 'recode', cpuPerCall, 'µs', {
      atMost: 0.45,
    }),
    compare("CPU of a 200 B call, upstream's forwarder, to pipe", records, 'pipe', cpuPerCall, 'µs', { atMost: 1.1 }),
    compare("rate of 200 B calls, upstream's forwarder, to pipe", records, 'pipe', rate, 'calls/s', { atLeast: 0.9 }),
    compare('one call at a time p50, to pipe', alone, 'pipe', (load) => load.p50Us, 'µs', { atMost: 1.1 }),
    compare('32 KiB replies, to pipe', stream, 'pipe', megabytes, 'MB/s', { atLeast: 0.9 }),
    compare('32 KiB replies, to recode', stream, 'recode', megabytes, 'MB/s', { atLeast: 1.5 }),
  ];
}
