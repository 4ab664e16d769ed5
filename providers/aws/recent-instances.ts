/** Instances that we made and EC2 may not show yet: its reads lag behind its writes by seconds. */

import type { Instance } from '@aws-sdk/client-ec2';
import type { Clock } from '@peerpods/provider';

/** After this long, an instance that EC2 does not show does not exist, ms. */
const lagMsMax = 60_000;
const kept = 10_000;

export class RecentInstances {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #made = new Map<string, { instance: Instance; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  remember(instance: Instance): void {
    const { InstanceId: id } = instance;
    if (id === undefined) return;
    this.#made.set(id, { instance, at: this.#clock.now() });
    const [oldest] = this.#made.keys();
    if (this.#made.size > kept && oldest !== undefined) this.#made.delete(oldest);
  }

  /** EC2 shows them now, and may hide them again: what was read last is kept for the rest of the time. */
  seen(instances: readonly Instance[]): void {
    for (const instance of instances) {
      const known = instance.InstanceId === undefined ? undefined : this.#made.get(instance.InstanceId);
      if (known) known.instance = instance;
    }
  }

  byId(id: string): Instance | undefined {
    this.#forgetOld();
    return this.#made.get(id)?.instance;
  }

  where(test: (instance: Instance) => boolean): readonly Instance[] {
    this.#forgetOld();
    return [...this.#made.values()].map(({ instance }) => instance).filter(test);
  }

  #forgetOld(): void {
    const oldest = this.#clock.now() - lagMsMax;
    for (const [id, { at }] of this.#made) {
      if (at > oldest) return;
      this.#made.delete(id);
    }
  }
}
