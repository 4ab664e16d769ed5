/** Pins in the nftables table, in transactions that hold as many as are waiting. */

import {
  delTable,
  execute,
  getElements,
  getGeneration,
  getTrackedConnections,
  isNetlinkError,
  type MessageReply,
  type Netlink,
  type NetlinkError,
  type NetlinkRequest,
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
  untrackingRequests,
} from './pin-table.ts';

/** The kernel has no nf_tables: it refuses any batch for it, or has no netfilter sockets at all. */
export class NftAbsentError extends Error {
  override readonly name = 'NftAbsentError';

  constructor(cause: NetlinkError) {
    super(cause.message, { cause });
  }
}

interface Work {
  readonly kind: 'add' | 'remove';
  readonly pin: Pin;
  readonly keepsTable?: boolean | undefined;
  readonly netns: Netns | undefined;
  readonly done: PromiseWithResolvers<void>;
}

/** Pins in one transaction; some 300 bytes each. */
const batchMax = 256;
const garbageTriesMax = 8;

/**
 * One transaction at a time, with all that waits: a removal takes the kernel some 15 ms (RCU) however many pins are in
 * it. Additions go first, since a pod's start waits for them.
 */
export class NftPins {
  readonly #netlink: Netlink;
  #waiting: Work[] = [];
  #running = false;
  /** The table is there and its rules are those of this program's version. */
  #prepared = false;
  /** It has the chains that keep frames out of connection tracking, too. */
  #untracks = false;

  constructor(netlink: Netlink) {
    this.#netlink = netlink;
  }

  /** Undefined while the table may have to be made, and while others' changes are under way, behind which it waits. */
  requestsFor(pin: Pin): readonly NetlinkRequest[] | undefined {
    return this.#prepared && !this.#running ? nftBatch(additionOf(pin)) : undefined;
  }

  /** Idempotent. E_TUNNEL when the VNI is pinned to another address. */
  add(pin: Pin, netns: Netns | undefined): Promise<void> {
    return this.#push({ kind: 'add', pin, netns, done: Promise.withResolvers() });
  }

  /** What is gone is fine; the table goes with its last pin, unless it is kept. */
  remove(pin: Pin, netns: Netns | undefined, keepsTable?: boolean): Promise<void> {
    return this.#push({ kind: 'remove', pin, netns, keepsTable, done: Promise.withResolvers() });
  }

  /** The table without pins: its rules take the kernel some 10 ms (RCU), a pin in it next to nothing. */
  async prepare(netns: Netns | undefined): Promise<void> {
    await this.#transact([], () => [], tableRequests(), netns);
    this.#prepared = true;
  }

  /**
   * Where connections are tracked, tunnels' frames are not from now on. To look at each packet for that costs as much as
   * the pins do, so it is left out where nothing is tracked.
   */
  async untrackIfTracking(netns: Netns | undefined): Promise<void> {
    if (this.#untracks || !this.#prepared || this.#running) return;
    this.#running = true;
    try {
      if (!(await this.#isTracking(netns))) return;
      await execute(this.#netlink, netns, nftBatch(untrackingRequests()));
      this.#untracks = true;
    } catch (error) {
      if (!isNetlinkError(error, 'ENOENT')) throw error; // the table is gone
    } finally {
      this.#running = false;
      if (this.#waiting.length > 0) void this.#drain();
    }
  }

  async dropIfEmpty(netns: Netns | undefined): Promise<void> {
    await this.#removeEmptyTable(netns);
  }

  /** The VNIs that are pinned, with their UDP ports. */
  async list(netns: Netns | undefined): Promise<readonly Pick<Pin, 'port' | 'vni'>[]> {
    try {
      return (await query(this.#netlink, netns, getElements(tunnels))).flat().map(readTunnelKey);
    } catch (error) {
      if (isNetlinkError(error, 'ENOENT')) return [];
      // A question about something unknown is EINVAL, unlike a batch
      throw isNetlinkError(error, 'EINVAL', 'EPROTONOSUPPORT') ? new NftAbsentError(error) : error;
    }
  }

  /** Whatever goes in or out of a namespace that tracks makes an entry. A kernel that cannot tell may be tracking. */
  async #isTracking(netns: Netns | undefined): Promise<boolean> {
    try {
      const [tracked] = await query(this.#netlink, netns, getTrackedConnections());
      return tracked !== 0;
    } catch (error) {
      if (isNetlinkError(error, 'EINVAL', 'EOPNOTSUPP')) return true;
      throw error;
    }
  }

  #push(work: Work): Promise<void> {
    this.#waiting.push(work);
    if (!this.#running) void this.#drain();
    return work.done.promise;
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
        this.#forgetTable(); // somebody removed it
        continue;
      }
      if (errors.size === 0) {
        this.#prepared = true;
        for (const { done } of left) done.resolve();
        return;
      }
      const existing: Work[] = [];
      for (const [work, error] of errors) {
        if (isNetlinkError(error, 'EEXIST')) existing.push(work);
        else work.done.reject(error);
      }
      await this.#judgeExisting(existing);
      left = left.filter((work) => !errors.has(work));
    }
  }

  /** The same pin is fine; the same VNI with another far end is not. */
  async #judgeExisting(works: readonly Work[]): Promise<void> {
    for (const [set, those] of Map.groupBy(works, ({ pin }) => setOf(pin))) {
      const present = await query(this.#netlink, those[0]?.netns, getElements(set));
      const keys = new Set(present.flat().map((key) => Buffer.concat(key).toString('hex')));
      for (const { pin, done } of those) {
        if (keys.has(Buffer.concat(keyOf(pin)).toString('hex'))) done.resolve();
        else done.reject(clash(pin));
      }
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
    if (!batch.every(({ keepsTable }) => keepsTable)) await this.#removeEmptyTable(batch[0]?.netns);
    for (const { done } of batch) done.resolve(); // those with errors are settled already
  }

  /** All or nothing; the errors of those that stood in the way. Throws what concerns nobody in particular. */
  async #transact(
    batch: readonly Work[],
    requestsOf: (pin: Pin) => NetlinkRequest[],
    preparation: readonly NetlinkRequest[],
    netns = batch[0]?.netns,
  ): Promise<Map<Work, NetlinkError>> {
    const ownerOf = new Map(batch.flatMap((work) => requestsOf(work.pin).map((request) => [request, work])));
    const messages = nftBatch([...preparation, ...ownerOf.keys()]);
    const errors = new Map<Work, NetlinkError>();
    for (const { request, error } of await this.#send(messages, netns)) {
      if (!error) continue;
      const work = ownerOf.get(request);
      if (!work)
        throw request === messages[0] && isNetlinkError(error, 'EOPNOTSUPP') ? new NftAbsentError(error) : error;
      if (!errors.has(work)) errors.set(work, error);
    }
    return errors;
  }

  async #send(messages: readonly NetlinkRequest[], netns: Netns | undefined): Promise<readonly MessageReply[]> {
    try {
      const [leg] = await this.#netlink.exchange([{ netns, family: 'netfilter', messages }]);
      return leg?.replies ?? [];
    } catch (error) {
      throw isNetlinkError(error, 'EPROTONOSUPPORT') ? new NftAbsentError(error) : error;
    }
  }

  #forgetTable(): void {
    this.#prepared = false;
    this.#untracks = false;
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
        this.#forgetTable();
        return;
      } catch (error) {
        if (isNetlinkError(error, 'ENOENT')) return;
        if (!isNetlinkError(error, 'ERESTART') || tries === garbageTriesMax) throw error;
      }
    }
  }
}

function clash({ vni, port }: Pin): PeerPodError {
  return new PeerPodError('E_TUNNEL', `VNI ${vni} on UDP port ${port} belongs to a tunnel to another address`);
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
