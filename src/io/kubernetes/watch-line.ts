/** One line of a watch, read: an event, or the error that ends it. */

import { PeerPodError } from '#base/errors.ts';
import type { KubeObject, WatchEvent } from './api.ts';
import { KubernetesError, readRefusal } from './kubernetes-error.ts';

/** Throws for an ERROR event, and for a line that can not be read: to pass over it could be to miss an event. */
export function readWatchLine<T extends KubeObject>(line: string, attempted: string): WatchEvent<T> {
  let event: { readonly type?: unknown; readonly object?: unknown };
  try {
    event = JSON.parse(line);
  } catch (error) {
    throw new PeerPodError('E_KUBE_UNAVAILABLE', `${attempted}: a line that is not JSON`, { cause: error });
  }
  const object = typeof event.object === 'object' && event.object !== null ? event.object : {};
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      if (!('metadata' in object)) break;
      return { type: event.type, object: object as T };
    case 'BOOKMARK': {
      const { metadata } = object as { readonly metadata?: { readonly resourceVersion?: string } };
      return { type: 'BOOKMARK', resourceVersion: metadata?.resourceVersion ?? '' };
    }
    case 'ERROR': {
      const { code } = object as { readonly code?: unknown };
      throw new KubernetesError(attempted, readRefusal(typeof code === 'number' ? code : 500, object, undefined));
    }
  }
  throw new PeerPodError('E_KUBE_UNAVAILABLE', `${attempted}: an event of an unknown kind`);
}
