/** Keeps a copy of a set of objects up to date for as long as it is wanted, whatever the server and the net do. */

import { type BackoffPolicy, backoffDelayMs } from '#base/backoff.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { isPeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { KubeObject, KubernetesApi, ResourceKind, Selection, WatchEvent } from './api.ts';
import { KubernetesError } from './kubernetes-error.ts';
import { type Change, ObjectCache } from './object-cache.ts';

export interface InformerOptions<T extends KubeObject> extends Selection {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** `key` is 'namespace/name' or the name; `object` is undefined when it is gone. Several changes may come as one. */
  readonly onChange: (key: string, object: T | undefined) => void;
  /** Every kind of trouble, for a metric; it is logged and repaired in any case. */
  readonly onTrouble?: (error: unknown) => void;
  readonly silenceMsMax?: number;
  /** What is kept of an object and handed out; it must keep name, namespace, uid and version. All of it if not given. */
  readonly slim?: (object: KubeObject) => T;
  /** Objects asked for at a time. */
  readonly pageSize?: number;
}

export interface Informer<T extends KubeObject> extends AsyncDisposable {
  get(key: string): T | undefined;
  list(): T[];
  /** Resolves when the first list is in; never rejects. */
  readonly synced: Promise<void>;
  readonly isSynced: boolean;
  /** When the server was last heard of, on the informer's clock; undefined before the first list. */
  readonly heardAtMs: number | undefined;
}

const backoff: BackoffPolicy = { firstMs: 250, factor: 2, capMs: 30_000, jitterMs: 500 };
/** A watch that the server ends sooner than this counts as trouble, so that none begins in a loop. */
const shortWatchMs = 1000;

export function startInformer<T extends KubeObject>(
  api: KubernetesApi,
  kind: ResourceKind,
  options: InformerOptions<T>,
): Informer<T> {
  const follower = new Follower<T>(api, kind, options);
  const { log } = options;
  const scope = new TaskScope((error, task) => log.error({ error, task }, 'informer ended'));
  scope.run(`following ${kind.plural}`, (signal) => follower.run(signal));
  return {
    get: (key) => follower.cache.get(key),
    list: () => follower.cache.list(),
    synced: follower.synced.promise,
    get isSynced() {
      return follower.heardAtMs !== undefined;
    },
    get heardAtMs() {
      return follower.heardAtMs;
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

class Follower<T extends KubeObject> {
  readonly cache = new ObjectCache<T>();
  readonly synced = Promise.withResolvers<void>();
  heardAtMs: number | undefined;
  readonly #api: KubernetesApi;
  readonly #kind: ResourceKind;
  readonly #options: InformerOptions<T>;
  /** Where to go on; undefined: a list is needed. */
  #version: string | undefined;
  /** In a row, without anything good between. */
  #failures = 0;

  constructor(api: KubernetesApi, kind: ResourceKind, options: InformerOptions<T>) {
    this.#api = api;
    this.#kind = kind;
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      let pauseMs = 0;
      try {
        if (this.#version === undefined) await this.#list(signal);
        const lived = await this.#watch(signal);
        if (lived < shortWatchMs) pauseMs = this.#nextPauseMs();
      } catch (error) {
        if (signal.aborted) return;
        pauseMs = this.#afterTrouble(error);
      }
      if (pauseMs > 0) await sleep(clock, pauseMs, signal);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { slim, pageSize } = this.#options;
    const { items, resourceVersion } = await this.#api.list<T>(this.#kind, {
      ...this.#selection(),
      ...(slim && { slim }),
      ...(pageSize !== undefined && { pageSize }),
      signal,
    });
    for (const change of this.cache.replaceAll(items)) this.#tell(change);
    this.#version = resourceVersion;
    this.heardAtMs = this.#options.clock.now();
    this.synced.resolve();
  }

  /** How long it lived, in ms. */
  async #watch(signal: AbortSignal): Promise<number> {
    const { clock, silenceMsMax } = this.#options;
    const openedAt = clock.now();
    const watching = this.#api.watch<T>(this.#kind, {
      ...this.#selection(),
      resourceVersion: this.#version ?? '',
      signal,
      ...(silenceMsMax !== undefined && { silenceMsMax }),
    });
    try {
      for await (const event of watching) {
        this.heardAtMs = clock.now();
        this.#failures = 0;
        this.#take(event);
      }
    } finally {
      if (clock.now() - openedAt >= shortWatchMs) this.#failures = 0;
    }
    return clock.now() - openedAt;
  }

  #take(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') {
      if (event.resourceVersion !== '') this.#version = event.resourceVersion;
      return;
    }
    const { slim } = this.#options;
    const change = this.cache.apply(slim ? { type: event.type, object: slim(event.object) } : event);
    if (change) this.#tell(change);
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
  }

  #tell({ key, object }: Change<T>): void {
    try {
      this.#options.onChange(key, object);
    } catch (error) {
      this.#options.log.error({ error, key, kind: this.#kind.kind }, 'a listener failed');
    }
  }

  /** Milliseconds to wait. Every error is one that time or a new list can mend: rights may be granted, kinds defined. */
  #afterTrouble(error: unknown): number {
    const { log, onTrouble } = this.#options;
    onTrouble?.(error);
    const isGone = isPeerPodError(error, 'E_KUBE_GONE');
    if (isGone) this.#version = undefined;
    const isFirst = this.#failures === 0;
    const pauseMs = this.#nextPauseMs();
    const askedMs = error instanceof KubernetesError ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = isGone && isFirst ? 0 : Math.max(pauseMs, askedMs);
    log[isFirst ? 'debug' : 'warn']({ error, kind: this.#kind.kind, waitMs }, 'following Kubernetes objects: trouble');
    return waitMs;
  }

  #nextPauseMs(): number {
    const pauseMs = backoffDelayMs(backoff, this.#failures, () => this.#options.random.fraction());
    this.#failures += 1;
    return pauseMs;
  }

  #selection(): Selection {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return {
      ...(namespace !== undefined && { namespace }),
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    };
  }
}
