/** The seven verbs over HTTPS: paths, bodies, refusals, bounded repetition. */

import type { IncomingMessage } from 'node:http';
import { type Clock, sleep } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { type Random, randomInteger } from '#base/random.ts';
import { deadlineSignal, linkedSignal } from '#base/signals.ts';
import type {
  CallOptions,
  DeleteOptions,
  KubeObject,
  KubernetesApi,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  ResourceKind,
  WatchEvent,
  WatchOptions,
} from './api.ts';
import type { ClusterConnection } from './connection.ts';
import { apiVersionOf } from './kinds.ts';
import { KubernetesError, readRefusal } from './kubernetes-error.ts';
import { LineSplitter } from './line-splitter.ts';
import { type Query, resourcePath } from './resource-path.ts';
import { retryDelayMs } from './retry.ts';
import { type Answer, type OutgoingCall, Transport, unavailable, wasNeverSent } from './transport.ts';
import { readWatchLine } from './watch-line.ts';

export interface KubernetesClientOptions {
  readonly connection: ClusterConnection;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Names the program; up to the first '/', it is also the field manager of what is written. */
  readonly userAgent: string;
}

const callMsMax = 30_000;
const listMsMax = 60_000;
/** Of a call that may be made again: a connection that died in silence must not use up all the time. */
const attemptMsMax = 12_000;
const pageSizeUsual = 500;
const silenceMsUsual = 150_000;
const watchLineBytesMax = 16 * 1024 * 1024;
const watchOpenMsMax = 15_000;

type Call = Omit<OutgoingCall, 'signal'> & { readonly repeatable: boolean };

interface Bounds {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export class KubernetesClient implements KubernetesApi, Disposable {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #transport: Transport;

  constructor(options: KubernetesClientOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#log = options.log;
    this.#transport = new Transport(options.connection, options.userAgent);
  }

  async get<T extends KubeObject>(key: ObjectKey, options: CallOptions = {}): Promise<T | undefined> {
    const path = resourcePath(key.kind, placeOf(key, options));
    return await absentAsUndefined(this.#call<T>({ method: 'GET', path, repeatable: true }, options));
  }

  async list<T extends KubeObject>(kind: ResourceKind, options: ListOptions = {}): Promise<ObjectList<T>> {
    const { pageSize = pageSizeUsual, signal, timeoutMs = listMsMax } = options;
    using bound = deadlineSignal(this.#clock, timeoutMs, `listing ${kind.plural}`, signal);
    try {
      return await this.#listPages<T>(kind, options, pageSize, bound.signal);
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.code !== 'E_KUBE_GONE') throw error;
      // The state that the pages were taken from is no longer kept: all in one piece can not expire.
      return await this.#listPages<T>(kind, options, 0, bound.signal);
    }
  }

  async create<T extends KubeObject>(object: T, kind: ResourceKind, options: CallOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    if (kind.namespaced && !namespace) throw new PeerPodError('E_ARGUMENT', `a ${kind.kind} without a namespace`);
    const { subresource } = options;
    const place = subresource === undefined ? { namespace } : { namespace, name, subresource };
    const path = resourcePath(kind, place, writeQuery(options));
    return await this.#call<T>({ method: 'POST', path, body: json(object), repeatable: false }, options);
  }

  async replace<T extends KubeObject>(object: T, kind: ResourceKind, options: CallOptions = {}): Promise<T> {
    const { namespace, name = '', resourceVersion } = object.metadata;
    const path = resourcePath(kind, { namespace, name, subresource: options.subresource }, writeQuery(options));
    // A second write of the same version is a conflict, not a second change.
    const repeatable = resourceVersion !== undefined;
    return await this.#call<T>({ method: 'PUT', path, body: json(object), repeatable }, options);
  }

  async patch<T extends KubeObject>(key: ObjectKey, patch: Patch, options: CallOptions = {}): Promise<T> {
    const manager = patch.type === 'apply' ? { fieldManager: patch.fieldManager, force: patch.force ?? false } : {};
    const path = resourcePath(key.kind, placeOf(key, options), { ...writeQuery(options), ...manager });
    const repeatable = patch.type !== 'json';
    return await this.#call<T>({ method: 'PATCH', path, body: patchBody(patch), repeatable }, options);
  }

  async delete(key: ObjectKey, options: DeleteOptions = {}): Promise<boolean> {
    const { gracePeriodSeconds, propagationPolicy, preconditions } = options;
    const body = json({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds,
      propagationPolicy,
      preconditions,
    });
    const path = resourcePath(key.kind, key);
    const gone = await absentAsUndefined(
      this.#call<KubeObject>({ method: 'DELETE', path, body, repeatable: true }, options),
    );
    return gone !== undefined;
  }

  async *watch<T extends KubeObject>(kind: ResourceKind, options: WatchOptions): AsyncGenerator<WatchEvent<T>, void> {
    const { silenceMsMax = silenceMsUsual, timeoutSeconds = randomInteger(this.#random, 300, 600) } = options;
    const path = resourcePath(
      kind,
      { namespace: options.namespace },
      {
        watch: 1,
        allowWatchBookmarks: true,
        resourceVersion: options.resourceVersion,
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
        timeoutSeconds,
      },
    );
    using owned = linkedSignal(options.signal);
    const incoming = await this.#openWatch(path, kind, owned);
    const attempted = `watching ${kind.plural}`;
    const dead = () =>
      owned.abort(new PeerPodError('E_KUBE_UNAVAILABLE', `${attempted}: nothing for ${silenceMsMax} ms`));
    let cancelSilence = this.#clock.after(silenceMsMax, dead);
    const lines = new LineSplitter(watchLineBytesMax);
    try {
      for await (const chunk of incoming as AsyncIterable<Buffer>) {
        cancelSilence();
        for (const line of lines.push(chunk)) yield readWatchLine<T>(line, attempted);
        // Begins when the events are handled: a slow reader is no silent server.
        cancelSilence = this.#clock.after(silenceMsMax, dead);
      }
    } catch (error) {
      if (owned.signal.aborted) throw owned.signal.reason;
      throw error instanceof PeerPodError ? error : unavailable(attempted, error);
    } finally {
      cancelSilence();
      incoming.destroy();
    }
  }

  [Symbol.dispose](): void {
    this.#transport.close();
  }

  async #listPages<T extends KubeObject>(
    kind: ResourceKind,
    options: ListOptions,
    pageSize: number,
    signal: AbortSignal,
  ): Promise<ObjectList<T>> {
    const { namespace, labelSelector, fieldSelector, slim = (object: KubeObject) => object } = options;
    const items: T[] = [];
    let next: string | undefined;
    for (;;) {
      const limit = pageSize > 0 ? pageSize : undefined;
      const path = resourcePath(kind, { namespace }, { labelSelector, fieldSelector, limit, continue: next });
      const page = await this.#call<ListPage<T>>(
        { method: 'GET', path, repeatable: true },
        { signal, timeoutMs: listMsMax },
      );
      // The objects of a list do not say what they are: it is the same for all.
      for (const item of page.items ?? []) {
        const kept = slim({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind });
        if (kept) items.push(kept as T);
      }
      next = page.metadata?.continue || undefined;
      if (next === undefined) return { items, resourceVersion: page.metadata?.resourceVersion ?? '' };
    }
  }

  async #openWatch(path: string, kind: ResourceKind, owned: ReturnType<typeof linkedSignal>): Promise<IncomingMessage> {
    const attempted = `watching ${kind.plural}`;
    const cancel = this.#clock.after(watchOpenMsMax, () =>
      owned.abort(new PeerPodError('E_DEADLINE', `${attempted} took longer than ${watchOpenMsMax} ms to open`)),
    );
    try {
      const answer = await this.#transport.stream({ method: 'GET', path, signal: owned.signal });
      if (!('text' in answer)) return answer;
      if (answer.status === 401) this.#transport.refused();
      throw new KubernetesError(attempted, readRefusal(answer.status, parsed(answer.text), answer.retryAfter));
    } finally {
      cancel();
    }
  }

  /** Repeats what may be repeated until an answer, the deadline or the signal. */
  async #call<T>(call: Call, { signal, timeoutMs = callMsMax }: Bounds): Promise<T> {
    const attempted = `${call.method} ${call.path}`;
    using whole = deadlineSignal(this.#clock, timeoutMs, attempted, signal);
    const endsAt = this.#clock.now() + timeoutMs;
    let asked401 = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return this.#result<T>(attempted, await this.#attempt(call, attempted, whole.signal));
      } catch (error) {
        if (whole.signal.aborted) throw whole.signal.reason;
        if (error instanceof KubernetesError && error.code === 'E_KUBE_UNAUTHORIZED' && !asked401) {
          asked401 = true;
          this.#transport.refused();
          continue;
        }
        const kind = { repeatable: call.repeatable, neverSent: wasNeverSent(error) };
        const waitMs = retryDelayMs(error, attempt, kind, () => this.#random.fraction());
        if (waitMs === undefined || this.#clock.now() + waitMs >= endsAt) throw error;
        this.#log.debug({ attempted, attempt, waitMs, error }, 'Kubernetes call is made again');
        await sleep(this.#clock, waitMs, whole.signal);
      }
    }
  }

  async #attempt(call: Call, attempted: string, signal: AbortSignal): Promise<Answer> {
    if (!call.repeatable) return await this.#transport.exchange({ ...call, signal });
    using bound = deadlineSignal(this.#clock, attemptMsMax, attempted, signal);
    return await this.#transport.exchange({ ...call, signal: bound.signal });
  }

  #result<T>(attempted: string, { status, text, retryAfter, warnings }: Answer): T {
    const value = parsed(text);
    if (status < 200 || status > 299) {
      throw new KubernetesError(attempted, readRefusal(status, value, retryAfter));
    }
    if (typeof value !== 'object' || value === null) {
      throw new PeerPodError('E_KUBE_UNAVAILABLE', `${attempted}: the answer is not JSON`);
    }
    for (const warning of warnings.slice(0, 8)) this.#log.warn({ attempted, warning }, 'Kubernetes warns');
    return value as T;
  }
}

interface ListPage<T> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly T[] | null;
}

function placeOf({ namespace, name }: ObjectKey, { subresource }: CallOptions) {
  return { namespace, name, subresource };
}

function writeQuery({ dryRun }: CallOptions): Query {
  return dryRun ? { dryRun: 'All' } : {};
}

function json(value: unknown): { type: string; text: string } {
  return { type: 'application/json', text: JSON.stringify(value) };
}

function patchBody(patch: Patch): { type: string; text: string } {
  switch (patch.type) {
    case 'json':
      return { type: 'application/json-patch+json', text: JSON.stringify(patch.operations) };
    case 'merge':
      return { type: 'application/merge-patch+json', text: JSON.stringify(patch.body) };
    case 'strategic':
      return { type: 'application/strategic-merge-patch+json', text: JSON.stringify(patch.body) };
    case 'apply':
      return { type: 'application/apply-patch+yaml', text: JSON.stringify(patch.body) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what a proxy in between wrote
  }
}

async function absentAsUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof KubernetesError && error.code === 'E_KUBE_NOT_FOUND') return undefined;
    throw error;
  }
}
