/** Where objects live in the API server's paths. */

import { PeerPodError } from '#base/errors.ts';
import type { ResourceKind } from './api.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** The path with its query. E_ARGUMENT where one object is meant and its place is not complete. */
export function resourcePath(kind: ResourceKind, place: Place, query: Query = {}): string {
  const { namespace, name, subresource } = place;
  if (name === '') throw new PeerPodError('E_ARGUMENT', `a ${kind.kind} without a name`);
  if (kind.namespaced && name !== undefined && !namespace) {
    throw new PeerPodError('E_ARGUMENT', `the ${kind.kind} ${name} needs a namespace`);
  }
  const parts = kind.group === '' ? ['api', kind.version] : ['apis', kind.group, kind.version];
  if (kind.namespaced && namespace) parts.push('namespaces', namespace);
  parts.push(kind.plural);
  if (name !== undefined) parts.push(name, ...(subresource === undefined ? [] : [subresource]));
  const path = `/${parts.map(encodeURIComponent).join('/')}`;
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) given.set(key, String(value));
  return given.size === 0 ? path : `${path}?${given}`;
}
