/** P10: the time from a forwarder that begins to listen to a relay that is connected, where SYNs vanish until then. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  addChain,
  addElements,
  addRule,
  addSet,
  addTable,
  compare,
  delElements,
  execute,
  loadMeta,
  loadPayload,
  lookUp,
  type NftSet,
  netlink,
  nftBatch,
  verdict,
} from '@peerpods/netlink';
import type { Bench } from './bench.ts';
import type { PodVmKind } from './reference/answering.ts';
import { RelayScene } from './relay-scene.ts';
import { median, quantile } from './statistics.ts';

/** When the ports open, seconds after the dial began: between and behind the kernel's retries (1 s apart, then doubling). */
const opensAfterS = [1.1, 1.6, 2.4, 3.2, 4.1, 5.3, 6.2, 7.6, 8.3, 9.2, 10.4, 11.2, 12];
const firstPort = 16_000;
const filter = { family: 'inet', name: 'silence' } as const;
const chain = { table: filter, name: 'input', hook: { at: 'input', priority: 0 } } as const;
const closed: NftSet = { table: filter, name: 'closed', key: ['port'] };

const portKey = (port: number) => [Uint8Array.of(port >>> 8, port & 0xff)];

/** Packets to the ports are dropped without a word, as a cloud's network does for a machine that is not up. */
async function silence(ports: readonly number[]): Promise<void> {
  const rule = [
    loadMeta('l4proto'),
    compare(Uint8Array.of(6)),
    loadPayload({ base: 'transport', offset: 2, length: 2, register: 0 }),
    lookUp(closed.name),
    verdict('drop'),
  ];
  const keys = ports.map(portKey);
  await execute(
    netlink,
    undefined,
    nftBatch([addTable(filter), addSet(closed), addElements(closed, keys), addChain(chain), addRule(chain, rule)]),
  );
}

const open = (port: number) => execute(netlink, undefined, nftBatch([delElements(closed, [portKey(port)])]));

/** What upstream does: one dial that waits for the kernel. */
async function blockingDial(port: number): Promise<number> {
  const socket = net.connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const at = performance.now();
  socket.destroy();
  return at;
}

export const bench: Bench = {
  ids: ['P10'],
  title: 'readiness: a forwarder that begins to listen',
  needsNamespaces: true,
  async run({ folder, progress }) {
    await using stack = new AsyncDisposableStack();
    const scene = await RelayScene.open(folder);
    const kinds = opensAfterS.map((_, at): PodVmKind => ({ port: firstPort + at, replyBytes: 200, forwarder: 'ours' }));
    const plainPorts = opensAfterS.map((_, at) => firstPort + 100 + at);
    stack.use(await scene.startPodVms(kinds));
    for (const port of plainPorts) stack.defer(listenPlainly(port));
    const relay = stack.use(await scene.startRelay());
    await silence([...kinds.map(({ port }) => port), ...plainPorts]);
    const began = performance.now();
    progress(`ports that open after ${opensAfterS[0]} to ${opensAfterS.at(-1)} s`);
    const wastes = await Promise.all(
      opensAfterS.map(async (seconds, at) => {
        const kind = kinds[at];
        const plainPort = plainPorts[at] ?? 0;
        if (!kind) throw new Error('no such pod VM');
        const ours = relay.addPod(randomBytes(8).toString('hex'), kind).then(() => performance.now());
        const blocking = blockingDial(plainPort);
        await delay(seconds * 1000 - (performance.now() - began));
        await Promise.all([open(kind.port), open(plainPort)]);
        const openedAt = performance.now();
        return { ours: (await ours) - openedAt, blocking: (await blocking) - openedAt };
      }),
    );
    const ours = wastes.map((waste) => waste.ours);
    const blocking = wastes.map((waste) => waste.blocking);
    const worst = quantile(ours, 0.99);
    return [
      {
        id: 'P10',
        name: `wait after the forwarder listens, worst of ${ours.length}, to one dial`,
        ours: worst,
        reference: quantile(blocking, 0.99),
        ratio: worst / quantile(blocking, 0.99),
        unit: 'ms',
        goal: '<= 200 ms',
        holds: worst <= 200,
      },
      {
        id: 'P10',
        name: 'wait after the forwarder listens, median, to one dial',
        ours: median(ours),
        reference: median(blocking),
        ratio: median(ours) / median(blocking),
        unit: 'ms',
        goal: '<= 120 ms',
        holds: median(ours) <= 120,
      },
    ];
  },
};

function listenPlainly(port: number): () => void {
  const server = net.createServer((socket) => socket.on('error', () => {})).listen(port, '127.0.0.1');
  return () => void server.close();
}
