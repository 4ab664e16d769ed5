/** The extended resource of the own node: who may write it and what is to be written, decided from what is seen. Pure. */

import type { JsonPatchOperation, KubeObject, Patch } from '#io/kubernetes/api.ts';

export const capacityResource = 'kata.peerpods.io/vm';
export const ownerAnnotation = 'kata.peerpods.io/caa-owner';

/** What a Node object says of the resource. */
export interface SeenCapacity {
  readonly owner: string | undefined;
  readonly advertised: string | undefined;
  /** A node that no kubelet has reported for yet has none at all. */
  readonly hasCapacity: boolean;
}

export interface OwnCapacity {
  /** Of this adaptor's pod; empty: unknown, and then ownership is not looked at. */
  readonly podUid: string;
  /** Not negative. */
  readonly limit: number;
  /** This process has been the owner. */
  readonly wasOwner: boolean;
}

/**
 * `claim`: become the owner, then advertise. `advertise`: ours, but not as it should be. `settled`: as it should be.
 * `yield`: a newer instance has taken over. `orphaned`: the newer one has withdrawn and left; somebody has to advertise.
 */
export type CapacityStep = 'claim' | 'advertise' | 'settled' | 'yield' | 'orphaned';

export function seeCapacity(node: KubeObject): SeenCapacity {
  const { capacity } = (node.status ?? {}) as { readonly capacity?: Readonly<Record<string, string>> };
  return {
    owner: node.metadata.annotations?.[ownerAnnotation],
    advertised: capacity?.[capacityResource],
    hasCapacity: capacity !== undefined,
  };
}

export function decideCapacity(seen: SeenCapacity, own: OwnCapacity): CapacityStep {
  const isOwner = own.podUid === '' || seen.owner === own.podUid;
  if (isOwner) return seen.advertised === String(own.limit) ? 'settled' : 'advertise';
  // Whoever comes is the newer one; a node that was made anew has no owner.
  if (!own.wasOwner || seen.owner === undefined) return 'claim';
  return seen.advertised === undefined ? 'orphaned' : 'yield';
}

/** Whether this instance may take the resource away as it ends. */
export function mayWithdraw(seen: SeenCapacity, podUid: string): boolean {
  return seen.advertised !== undefined && (podUid === '' || seen.owner === podUid);
}

export function claimPatch(podUid: string): Patch {
  return { type: 'merge', body: { metadata: { annotations: { [ownerAnnotation]: podUid } } } };
}

const pointer = (...keys: readonly string[]) =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
const capacityPath = pointer('status', 'capacity');
const resourcePath = `${capacityPath}${pointer(capacityResource)}`;

/** Without a uid there is nothing to test. */
function stillOwner(podUid: string): readonly JsonPatchOperation[] {
  if (podUid === '') return [];
  return [{ op: 'test', path: pointer('metadata', 'annotations', ownerAnnotation), value: podUid }];
}

/** For the node's status; refused when another instance is the owner by then. */
export function advertisePatch({ hasCapacity }: SeenCapacity, { podUid, limit }: OwnCapacity): Patch {
  const value = String(limit); // a quantity; a number is refused
  const add: JsonPatchOperation = hasCapacity
    ? { op: 'add', path: resourcePath, value }
    : { op: 'add', path: capacityPath, value: { [capacityResource]: value } };
  return { type: 'json', operations: [...stillOwner(podUid), add] };
}

/** For the node's status; refused when another instance is the owner by then, or the resource is gone already. */
export function withdrawPatch(podUid: string): Patch {
  return { type: 'json', operations: [...stillOwner(podUid), { op: 'remove', path: resourcePath }] };
}
