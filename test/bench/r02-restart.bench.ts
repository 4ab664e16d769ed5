/** R2: how long pods are without their daemons when relay or adaptor are replaced or killed, and that none is lost. */

import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import type { Bench, BenchContext, BenchRow } from './bench.ts';
import { nodeProgram, output, Program } from './processes.ts';
import type { PodVmKind } from './reference/answering.ts';
import { type OurRelay, RelayScene } from './relay-scene.ts';
import { median } from './statistics.ts';

const kind: PodVmKind = { port: 15_150, replyBytes: 200, forwarder: 'ours' };
const sizes = [
  { pods: 110, boundS: 1.5 },
  { pods: 1000, boundS: 5 },
] as const;
const ratioMax = 4;
/** Pods that are made, and handshakes that are timed, at once. */
const batch = 20;
const nodeStarts = 5;
const sandboxIdOf = (index: number) => String(index).padStart(64, '0');

async function inBatches<T>(count: number, body: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let from = 0; from < count; from += batch) {
    const indices = Array.from({ length: Math.min(batch, count - from) }, (_, at) => from + at);
    results.push(...(await Promise.all(indices.map(body))));
  }
  return results;
}

/** One call on a shim's connection; rejects when that ends. */
async function ask(shim: net.Socket, frame: Buffer, streamId: number): Promise<void> {
  const request = Buffer.from(frame);
  request.writeUInt32BE(streamId, 4);
  shim.write(request);
  const gone = once(shim, 'close').then(() => {
    throw new Error('the connection ended');
  });
  gone.catch(() => {});
  await Promise.race([once(shim, 'data'), gone]);
}

/** How long each pod must take at least: a start of Node, and for each pod a handshake with keys of its own. */
async function floorOf(pods: number, scene: RelayScene): Promise<number> {
  const starts: number[] = [];
  for (let run = 0; run < nodeStarts; run += 1) {
    const from = performance.now();
    await output([process.execPath, '-e', '0']);
    starts.push(performance.now() - from);
  }
  const from = performance.now();
  await inBatches(pods, async () => {
    const socket = tls.connect({
      ...scene.dialOptions(kind),
      secureContext: tls.createSecureContext(scene.clientKeys()),
    });
    await once(socket, 'secureConnect');
    socket.destroy();
  });
  return (median(starts) + performance.now() - from) / 1000;
}

async function shimOf(path: string, frame: Buffer): Promise<net.Socket> {
  const shim = net.connect(path);
  shim.on('error', () => {}); // `close` follows
  await ask(shim, frame, 1);
  return shim;
}

/** Seconds from the successor's start until every shim's next call was answered, and the shims that were lost. */
async function replaced(scene: RelayScene, relay: OurRelay, shims: readonly net.Socket[]) {
  const from = performance.now();
  const successor = await scene.startRelay({ more: ['-take-over'] });
  const outcomes = await Promise.allSettled(shims.map((shim) => ask(shim, scene.request, 3)));
  const seconds = (performance.now() - from) / 1000;
  await relay.program.ended;
  return { seconds, lost: outcomes.filter(({ status }) => status === 'rejected').length, successor };
}

/** From the start of a relay after a dead one until a call on a new connection was answered for every pod. */
async function restarted(scene: RelayScene, sockets: readonly string[]) {
  const from = performance.now();
  const relay = await scene.startRelay();
  const shims = await Promise.all(sockets.map((path) => shimOf(path, scene.request)));
  const seconds = (performance.now() - from) / 1000;
  for (const shim of shims) shim.destroy();
  return { seconds, relay };
}

async function writeRecords(stateDir: string, sockets: readonly string[]): Promise<void> {
  const folder = join(stateDir, 'sandboxes');
  await mkdir(folder, { recursive: true });
  await inBatches(sockets.length, async (index) => {
    const record = {
      version: 1,
      sandboxId: sandboxIdOf(index),
      createdAtMs: index,
      request: { podName: `pod-${index}`, podNamespace: 'bench' },
      netnsPath: '/proc/self/ns/net',
      agentSocketPath: sockets[index],
      network: { vni: index + 1 },
      podVmName: `podvm-${index}`,
      podVmId: `vm-${index}`,
      state: { at: 'running' },
    };
    await writeFile(join(folder, `${record.sandboxId}.json`), `${JSON.stringify(record)}\n`);
  });
}

/** From the start of an adaptor until StartVM was answered for every pod: each is known, and none is started again. */
async function recovered(folder: string, stateDir: string, sockets: readonly string[]): Promise<number> {
  await writeRecords(stateDir, sockets);
  const socket = join(folder, 'adaptor.sock');
  const places = ['-adaptor-socket', socket, '-relay-socket', join(folder, 'relay.sock'), '-state-dir', stateDir];
  const more = ['-pods-dir', join(folder, 'pods'), '-probe-port', '0', '-log-level', 'info'];
  const from = performance.now();
  await using _adaptor = await Program.start([
    ...nodeProgram('../../src/daemons/adaptor/main.ts'),
    'fake',
    ...places,
    ...more,
  ]);
  await using client = new TtrpcClient(await dialUnix(socket), { clock });
  await Promise.all(
    sockets.map(async (_, index) => {
      const request = hypervisor.StartVMRequest.encode({ id: sandboxIdOf(index) }).finish();
      await client.call('hypervisor.Hypervisor', 'StartVM', request, { timeoutMs: 60_000 });
    }),
  );
  return (performance.now() - from) / 1000;
}

async function measure(
  { folder, progress }: BenchContext,
  { pods, boundS }: (typeof sizes)[number],
): Promise<BenchRow[]> {
  await using stack = new AsyncDisposableStack();
  // Sockets and keys are in memory there, as in production; what must be on disk is below `folder`.
  const own = join('/run', String(pods));
  const scene = await RelayScene.open(own);
  stack.use(await scene.startPodVms([kind]));
  progress(`${pods} pods, the floor`);
  const floor = await floorOf(pods, scene);
  const first = stack.use(await scene.startRelay());
  const sockets = await inBatches(pods, async (index) => {
    progress(`${pods} pods, made ${index}`);
    return await first.addPod(String(index), kind);
  });
  const shims = await inBatches(pods, (index) => shimOf(sockets[index] ?? '', scene.request));
  progress(`${pods} pods, the adaptor is started again`);
  const adaptorS = await recovered(own, join(folder, `state-${pods}`), sockets);
  progress(`${pods} pods, the relay is replaced`);
  const { seconds: replacedS, lost, successor } = await replaced(scene, first, shims);
  stack.use(successor);
  await successor.program[Symbol.asyncDispose]();
  progress(`${pods} pods, the relay was killed`);
  const { seconds: restartedS, relay } = await restarted(scene, sockets);
  stack.use(relay);
  const row = (name: string, seconds: number) => ({
    id: 'R2',
    name: `${name}, ${pods} pods`,
    ours: seconds,
    reference: floor,
    ratio: seconds / floor,
    unit: 's',
    goal: `<= ${boundS} s and ${ratioMax} x`,
    holds: seconds <= boundS && seconds / floor <= ratioMax && lost === 0,
  });
  return [
    { ...row('relay replaced: every pod answers', replacedS), ...(lost > 0 && { note: `${lost} pods were lost` }) },
    row('relay killed: every pod answers who dials anew', restartedS),
    row('adaptor killed: StartVM of every pod answered', adaptorS),
  ];
}

export const bench: Bench = {
  ids: ['R2'],
  title: 'daemons replaced and killed under many pods',
  needsNamespaces: true,
  async run(context) {
    const rows: BenchRow[] = [];
    for (const size of sizes) rows.push(...(await measure(context, size)));
    return rows;
  },
};
