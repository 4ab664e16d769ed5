/** P11: the adaptor's own cost of CreateVM and StartVM, to the sum of what its parts cost each alone. And StopVM's answer. */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, renameSync, watch, writeSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { delLink, execute, netlink, openNetns } from '@peerpods/netlink';
import { addPod, setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { Hypervisor } from '#dev/shim/shim.ts';
import { encodeBootFiles } from '#domain/podvm/boot-files.ts';
import { issuePodIdentity, type PodIdentity } from '#io/certificate-authority.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { answerLocally } from '../support/local-pod-vms.ts';
import type { Bench, BenchRow } from './bench.ts';
import { directLegs, TunnelFloor, tunnelIndex } from './floor/tunnel-floor.ts';
import { interleave } from './interleave.ts';
import { makePods } from './pod-netns.ts';
import { nodeProgram, Program } from './processes.ts';
import type { BootMessage } from './reference/instant-adaptor.ts';
import { median, quantile } from './statistics.ts';

const rounds = 60;
const warmUps = 6;
const podVmAddress = '192.168.122.21';
const port = 15_150;
const recordBytes = 1500;
/** The tunnel is taken down after StopVM's answer, and holds up every other change of devices meanwhile. */
const releaseMs = 100;
const floorName = 'podvm-floor';

const paths = {
  hypervisor: '/run/peerpod/hypervisor.sock',
  adaptor: '/run/peerpod/adaptor.sock',
  relay: '/run/peerpod/relay.sock',
  pods: '/run/peerpod/pods',
  podVms: '/run/pod-vms.sock',
};

async function timed(body: () => Promise<unknown> | unknown): Promise<number> {
  const started = performance.now();
  await body();
  return performance.now() - started;
}

async function startWorker(folder: string, stack: AsyncDisposableStack): Promise<void> {
  await setUpWorkerNode();
  answerLocally(`${podVmAddress}/32`);
  stack.use(await Program.start([...nodeProgram('reference/pod-vms.ts'), paths.podVms, podVmAddress, String(port)]));
  const relay = ['-socket', paths.hypervisor, '-adaptor-socket', paths.adaptor, '-control-socket', paths.relay];
  stack.use(
    await Program.start([...nodeProgram('../../src/daemons/relay/main.ts'), ...relay, '-pods-dir', paths.pods]),
  );
  const adaptor = [
    ...['-adaptor-socket', paths.adaptor, '-relay-socket', paths.relay, '-pods-dir', paths.pods],
    ...['-state-dir', join(folder, 'state'), '-peerpods-limit-per-node', '-1'],
  ];
  stack.use(
    await Program.start([...nodeProgram('reference/instant-adaptor.ts'), paths.podVms, podVmAddress, ...adaptor]),
  );
}

/** Three key pairs and three signatures: nothing of what makes certificates of them. */
function makeKeys(): void {
  for (let n = 0; n < 3; n += 1) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    sign('sha256', randomBytes(400), privateKey);
  }
}

/** The least that makes a record durable: a new file under its final name, then lines added to it. */
function writeDurably(folder: string, round: number, times: number): void {
  const bytes = Buffer.alloc(recordBytes, 0x20);
  const [staged, record] = [join(folder, 'staged'), join(folder, `record${round}`)];
  for (let n = 0; n < times; n += 1) {
    const file = openSync(n === 0 ? staged : record, n === 0 ? 'wx' : 'a', 0o600);
    writeSync(file, bytes);
    fdatasyncSync(file);
    closeSync(file);
    if (n > 0) continue;
    renameSync(staged, record);
    const directory = openSync(folder, 'r');
    fsyncSync(directory);
    closeSync(directory);
  }
}

/** One connection of its own and one empty call through the relay to the adaptor and back. */
async function emptyCall(): Promise<void> {
  await using client = new TtrpcClient(await dialUnix(paths.hypervisor), { clock });
  await client.call('hypervisor.Hypervisor', 'Version', new Uint8Array(0));
}

async function bootFloorVm(identity: PodIdentity): Promise<void> {
  const userData = encodeBootFiles({
    forwarder: {
      podNetwork: null,
      podNamespace: 'bench',
      podName: floorName,
      tlsServerCert: identity.serverCertPem,
      tlsServerKey: identity.serverKeyPem,
      tlsClientCa: identity.clientCertPem,
    },
    initdataToml: undefined,
    globalInitdata: undefined,
    scratchSpace: false,
  });
  const message: BootMessage = { name: floorName, userData: userData.reveal() };
  const control = net.connect(paths.podVms);
  control.end(`${JSON.stringify(message)}\n`);
  await once(control.resume(), 'close');
}

/** A context, a handshake with certificates on both sides, and one answered call. */
async function firstCall(identity: PodIdentity): Promise<void> {
  const socket = tls.connect({
    host: podVmAddress,
    port,
    servername: floorName,
    ca: identity.caCertPem,
    cert: identity.clientCertPem,
    key: identity.clientKeyPem.reveal(),
  });
  await once(socket, 'secureConnect');
  const client = new TtrpcClient(socket, { clock });
  await client.call('grpc.Health', 'Check', new Uint8Array(0));
  client.destroy();
}

/** How often the record of each sandbox has been made or added to. */
function watchRecords(folder: string, stack: AsyncDisposableStack): Map<string, number> {
  const writes = new Map<string, number>();
  const watcher = watch(folder, (_event, file) => {
    if (file?.endsWith('.json') && !file.startsWith('.')) writes.set(file, (writes.get(file) ?? 0) + 1);
  });
  stack.defer(() => watcher.close());
  return writes;
}

interface Life {
  readonly startMs: number;
  readonly stopMs: number;
}

export const bench: Bench = {
  ids: ['P11', 'P3'],
  title: 'CreateVM, StartVM and the answer of StopVM',
  needsNamespaces: true,
  async run({ folder, progress }) {
    await using stack = new AsyncDisposableStack();
    progress('starting the worker');
    const records = join(folder, 'state/sandboxes');
    mkdirSync(records, { recursive: true, mode: 0o700 });
    const writes = watchRecords(records, stack);
    await startWorker(folder, stack);
    const floor = stack.use(new TunnelFloor());
    const count = rounds + warmUps;
    const bare = await makePods('f', 2 * count);
    const identity = issuePodIdentity({ serverName: floorName, clock });
    await bootFloorVm(identity);
    const durable = join(folder, 'durable');
    mkdirSync(durable);
    let durableWrites = 0;
    const hypervisor = new Hypervisor(paths.hypervisor);
    const shapeOf = (at: number) => {
      const pod = bare[at];
      if (!pod) throw new Error('too few namespaces');
      return { netnsPath: pod.path, podIndex: pod.podIndex, vni: 100 + at, remote: podVmAddress, port: 4788 };
    };
    const results = await interleave<string, Life>(
      {
        ours: async (round) => {
          const pod = await addPod(round);
          const id = randomBytes(32).toString('hex');
          const startMs = await timed(async () => {
            await hypervisor.createVm({ id, podName: pod.name, podNamespace: 'bench', netnsPath: pod.netnsPath });
            await hypervisor.startVm(id);
          });
          await delay(5); // for the events of the last write
          durableWrites = writes.get(`${id}.json`) ?? 0;
          const stopMs = await timed(() => hypervisor.stopVm(id));
          await delay(releaseMs);
          return { startMs, stopMs };
        },
        tunnel: async (round) => {
          const startMs = await floor.setUp(shapeOf(round), directLegs);
          using netns = openNetns(shapeOf(round).netnsPath);
          // Deleting the device and waiting for the kernel, as a caller would that deletes before it answers.
          const stopMs = await timed(() => execute(netlink, netns, [delLink({ index: tunnelIndex(100 + round) })]));
          return { startMs, stopMs };
        },
        keys: async () => ({ startMs: await timed(makeKeys), stopMs: 0 }),
        disk: async (round) => ({ startMs: await timed(() => writeDurably(durable, round, durableWrites)), stopMs: 0 }),
        tls: async () => ({ startMs: await timed(() => firstCall(identity)), stopMs: 0 }),
        calls: async () => ({
          startMs: await timed(async () => {
            await emptyCall();
            await emptyCall();
          }),
          stopMs: 0,
        }),
      },
      { rounds, warmUps, onRound: (round) => progress(`pod ${round}`) },
    );
    return rowsOf(results, durableWrites);
  },
};

function rowsOf(results: Readonly<Record<string, readonly Life[]>>, durableWrites: number): BenchRow[] {
  const starts = (name: string) => (results[name] ?? []).map(({ startMs }) => startMs);
  const stops = (name: string) => (results[name] ?? []).map(({ stopMs }) => stopMs);
  const floors = ['tunnel', 'keys', 'disk', 'tls', 'calls'].map((name) => [name, median(starts(name))] as const);
  const sum = floors.reduce((total, [, ms]) => total + ms, 0);
  const [p50, p99] = [median(starts('ours')), quantile(starts('ours'), 0.99)];
  const parts = floors.map(([name, ms]) => `${name} ${ms.toFixed(2)}`).join(', ');
  const note = `floors in ms: ${parts} (${durableWrites} durable writes)`;
  const common = { id: 'P11', reference: sum, unit: 'ms' } as const;
  const stop = median(stops('ours'));
  const waiting = median(stops('tunnel'));
  return [
    {
      ...common,
      name: 'CreateVM + StartVM p50, to the sum of floors',
      ours: p50,
      ratio: p50 / sum,
      goal: '<= 2.5 x',
      holds: p50 <= 2.5 * sum,
      note,
    },
    { ...common, name: 'CreateVM + StartVM p50', ours: p50, ratio: p50 / sum, goal: '<= 15 ms', holds: p50 <= 15 },
    { ...common, name: 'CreateVM + StartVM p99', ours: p99, ratio: p99 / sum, goal: '<= 40 ms', holds: p99 <= 40 },
    {
      id: 'P3',
      name: 'answer of StopVM, to one tunnel deleted first',
      ours: stop,
      reference: waiting,
      ratio: stop / waiting,
      unit: 'ms',
      goal: '<= 0.5 x',
      holds: stop <= 0.5 * waiting,
    },
  ];
}
