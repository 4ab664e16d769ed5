/** Lets a tunnel's frames in from its own far end only, and keeps them out of connection tracking. */

import {
  delTable,
  execute,
  getElements,
  getGeneration,
  isNetlinkError,
  type Netlink,
  type NetlinkError,
  type Netns,
  nftBatch,
  query,
} from '@peerpods/netlink';
import { PeerPodError } from '#base/errors.ts';
import {
  additionOf,
  keyOf,
  type Pin,
  readTunnelKey,
  removalOf,
  setOf,
  table,
  tableRequests,
  tunnels,
} from './pin-table.ts';

interface Work {
  readonly kind: 'add' | 'remove';
  readonly pin: Pin;
  readonly netns: Netns | undefined;
  readonly done: PromiseWithResolvers<void>;
}

/** Pins in one transaction; some 300 bytes each. */
const batchMax = 256;
const garbageTriesMax = 8;

/** By the kernel spoken to and the namespace's path. */
const queues = new WeakMap<Netlink, Map<string, PinQueue>>();

/** Idempotent. E_TUNNEL when the VNI is pinned to another address. */
export function addPin(netlink: Netlink, netns: Netns | undefined, pin: Pin): Promise<void> {
  return queueOf(netlink, netns).push('add', pin, netns);
}

/** What is gone is fine; the table goes with its last pin. */
export function removePin(netlink: Netlink, netns: Netns | undefined, pin: Pin): Promise<void> {
  return queueOf(netlink, netns).push('remove', pin, netns);
}

/** The VNIs that are pinned, with their UDP ports. */
export async function readPins(
  netlink: Netlink,
  netns: Netns | undefined,
): Promise<readonly Pick<Pin, 'port' | 'vni'>[]> {
  try {
    return (await query(netlink, netns, getElements(tunnels))).flat().map(readTunnelKey);
  } catch (error) {
    if (isNetlinkError(error, 'ENOENT')) return [];
    throw error;
  }
}

function queueOf(netlink: Netlink, netns: Netns | undefined): PinQueue {
  const byPath = queues.get(netlink) ?? new Map<string, PinQueue>();
  queues.set(netlink, byPath);
  const path = netns?.path ?? '';
  const queue = byPath.get(path) ?? new PinQueue(netlink);
  byPath.set(path, queue);
  return queue;
}

/**
 * One transaction at a time, with all that waits: a removal takes the kernel some 15 ms (RCU) however many pins are in
 * it. Additions go first, since a pod's start waits for them.
 */
class PinQueue {
  readonly #netlink: Netlink;
  #waiting: Work[] = [];
  #running = false;
  /** The table is there and its rules are those of this program's version. */
  #prepared = false;

  constructor(netlink: Netlink) {
    this.#netlink = netlink;
  }

  push(kind: Work['kind'], pin: Pin, netns: Netns | undefined): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ kind, pin, netns, done });
    if (!this.#running) void this.#drain();
    return done.promise;
  }

  async #drain(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = takeBatch(this.#waiting);
      this.#waiting = this.#waiting.filter((work) => !batch.includes(work));
      try {
        await (batch[0]?.kind === 'add' ? this.#add(batch) : this.#remove(batch));
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#running = false;
  }

  async #add(batch: readonly Work[]): Promise<void> {
    for (let left = batch; left.length > 0; ) {
      const preparation = this.#prepared ? [] : tableRequests();
      const errors = await this.#transact(left, additionOf, preparation);
      if (this.#prepared && isNetlinkError(errors.values().next().value, 'ENOENT')) {
        this.#prepared = false; // somebody removed the table
        continue;
      }
      if (errors.size === 0) {
        this.#prepared = true;
        for (const { done } of left) done.resolve();
        return;
      }
      for (const [work, error] of errors) {
        if (isNetlinkError(error, 'EEXIST')) await this.#judgeExisting(work);
        else work.done.reject(error);
      }
      left = left.filter((work) => !errors.has(work));
    }
  }

  async #judgeExisting({ pin, netns, done }: Work): Promise<void> {
    const wanted = Buffer.concat(keyOf(pin));
    try {
      const keys = (await query(this.#netlink, netns, getElements(setOf(pin)))).flat();
      if (keys.some((key) => wanted.equals(Buffer.concat(key)))) return done.resolve();
      const { vni, port } = pin;
      done.reject(
        new PeerPodError('E_TUNNEL', `VNI ${vni} on UDP port ${port} belongs to a tunnel to another address`),
      );
    } catch (error) {
      done.reject(error);
    }
  }

  async #remove(batch: readonly Work[]): Promise<void> {
    let left = batch;
    while (left.length > 0) {
      const errors = await this.#transact(left, removalOf, []);
      if (errors.size === 0) break;
      const gone = [...errors].filter(([, error]) => isNetlinkError(error, 'ENOENT')).map(([work]) => work);
      for (const [work, error] of errors) if (!gone.includes(work)) work.done.reject(error);
      left = left.filter((work) => !errors.has(work));
    }
    await this.#removeEmptyTable(batch[0]?.netns);
    for (const { done } of batch) done.resolve(); // those with errors are settled already
  }

  /** All or nothing; the errors of those that stood in the way. Throws what concerns nobody in particular. */
  async #transact(
    batch: readonly Work[],
    requestsOf: (pin: Pin) => ReturnType<typeof additionOf>,
    preparation: ReturnType<typeof tableRequests>,
  ): Promise<Map<Work, NetlinkError>> {
    const owned = batch.map((work) => requestsOf(work.pin).map((request) => ({ work, request })));
    const messages = nftBatch([...preparation, ...owned.flat().map(({ request }) => request)]);
    const [leg] = await this.#netlink.exchange([{ netns: batch[0]?.netns, family: 'netfilter', messages }]);
    const errors = new Map<Work, NetlinkError>();
    const ownerOf = new Map(owned.flat().map(({ work, request }) => [request, work]));
    for (const { request, error } of leg?.replies ?? []) {
      if (!error) continue;
      const work = ownerOf.get(request);
      if (!work) throw error;
      if (!errors.has(work)) errors.set(work, error);
    }
    return errors;
  }

  /** With the generation it was seen in, so that no other process's pin can come in between. */
  async #removeEmptyTable(netns: Netns | undefined): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        const [generation] = await query(this.#netlink, netns, getGeneration());
        if (generation === undefined || (await query(this.#netlink, netns, getElements(tunnels))).flat().length > 0) {
          return;
        }
        await execute(this.#netlink, netns, nftBatch([delTable(table)], { generation }));
        this.#prepared = false;
        return;
      } catch (error) {
        if (isNetlinkError(error, 'ENOENT')) return;
        if (!isNetlinkError(error, 'ERESTART') || tries === garbageTriesMax) throw error;
      }
    }
  }
}

/** Of one kind, each VNI once, and nothing before what was asked of the same VNI earlier. */
export function takeBatch<T extends Pick<Work, 'kind' | 'pin'>>(waiting: readonly T[]): T[] {
  const seen = new Set<string>();
  const ready = waiting.filter(({ pin }) => {
    const key = `${pin.port} ${pin.vni}`;
    const first = !seen.has(key);
    seen.add(key);
    return first;
  });
  const additions = ready.filter(({ kind }) => kind === 'add');
  return (additions.length > 0 ? additions : ready).slice(0, batchMax);
}
