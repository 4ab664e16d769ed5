/** Values that were checked once, at the edge, and carry that in their type. */

import { PeerPodError } from './errors.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** The id that containerd or CRI-O gave the sandbox: usually 64 hex digits. Safe as a file name. */
export type SandboxId = Brand<string, 'SandboxId'>;
/** The provider's id of a pod VM. */
export type PodVmId = Brand<string, 'PodVmId'>;
/** A VXLAN network identifier, 1 to 2^24 - 1. */
export type Vni = Brand<number, 'Vni'>;

export const vniMax = 0xff_ffff;

/** Longest sandbox id for which PODS_DIR/ID/agent.ttrpc still fits in sun_path with the usual PODS_DIR. */
const sandboxIdLengthMax = 128;
const sandboxIdPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export function parseSandboxId(text: unknown): SandboxId {
  if (typeof text !== 'string' || text === '') throw new PeerPodError('E_ARGUMENT', 'empty sandbox id');
  if (text.length > sandboxIdLengthMax || !sandboxIdPattern.test(text)) {
    throw new PeerPodError('E_ARGUMENT', `sandbox id ${JSON.stringify(text.slice(0, 80))} is not a plain name`);
  }
  return text as SandboxId;
}

export function parsePodVmId(text: unknown): PodVmId {
  if (typeof text !== 'string' || text === '') throw new PeerPodError('E_ARGUMENT', 'empty pod VM id');
  return text as PodVmId;
}

export function parseVni(value: unknown): Vni {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > vniMax) {
    throw new PeerPodError('E_ARGUMENT', `VNI ${String(value)} is not between 1 and ${vniMax}`);
  }
  return value as Vni;
}
