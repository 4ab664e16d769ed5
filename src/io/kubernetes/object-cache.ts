/** The newest known state of a set of objects, and what each piece of news changed in it. */

import type { KubeObject, WatchEvent } from './api.ts';

/** `object` is undefined when it is gone. */
export interface Change<T extends KubeObject> {
  readonly key: string;
  readonly object: T | undefined;
}

/** 'namespace/name', or the name alone where there are no namespaces. */
export function cacheKey(object: {
  readonly metadata: { readonly namespace?: string; readonly name?: string };
}): string {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export class ObjectCache<T extends KubeObject> {
  readonly #objects = new Map<string, T>();

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  /** Takes a whole list; what is not in it is gone. Objects that are as before are no change. */
  replaceAll(items: readonly T[]): Change<T>[] {
    const present = new Set<string>();
    const changes: Change<T>[] = [];
    for (const object of items) {
      const key = cacheKey(object);
      present.add(key);
      if (this.#put(key, object)) changes.push({ key, object });
    }
    for (const key of this.#objects.keys()) {
      if (present.has(key)) continue;
      this.#objects.delete(key);
      changes.push({ key, object: undefined });
    }
    return changes;
  }

  /** Undefined when the event told nothing new. */
  apply(event: Exclude<WatchEvent<T>, { type: 'BOOKMARK' }>): Change<T> | undefined {
    const key = cacheKey(event.object);
    if (event.type === 'DELETED') {
      return this.#objects.delete(key) ? { key, object: undefined } : undefined;
    }
    return this.#put(key, event.object) ? { key, object: event.object } : undefined;
  }

  /** A version is only ever compared for being the same: its order is the server's own affair. */
  #put(key: string, object: T): boolean {
    const before = this.#objects.get(key);
    const { uid, resourceVersion } = object.metadata;
    const isSame =
      before !== undefined &&
      resourceVersion !== undefined &&
      before.metadata.resourceVersion === resourceVersion &&
      before.metadata.uid === uid;
    if (isSame) return false;
    this.#objects.set(key, object);
    return true;
  }
}
