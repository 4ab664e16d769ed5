/**
 * A Kubernetes API server in memory, for tests that crash a controller at each of its calls: objects, uids, versions,
 * finalizers, owner references, the three patches that we send. What a real server does is held by test/cluster.
 */

import { randomUUID } from 'node:crypto';
import type {
  CallOptions,
  DeleteOptions,
  JsonPatchOperation,
  KubeObject,
  KubernetesApi,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  ResourceKind,
  Selection,
  WatchEvent,
  WatchOptions,
} from '#io/kubernetes/api.ts';
import { apiVersionOf } from '#io/kubernetes/kinds.ts';
import { KubernetesError } from '#io/kubernetes/kubernetes-error.ts';

type Json = Record<string, unknown>;
interface Stored {
  readonly kind: ResourceKind;
  object: Json & KubeObject;
  /** What each manager applied last, by subresource. */
  readonly applied: Map<string, Json>;
}

export interface ModelCall {
  readonly verb: 'get' | 'list' | 'create' | 'replace' | 'patch' | 'delete';
  readonly path: string;
}

export interface ModelOptions {
  /** Throws to fail a call before it has an effect; what it throws is what the caller sees. */
  readonly before?: (call: ModelCall) => void;
  readonly now?: () => number;
}

const refuse = (httpStatus: number, reason: string, message: string) =>
  new KubernetesError('model', { httpStatus, reason, message });
const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const copy = <T>(value: T): T => structuredClone(value);

export class ApiModel implements KubernetesApi {
  readonly calls: ModelCall[] = [];
  readonly #objects = new Map<string, Stored>();
  readonly #listeners = new Set<(kind: ResourceKind, event: WatchEvent<KubeObject>) => void>();
  readonly #history: {
    kind: ResourceKind;
    event: Exclude<WatchEvent<KubeObject>, { type: 'BOOKMARK' }>;
    version: number;
  }[] = [];
  readonly #options: ModelOptions;
  #version = 0;

  constructor(options: ModelOptions = {}) {
    this.#options = options;
  }

  /** Every object, without a call being made. */
  objects(kind?: ResourceKind): readonly KubeObject[] {
    return [...this.#objects.values()]
      .filter((one) => !kind || one.kind.plural === kind.plural)
      .map(({ object }) => copy(object));
  }

  /** Hears of each change at once. */
  listen(listener: (kind: ResourceKind, event: WatchEvent<KubeObject>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes an object behind everyone's back, as another client would. */
  edit(key: ObjectKey, change: (object: Json) => void): void {
    const stored = this.#need(key);
    const next = copy(stored.object);
    change(next);
    this.#store(stored, next);
  }

  async get<T extends KubeObject>(key: ObjectKey): Promise<T | undefined> {
    this.#call('get', pathOf(key));
    const stored = this.#objects.get(pathOf(key));
    return stored && (copy(stored.object) as unknown as T);
  }

  async list<T extends KubeObject>(kind: ResourceKind, options: ListOptions = {}): Promise<ObjectList<T>> {
    this.#call('list', kind.plural);
    const items = this.objects(kind).filter((object) => isSelected(object, options));
    const slim = options.slim ?? ((object: KubeObject) => object);
    const kept = items.flatMap((object) => slim(object) ?? []);
    return { items: kept as T[], resourceVersion: String(this.#version) };
  }

  async create<T extends KubeObject>(object: T, kind: ResourceKind): Promise<T> {
    const { name = '', namespace } = object.metadata;
    const key = { kind, name, ...(namespace !== undefined && { namespace }) };
    this.#call('create', pathOf(key));
    if (this.#objects.has(pathOf(key))) throw refuse(409, 'AlreadyExists', `${pathOf(key)} already exists`);
    return copy(this.#add(key, object)) as unknown as T;
  }

  async replace<T extends KubeObject>(object: T, kind: ResourceKind): Promise<T> {
    const { name = '', namespace } = object.metadata;
    const key = { kind, name, ...(namespace !== undefined && { namespace }) };
    this.#call('replace', pathOf(key));
    const stored = this.#need(key);
    if (object.metadata.resourceVersion !== stored.object.metadata.resourceVersion) {
      throw refuse(409, 'Conflict', 'the object has been modified');
    }
    return copy(this.#store(stored, copy(object) as unknown as Json)) as unknown as T;
  }

  async patch<T extends KubeObject>(key: ObjectKey, patch: Patch, options: CallOptions = {}): Promise<T> {
    this.#call('patch', `${pathOf(key)}${options.subresource ? `/${options.subresource}` : ''}`);
    if (patch.type === 'apply' && !options.subresource && !this.#objects.has(pathOf(key))) {
      const stored = this.#add(key, patch.body as KubeObject);
      this.#need(key).applied.set(patch.fieldManager, copy(patch.body as Json));
      return copy(stored) as unknown as T;
    }
    const stored = this.#need(key);
    const before = stored.object;
    let next: Json = copy(before);
    if (patch.type === 'json') next = jsonPatched(next, patch.operations);
    else if (patch.type === 'apply') {
      const body = patch.body as Json & { readonly metadata?: { readonly uid?: string } };
      if (body.metadata?.uid !== undefined && body.metadata.uid !== before.metadata.uid) {
        throw refuse(409, 'Conflict', 'the uid is another');
      }
      const manager = `${patch.fieldManager}${options.subresource ?? ''}`;
      const old = stored.applied.get(manager);
      next = merged(old ? (without(next, old, body) as Json) : next, body) as Json;
      stored.applied.set(manager, copy(body));
    } else next = mergePatched(next, patch.body) as Json;
    // The status is written through its subresource only, and nothing else is.
    const own =
      options.subresource === 'status' ? { ...before, status: next.status } : { ...next, status: before.status };
    return copy(this.#store(stored, own as Json)) as unknown as T;
  }

  async delete(key: ObjectKey, options: DeleteOptions = {}): Promise<boolean> {
    this.#call('delete', pathOf(key));
    const stored = this.#objects.get(pathOf(key));
    if (!stored) return false;
    const { uid } = options.preconditions ?? {};
    if (uid !== undefined && uid !== stored.object.metadata.uid) throw refuse(409, 'Conflict', 'the uid is another');
    this.#end(stored);
    return true;
  }

  async *watch<T extends KubeObject>(kind: ResourceKind, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    let next = this.#history.findIndex(({ version }) => version > Number(options.resourceVersion));
    if (next < 0) next = this.#history.length;
    let wake = () => {};
    const stop = this.listen(() => wake());
    const onAbort = () => wake();
    options.signal?.addEventListener('abort', onAbort);
    try {
      while (!options.signal?.aborted) {
        for (; next < this.#history.length; next += 1) {
          const entry = this.#history[next];
          if (!entry || entry.kind.plural !== kind.plural || !isSelected(entry.event.object, options)) continue;
          yield copy(entry.event) as unknown as WatchEvent<T>;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      stop();
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** What the garbage collector does: objects whose every owner is gone are deleted. */
  collectGarbage(): void {
    for (let changed = true; changed; ) {
      changed = false;
      const uids = new Set([...this.#objects.values()].map(({ object }) => object.metadata.uid));
      for (const stored of [...this.#objects.values()]) {
        const { ownerReferences: owners = [], deletionTimestamp } = stored.object.metadata;
        if (owners.length === 0 || deletionTimestamp !== undefined || owners.some(({ uid }) => uids.has(uid))) continue;
        this.#end(stored);
        changed = true;
      }
    }
  }

  #call(verb: ModelCall['verb'], path: string): void {
    const call = { verb, path };
    this.#options.before?.(call);
    this.calls.push(call);
  }

  #need(key: ObjectKey): Stored {
    const stored = this.#objects.get(pathOf(key));
    if (!stored) throw refuse(404, 'NotFound', `${pathOf(key)} not found`);
    return stored;
  }

  #add(key: ObjectKey, object: KubeObject): KubeObject {
    const { kind, name, namespace } = key;
    const now = new Date(this.#options.now?.() ?? Date.now()).toISOString();
    const metadata = {
      ...object.metadata,
      name,
      ...(namespace !== undefined && { namespace }),
      uid: randomUUID(),
      creationTimestamp: object.metadata.creationTimestamp ?? `${now.slice(0, 19)}Z`,
      generation: 1,
    };
    const stored: Stored = {
      kind,
      object: { ...copy(object), apiVersion: apiVersionOf(kind), metadata },
      applied: new Map(),
    };
    this.#objects.set(pathOf(key), stored);
    return this.#store(stored, stored.object);
  }

  #store(stored: Stored, next: Json): KubeObject {
    const before = stored.object;
    const metadata = { ...(next.metadata as Json) };
    const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
    const version = before.metadata.resourceVersion;
    if (next !== before && same({ ...next, metadata }, { ...before })) return before;
    this.#version += 1;
    metadata.resourceVersion = String(this.#version);
    if (version !== undefined && !same(next.spec, before.spec))
      metadata.generation = Number(before.metadata.generation ?? 1) + 1;
    const object = { ...next, metadata } as unknown as Json & KubeObject;
    for (const name of Object.keys(object)) if (object[name] === undefined) delete (object as Json)[name];
    stored.object = object;
    const key = pathOf({ kind: stored.kind, ...(object.metadata as { name: string; namespace?: string }) });
    if (object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0) {
      this.#objects.delete(key);
      this.#say(stored.kind, { type: 'DELETED', object: copy(object) });
    } else this.#say(stored.kind, { type: version === undefined ? 'ADDED' : 'MODIFIED', object: copy(object) });
    return object;
  }

  #end(stored: Stored): void {
    if (stored.object.metadata.deletionTimestamp !== undefined) return;
    const next = copy(stored.object) as Json;
    const now = new Date(this.#options.now?.() ?? Date.now()).toISOString();
    (next.metadata as Json).deletionTimestamp = `${now.slice(0, 19)}Z`;
    this.#store(stored, next);
  }

  #say(kind: ResourceKind, event: Exclude<WatchEvent<KubeObject>, { type: 'BOOKMARK' }>): void {
    this.#history.push({ kind, event, version: this.#version });
    for (const listener of this.#listeners) listener(kind, event);
  }
}

function pathOf({ kind, namespace, name }: ObjectKey): string {
  return `${kind.plural}/${kind.namespaced ? `${namespace ?? ''}/` : ''}${name}`;
}

function isSelected(object: KubeObject, { namespace, labelSelector = '', fieldSelector = '' }: Selection): boolean {
  const pairs = (text: string) =>
    text
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]);
  return (
    (namespace === undefined || object.metadata.namespace === namespace) &&
    pairs(labelSelector).every(([name, value]) => object.metadata.labels?.[name] === value) &&
    pairs(fieldSelector).every(([path, value]) => at(object, path.split('.')) === value)
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isMap(inner) ? inner[name] : undefined), value);
}

/** Lists whose entries a server merges by a key. */
const listKeys = ['type', 'name', 'uid', 'mountPath', 'key'];

function keyIn(list: readonly unknown[]): string | undefined {
  return list.length > 0 && list.every(isMap)
    ? listKeys.find((key) => list.every((entry) => typeof (entry as Json)[key] === 'string'))
    : undefined;
}

function merged(under: unknown, over: unknown): unknown {
  if (isMap(under) && isMap(over)) {
    const names = new Set([...Object.keys(under), ...Object.keys(over)]);
    return Object.fromEntries(
      [...names].map((name) => [name, name in over ? merged(under[name], over[name]) : under[name]]),
    );
  }
  if (Array.isArray(under) && Array.isArray(over)) {
    const key = keyIn(over);
    if (key === undefined || keyIn(under) !== key) return copy(over);
    const find = (list: readonly Json[], entry: Json) => list.find((one) => one[key] === entry[key]);
    return [
      ...under.map((entry: Json) => merged(entry, find(over as Json[], entry) ?? entry)),
      ...over.filter((entry: Json) => !find(under as Json[], entry)).map(copy),
    ];
  }
  return copy(over);
}

/** `value` less what a manager applied before and does not any more. */
function without(value: unknown, before: unknown, now: unknown): unknown {
  if (!isMap(value) || !isMap(before)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !(name in before) || (isMap(now) && name in now) || isMap(before[name]))
      .map(([name, inner]) => [
        name,
        name in before ? without(inner, before[name], isMap(now) ? now[name] : {}) : inner,
      ]),
  );
}

function mergePatched(value: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: Json = isMap(value) ? { ...value } : {};
  for (const [name, inner] of Object.entries(patch)) {
    if (inner === null) delete result[name];
    else result[name] = mergePatched(result[name], inner);
  }
  return result;
}

function jsonPatched(root: Json, operations: readonly JsonPatchOperation[]): Json {
  for (const { op, path, value } of operations) {
    const names = path
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop() ?? '';
    const parent = names.reduce<unknown>(
      (inner, name) => (Array.isArray(inner) ? inner[Number(name)] : isMap(inner) ? inner[name] : undefined),
      root,
    );
    if (!isMap(parent) && !Array.isArray(parent)) throw refuse(422, 'Invalid', `no ${path}`);
    const place = parent as Json;
    if (op === 'test' && JSON.stringify(place[last]) !== JSON.stringify(value)) {
      throw refuse(422, 'Invalid', `testing ${path} failed`);
    }
    if (op === 'add' || op === 'replace') {
      if (Array.isArray(parent))
        parent.splice(last === '-' ? parent.length : Number(last), op === 'add' ? 0 : 1, value);
      else place[last] = value;
    }
    if (op === 'remove') {
      if (!(last in place)) throw refuse(422, 'Invalid', `no ${path}`);
      if (Array.isArray(parent)) parent.splice(Number(last), 1);
      else delete place[last];
    }
  }
  return root;
}
