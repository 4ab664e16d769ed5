/** Every effect of the adaptor on the world around it as a numbered point, at which a process can end itself. */

import { appendFileSync } from 'node:fs';
import type { PodVmProvider, ProviderModule } from '@peerpods/provider';
import type { Outside } from '#daemons/adaptor/compose.ts';

export interface PointSettings {
  /** Where the points that were passed are written, one a line. */
  readonly log: string;
  /** The point at which this process kills itself, such as `records.append#2 done`; absent: none. */
  readonly kill?: string | undefined;
}

/** Reads of the world, which change nothing: to die before or after one is to die after or before an effect. */
const reads: ReadonlySet<string> = new Set([
  'records.names',
  'records.read',
  'provider.list',
  'provider.get',
  'provider.warm.list',
  'relay.list',
]);

/** The first effect of a pod's life: what comes before, and beside the raising of warm VMs, is the adaptor's own start. */
const first = 'records.write';
const isRaising = (name: string) => name === 'provider.warm.prepare';

export class FaultPoints {
  readonly #settings: PointSettings;
  readonly #counts = new Map<string, number>();
  #isOpen = false;

  constructor(settings: PointSettings) {
    this.#settings = settings;
  }

  /** `undone` before the effect is begun, `done` when its answer is there and nobody has heard of it. */
  async pass<T>(name: string, body: () => Promise<T>): Promise<T> {
    if (name === first) this.#isOpen = true;
    if (!(this.#isOpen || isRaising(name)) || reads.has(name)) return await body();
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    this.#reach(`${name}#${count} undone`);
    const result = await body();
    this.#reach(`${name}#${count} done`);
    return result;
  }

  #reach(point: string): void {
    appendFileSync(this.#settings.log, `${point}\n`);
    if (this.#settings.kill === point) process.kill(process.pid, 'SIGKILL');
  }

  outside({ netlink, records, folders, through }: Outside): Outside {
    return {
      netlink: this.#watched('netlink', netlink),
      records: this.#watched('records', records),
      folders: this.#watched('folders', folders),
      through: (relay) => this.#watched('relay', through(relay)),
    };
  }

  module(module: ProviderModule): ProviderModule {
    const open = async (...args: Parameters<ProviderModule['open']>): Promise<PodVmProvider> =>
      this.#watched('provider', await module.open(...args));
    return { ...module, open };
  }

  /** The same object, whose asynchronous methods pass a point on the way in and on the way out. */
  #watched<T extends object>(name: string, watched: T): T {
    return new Proxy(watched, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (key === 'warm' && typeof value === 'object' && value) return this.#watched(`${name}.warm`, value);
        if (typeof value !== 'function' || typeof key !== 'string' || key === 'close') {
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return (...args: readonly unknown[]) => {
          return this.pass(`${name}.${key}`, async () => await Reflect.apply(value, target, args));
        };
      },
    });
  }
}
