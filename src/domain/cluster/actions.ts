/** What a reconcile decides to do, in order; each can be done again, and the next is only begun once it is done. */

import type { KubeObject, ObjectKey } from '#io/kubernetes/api.ts';
import type { EventNote } from './event-recorder.ts';

export type Action =
  | { readonly do: 'apply'; readonly key: ObjectKey; readonly object: KubeObject }
  | { readonly do: 'delete'; readonly key: ObjectKey; readonly uid: string }
  | { readonly do: 'add-finalizer'; readonly key: ObjectKey; readonly uid: string; readonly finalizer: string }
  | { readonly do: 'remove-finalizer'; readonly key: ObjectKey; readonly uid: string; readonly finalizer: string }
  | { readonly do: 'write-status'; readonly key: ObjectKey; readonly uid: string; readonly status: object }
  | { readonly do: 'record-event'; readonly key: ObjectKey; readonly uid: string; readonly note: EventNote }
  /** Takes the extended resource off a node whose adaptor is not there to do it. */
  | { readonly do: 'withdraw-capacity'; readonly node: string };

export interface Plan {
  readonly actions: readonly Action[];
  /** Look again after this time, whatever happens. */
  readonly againMs?: number;
}
