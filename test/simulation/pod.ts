/** A pod's life as kubelet, CNI and shim live it, cut short anywhere: calls repeated, callers gone, no StopVM at all. */

import { parseSandboxId, type SandboxId } from '#base/brands.ts';
import type { Faults } from './faults.ts';
import type { Place, Rules } from './rules.ts';
import type { World } from './world.ts';

export interface Life {
  readonly startsAtMs: number;
  readonly runsMs: number;
}

export class Pod {
  readonly sandboxId: SandboxId;
  readonly name: string;
  readonly netnsPath: string;
  readonly node: string;
  /** StartVM was answered, and nobody stopped or broke it. */
  mustLive = false;
  /** StopVM was not asked for. */
  wantsToRun = true;
  hasEnded = false;
  /** CreateVM was answered, and nothing has failed or been given up since. */
  isExpected = false;
  podVmId: string | undefined;
  readonly #world: World;
  readonly #rules: Rules;
  readonly #place: Place;

  constructor(index: number, node: string, world: World, rules: Rules, place: Place) {
    this.sandboxId = parseSandboxId(`s${index}`);
    this.name = `pod-${index % 3}`;
    this.netnsPath = `/run/netns/${node}-${index}`;
    this.node = node;
    this.#world = world;
    this.#rules = rules;
    this.#place = place;
    rules.pods.set(this.sandboxId, this);
  }

  /** All that StartVM promises is there when it answers. */
  started(): void {
    if (!this.wantsToRun || !this.#place.room.namespaces.has(this.netnsPath)) return;
    const record = this.#rules.recordOf(this.node, this.sandboxId);
    if (record?.state.at === 'stopping') return; // a stop came meanwhile
    const world = this.#world;
    if (record?.state.at !== 'running') {
      world.breach(`${this.sandboxId} runs, its record says ${record?.state.at}`);
      return;
    }
    this.podVmId = record.podVmId;
    const machine = this.#rules.cloud?.machines.get(this.podVmId ?? '');
    if (this.brokenSince !== undefined) return;
    if (!machine || machine.isDeleting) world.breach(`${this.sandboxId} runs without a pod VM`);
    const device = this.#place.room.namespaces.get(this.netnsPath)?.device;
    if (!device?.isComplete) world.breach(`${this.sandboxId} runs without a tunnel`);
    else if (!this.#place.room.pins.has(device.vni)) world.breach(`${this.sandboxId} runs without its pin`);
    if (this.#place.relay.alive && !this.#place.relay.attached.get(this.sandboxId)?.attachment) {
      world.breach(`${this.sandboxId} runs, and the relay does not carry it`);
    }
    this.mustLive = true;
  }

  /** When its VM, its relay or its machine died. */
  brokenSince: number | undefined;

  /** It can not go on, and its shim finds out. */
  break(): void {
    this.mustLive = false;
    this.isExpected = false;
    this.brokenSince ??= this.#world.now;
  }

  async live({ startsAtMs, runsMs }: Life, faults: Faults): Promise<void> {
    const world = this.#world;
    const { room } = this.#place;
    await world.sleep(startsAtMs);
    room.namespaces.set(this.netnsPath, { device: undefined });
    try {
      if (await this.#begin(faults)) await this.#run(runsMs);
    } catch (error) {
      world.say(() => `${this.sandboxId}: ${error}`);
    }
    this.mustLive = false;
    this.wantsToRun = false;
    this.isExpected = false;
    if (world.chance(faults.dies)) {
      // A shim that died: containerd has its clean-up done, or not even that.
      if (world.chance(0.5)) await this.#cleanUp();
    } else {
      await this.#stop(faults);
    }
    // CNI takes the namespace, and with it what is in it, whatever became of StopVM.
    await world.sleep(world.between(0, 2000));
    room.namespaces.delete(this.netnsPath);
    if (world.chance(faults.repeats)) await this.#cleanUp();
    this.hasEnded = true;
  }

  async #begin(faults: Faults): Promise<boolean> {
    const world = this.#world;
    const leave = (most: number) => (world.chance(faults.leaves) ? world.between(1, most) : undefined);
    await this.#call('CreateVM', leave(20));
    if (world.chance(faults.repeats)) await this.#call('CreateVM', undefined);
    if (world.chance(0.05)) return false;
    if (world.chance(0.1)) await world.sleep(world.between(0, 180_000));
    this.isExpected = this.brokenSince === undefined;
    const leaves = leave(60_000);
    if (leaves !== undefined) this.isExpected = false;
    const starting = this.#call('StartVM', leaves);
    starting.catch(() => {}); // it may end before it is waited for
    if (world.chance(faults.repeats)) {
      await world.sleep(world.between(0, 20_000));
      this.#call('StartVM', leave(10_000)).catch(() => {});
    }
    if (world.chance(faults.dies)) {
      // StopVM during StartVM.
      await world.sleep(world.between(0, 30_000));
      return false;
    }
    await starting;
    return true;
  }

  async #run(ms: number): Promise<void> {
    const world = this.#world;
    const until = world.now + ms;
    while (world.now < until && this.brokenSince === undefined) await world.sleep(Math.min(10_000, until - world.now));
  }

  async #stop(faults: Faults): Promise<void> {
    const world = this.#world;
    const once = async () => {
      const leave = world.chance(faults.leaves) ? world.between(0, 1500) : 120_000;
      await this.#call('StopVM', leave).catch(() => {});
    };
    await once();
    if (world.chance(faults.repeats)) await once();
  }

  /** A shim's clean-up after its own death. */
  async #cleanUp(): Promise<void> {
    await this.#call('CreateVM', undefined).catch(() => {});
    await this.#call('StopVM', 60_000).catch(() => {});
  }

  #call(method: 'CreateVM' | 'StartVM' | 'StopVM', leaveAfterMs: number | undefined): Promise<void> {
    return this.#place.relay.call(method, this.sandboxId, leaveAfterMs);
  }
}
