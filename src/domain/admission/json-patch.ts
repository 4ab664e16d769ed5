/** JSON patch (RFC 6902), as much of it as the webhook writes. */

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export type JsonPatch = readonly JsonPatchOperation[];

/** A JSON pointer to a member of `parent`. */
export function memberPointer(parent: string, name: string): string {
  return `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
