/** What a sandbox's VM is called and known by, the same at every try, and the marks on it that say whose it is. Pure. */

import {
  deterministicToken,
  type Owner,
  ownerTagKeys,
  ownerTags,
  type PodVmSpec,
  parseOwnerTags,
} from '@peerpods/provider';
import { childrenOf, textOf, type XmlElement } from './xml.ts';

export interface Identity {
  /** The VM's instanceUuid, and the pod VM's id. */
  readonly id: string;
  /** Unique in its folder: a second clone by this name is refused by the vCenter, which is what makes creation safe. */
  readonly vmName: string;
}

export interface Marks {
  readonly owner: Owner;
  readonly sandboxId: string;
  /** As the adaptor calls it. */
  readonly name: string;
}

const nameKey = 'peerpods-name';
const vmNameMax = 80;

export function identityOf({ sandboxId, name, owner }: Pick<PodVmSpec, 'sandboxId' | 'name' | 'owner'>): Identity {
  const token = deterministicToken('vsphere', owner.cluster, sandboxId);
  // Version 8 of RFC 9562: made by our own rule. The variant takes two bits of one digit.
  const variant = (Number.parseInt(token.charAt(16), 16) & 3) | 8;
  const digits = `${token.slice(0, 12)}8${token.slice(13, 16)}${variant.toString(16)}${token.slice(17, 32)}`;
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  // Pod and sandbox's first digits alone may be the same in two clusters that share a folder.
  return { id, vmName: `${name.slice(0, vmNameMax - 9)}-${token.slice(-8)}` };
}

const vmNamePattern = /^podvm-.*-[0-9a-f]{8}$/;

/** Whether it is worth a look at the marks; they decide. */
export function mayBeOurs(vmName: string): boolean {
  return vmNamePattern.test(vmName);
}

export function isInstanceUuid(id: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}

/** extraConfig travels with the clone: there is no moment at which the VM is there and unmarked. */
export function marksOf(spec: Pick<PodVmSpec, 'sandboxId' | 'owner' | 'podName' | 'podNamespace' | 'name'>) {
  return { ...ownerTags(spec), [nameKey]: spec.name };
}

/** Of `config.extraConfig`; undefined for a VM that is not ours. */
export function parseMarks(extraConfig: XmlElement | undefined): Marks | undefined {
  const known = new Set<string>([...Object.values(ownerTagKeys), nameKey]);
  const tags: Record<string, string> = {};
  for (const option of childrenOf(extraConfig, 'OptionValue')) {
    const key = textOf(option, 'key');
    if (key !== undefined && known.has(key)) tags[key] = textOf(option, 'value') ?? '';
  }
  const parsed = parseOwnerTags(tags);
  return parsed && { ...parsed, name: tags[nameKey] ?? '' };
}
