/**
 * Ownership in IBM's user tags, `key:value`. An instance takes no tags at its creation, but its boot volume does: so the
 * marks are there from the first moment, and volumes can be listed by them.
 */

import { type Owner, ownerTagKeys, type PodVmSpec, ProviderError, parseOwnerTags } from '@peerpods/provider';
import { tagCharactersMax } from './limits.ts';

/** Tags are compared and kept without case, and take few characters: all others are escaped as `_` and two hex digits. */
export function tagOf(key: string, value: string): string {
  const escaped = [...Buffer.from(value)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9.-]/.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  return `${key}:${escaped}`;
}

export function nodeTag({ node }: Owner): string {
  return tagOf(ownerTagKeys.node, node);
}

/** Throws when an owner's mark would not fit: a VM that can not be found again must not be made. */
export function bootVolumeTags(spec: PodVmSpec): readonly string[] {
  const marks = [
    tagOf(ownerTagKeys.cluster, spec.owner.cluster),
    nodeTag(spec.owner),
    tagOf(ownerTagKeys.sandbox, spec.sandboxId),
  ];
  const long = marks.find((mark) => mark.length > tagCharactersMax);
  if (long !== undefined) {
    throw new ProviderError('invalid-configuration', `${long}: a tag has at most ${tagCharactersMax} characters`);
  }
  const remarks = [tagOf(ownerTagKeys.namespace, spec.podNamespace), tagOf(ownerTagKeys.pod, spec.podName)];
  return [...marks, ...remarks.filter((remark) => remark.length <= tagCharactersMax)];
}

/** Undefined for what is not one of ours. */
export function parseTags(tags: readonly string[]): { readonly owner: Owner; readonly sandboxId: string } | undefined {
  const pairs = tags.map((tag) => {
    const at = tag.indexOf(':');
    const value = tag.slice(at + 1).toLowerCase();
    const bytes = [...value.matchAll(/_([0-9a-f]{2})|([^_])/g)].map(([, hex, plain = '']) =>
      hex === undefined ? plain.charCodeAt(0) : Number.parseInt(hex, 16),
    );
    return [tag.slice(0, at).toLowerCase(), Buffer.from(bytes).toString()] as const;
  });
  return parseOwnerTags(Object.fromEntries(pairs));
}
