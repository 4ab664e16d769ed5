/** R6: a thousand peers that stop in the middle of a frame, and what the others notice of them. */

import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { interleave } from './interleave.ts';
import type { PodVmKind } from './reference/answering.ts';
import { RelayScene } from './relay-scene.ts';
import { median } from './statistics.ts';

const podsStalled = 20;
const peersOfPod = 50;
const healthyPods = 10;
const rounds = 5;
const callsPerSecond = 1000;
/** For the connections that the peers' first bytes have made. */
const settleMs = 5000;

/** A header that announces a frame, and a part of that. */
async function stalledPeer(path: string, request: Buffer): Promise<net.Socket> {
  const peer = net.connect(path);
  peer.on('error', () => {});
  await once(peer, 'connect');
  const half = Buffer.from(request.subarray(0, request.length >> 1));
  half.writeUInt32BE(1, 4);
  peer.write(half);
  return peer;
}

const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** A relay with its healthy pods. */
async function openPlace(stack: AsyncDisposableStack, folder: string, port: number) {
  const kind: PodVmKind = { port, replyBytes: 200, forwarder: 'ours' };
  const scene = await RelayScene.open(folder);
  stack.use(await scene.startPodVms([kind]));
  const relay = stack.use(await scene.startRelay());
  const healthy = await Promise.all(names(healthyPods, 'a').map((name) => relay.addPod(name, kind)));
  const options = { mode: 'open', amount: callsPerSecond, connections: 1, warmMs: 300, runMs: 1500, pids: [] } as const;
  return {
    request: scene.request,
    addPod: (name: string) => relay.addPod(name, kind),
    p99Ms: async () => (await scene.load(healthy, options)).p99Us / 1000,
  };
}

export const bench: Bench = {
  ids: ['R6'],
  title: 'relay: peers that stall',
  needsNamespaces: false,
  async run({ folder, progress }) {
    await using stack = new AsyncDisposableStack();
    // Two relays that differ in nothing but who calls.
    const quiet = await openPlace(stack, join(folder, 'quiet'), 15_150);
    const crowded = await openPlace(stack, join(folder, 'crowded'), 15_151);
    progress('1000 peers stall');
    for (const name of names(podsStalled, 'b')) {
      const path = await crowded.addPod(name);
      const peers = await Promise.all(Array.from({ length: peersOfPod }, () => stalledPeer(path, crowded.request)));
      stack.defer(() => {
        for (const peer of peers) peer.destroy();
      });
    }
    await delay(settleMs);
    const onRound = (round: number) => progress(`stalled peers, round ${round}`);
    const contestants = { crowded: () => crowded.p99Ms(), quiet: () => quiet.p99Ms() };
    const p99 = await interleave(contestants, { rounds, warmUps: 1, onRound });
    const row = { ours: median(p99.crowded), reference: median(p99.quiet) };
    const ratio = row.ours / row.reference;
    const name = `p99 beside ${podsStalled * peersOfPod} stalled peers, to without`;
    return [{ id: 'R6', name, ...row, ratio, unit: 'ms', goal: '<= 2 x', holds: ratio <= 2 }];
  },
};
