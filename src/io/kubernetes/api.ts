/** The Kubernetes API as the rest of the program sees it: seven verbs over objects of any kind. */

import type { KubeObject } from './objects.ts';

export type { KubeObject, ObjectMeta, OwnerReference } from './objects.ts';

export interface ResourceKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As in the path: lower case; the server knows no other. */
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface ObjectKey {
  readonly kind: ResourceKind;
  /** Needed exactly when the kind is namespaced. */
  readonly namespace?: string;
  readonly name: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For the whole call, its retries included; 30 s if not given. */
  readonly timeoutMs?: number;
  /** 'status', 'scale', 'eviction', 'log', … */
  readonly subresource?: string;
  /** The server checks and admits, and stores nothing. */
  readonly dryRun?: boolean;
}

export interface Selection {
  /** All namespaces if not given. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListOptions extends Selection {
  readonly signal?: AbortSignal;
  /** For all pages together; 60 s if not given. */
  readonly timeoutMs?: number;
  /** Objects asked for at a time; 500 if not given. */
  readonly pageSize?: number;
  /** What is kept of an object as its page comes in, so that a long list is never held whole. Undefined: nothing. */
  readonly slim?: (object: KubeObject) => KubeObject | undefined;
}

export interface ObjectList<T extends KubeObject> {
  readonly items: T[];
  /** Where a watch starts that misses nothing. */
  readonly resourceVersion: string;
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  /** A JSON pointer: '/' in a key is '~1', '~' is '~0'. */
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly type: 'merge'; readonly body: unknown }
  /** Core kinds only: lists merge by their key. */
  | { readonly type: 'strategic'; readonly body: unknown }
  /** Server-side apply; creates what is not there. `force` takes fields over from other managers. */
  | { readonly type: 'apply'; readonly body: unknown; readonly fieldManager: string; readonly force?: boolean };

export interface DeleteOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** E_KUBE_CONFLICT if the object is another one by now. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface WatchOptions extends Selection {
  /** From a list, or from the last event or bookmark. */
  readonly resourceVersion: string;
  readonly signal?: AbortSignal;
  /** How long the server keeps it open, in seconds; at random between 5 and 10 minutes if not given. */
  readonly timeoutSeconds?: number;
  /** A connection that brings nothing for so long, not even a bookmark, is dead; 150 s if not given. */
  readonly silenceMsMax?: number;
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Nothing up to here was left out. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/**
 * Every call throws KubernetesError (its codes begin with E_KUBE_), E_DEADLINE, or the reason of `signal`.
 * What can be tried again without risk is tried again inside.
 */
export interface KubernetesApi {
  /** Undefined: there is none. */
  get<T extends KubeObject>(key: ObjectKey, options?: CallOptions): Promise<T | undefined>;
  /** All of it, fetched in pages of one state of the server. */
  list<T extends KubeObject>(kind: ResourceKind, options?: ListOptions): Promise<ObjectList<T>>;
  /** E_KUBE_CONFLICT with reason AlreadyExists if the name is taken. */
  create<T extends KubeObject>(object: T, kind: ResourceKind, options?: CallOptions): Promise<T>;
  /** E_KUBE_CONFLICT if `metadata.resourceVersion` is not the newest; E_KUBE_NOT_FOUND if there is none. */
  replace<T extends KubeObject>(object: T, kind: ResourceKind, options?: CallOptions): Promise<T>;
  /** E_KUBE_INVALID if a `test` fails or the result is not valid; E_KUBE_NOT_FOUND if there is none. */
  patch<T extends KubeObject>(key: ObjectKey, patch: Patch, options?: CallOptions): Promise<T>;
  /** False: there was none. Finalizers may keep it for a while. */
  delete(key: ObjectKey, options?: DeleteOptions): Promise<boolean>;
  /** Ends when the server ends it. Throws E_KUBE_GONE when the version is too old: list again. */
  watch<T extends KubeObject>(kind: ResourceKind, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
}
