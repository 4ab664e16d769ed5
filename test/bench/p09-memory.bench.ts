/** P9: what an idle pod costs the relay's memory: a listener, the shim's connection and the TLS connection. */

import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { residentMiB } from './process-accounting.ts';
import type { PodVmKind } from './reference/answering.ts';
import { RelayScene } from './relay-scene.ts';

const kind: PodVmKind = { port: 15_150, replyBytes: 200, forwarder: 'ours' };
const podsMax = 1000;
/** Pods that start at once. */
const batch = 20;
/** Long enough for V8 to fall idle; nobody asks it to collect. */
const settleMs = 3000;

/** One call each, so that the connection to the pod VM is there, and then silence. */
async function idleShims(sockets: readonly string[], request: Buffer): Promise<net.Socket[]> {
  return await Promise.all(
    sockets.map(async (path) => {
      const shim = net.connect(path);
      shim.write(request);
      await once(shim, 'data');
      return shim;
    }),
  );
}

export const bench: Bench = {
  ids: ['P9'],
  title: 'relay: memory of idle pods',
  needsNamespaces: false,
  async run({ folder, progress }) {
    await using stack = new AsyncDisposableStack();
    const scene = await RelayScene.open(folder);
    stack.use(await scene.startPodVms([kind]));
    // The first start of a version compiles it, and keeps what that takes; others find it in the cache.
    await (await scene.startRelay()).program.stop();
    const relay = stack.use(await scene.startRelay());
    const request = Buffer.from(scene.request);
    request.writeUInt32BE(1, 4);
    const shims: net.Socket[] = [];
    const grow = async (name: string, pods: number, socketsOf: (from: number, to: number) => Promise<string[]>) => {
      for (let from = shims.length; from < pods; from = shims.length) {
        const sockets = await socketsOf(from, Math.min(pods, from + batch));
        shims.push(...(await idleShims(sockets, request)));
        progress(`${name}, ${shims.length} pods`);
      }
      await delay(settleMs);
    };
    const measure = async (name: string, pid: number, socketsOf: (from: number, to: number) => Promise<string[]>) => {
      shims.length = 0;
      await grow(name, 1, socketsOf);
      const first = residentMiB(pid);
      await grow(name, podsMax, socketsOf);
      const last = residentMiB(pid);
      for (const shim of shims) shim.destroy();
      return { first, last, podKiB: ((last - first) * 1024) / (podsMax - 1) };
    };
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => String(from + at));
    const ours = await measure('ours', relay.program.pid, (from, to) =>
      Promise.all(range(from, to).map((name) => relay.addPod(name, kind))),
    );
    const pods = range(0, podsMax).map((name) => ({ name, kind }));
    const { program, sockets } = await scene.startReference('pipe-relay.ts', pods);
    stack.use(program);
    const pipe = await measure('pipe', program.pid, async (from, to) => sockets.slice(from, to));
    const rows = [
      { name: 'memory of an idle pod', ours: ours.podKiB, reference: pipe.podKiB, unit: 'KiB', bound: 80 },
      {
        name: `memory at ${podsMax} idle pods`,
        ours: ours.last,
        reference: pipe.last,
        unit: 'MiB',
        bound: 160,
      },
    ];
    return rows.map(({ bound, ...row }) => ({
      id: 'P9',
      ...row,
      ratio: row.ours / row.reference,
      goal: `<= ${bound} ${row.unit}`,
      holds: row.ours <= bound,
      ...(row.ours <= bound ? {} : { note: `${ours.first.toFixed(0)} MiB with one pod` }),
    }));
  },
};
