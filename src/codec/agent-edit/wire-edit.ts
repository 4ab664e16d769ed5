/** Edits of one field inside encoded protobuf: every other byte stays as it came, unknown fields included. */

import { PeerPodError } from '#base/errors.ts';
import { encodeBytesField, fieldBytes, fieldString, type WireField, wireFields } from '../protobuf-wire.ts';

/**
 * Rewrites the singular message field `number` at the place of its first occurrence. Several occurrences are merged
 * by joining their bodies, as Go would have; the agent's decoder would let the last one replace the others.
 */
export function editMessage(
  bytes: Uint8Array,
  number: number,
  name: string,
  edit: (body: Uint8Array) => Uint8Array,
): Uint8Array {
  const found = [...wireFields(bytes)].filter((field) => field.number === number);
  if (found.length === 0) throw new PeerPodError('E_DECODE', `the request has no ${name}`);
  const body = joinBodies(bytes, found);
  const edited = edit(body);
  if (found.length === 1 && edited === body) return bytes;
  return replaceFields(bytes, found, encodeBytesField(number, edited));
}

/** Joins repeated occurrences of singular message fields, leaving bytes without such untouched. */
export function mergeSingular(bytes: Uint8Array, numbers: readonly number[]): Uint8Array {
  let merged = bytes;
  for (const number of numbers) {
    const found = [...wireFields(merged)].filter((field) => field.number === number);
    if (found.length > 1) merged = replaceFields(merged, found, encodeBytesField(number, joinBodies(merged, found)));
  }
  return merged;
}

/** Sets a string field, at the place of its first occurrence or at the end. */
export function setString(bytes: Uint8Array, number: number, value: string): Uint8Array {
  const found = [...wireFields(bytes)].filter((field) => field.number === number);
  const encoded = encodeBytesField(number, Buffer.from(value, 'utf8'));
  return found.length === 0 ? Buffer.concat([bytes, encoded]) : replaceFields(bytes, found, encoded);
}

/** The fields cut out, with `replacement` where the first of them was. */
export function replaceFields(bytes: Uint8Array, fields: readonly WireField[], replacement: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  fields.forEach((field, at) => {
    parts.push(bytes.subarray(offset, field.start));
    if (at === 0) parts.push(replacement);
    offset = field.end;
  });
  parts.push(bytes.subarray(offset));
  return Buffer.concat(parts);
}

/** The last value of a string field, as every decoder takes it; '' when absent. */
export function readString(bytes: Uint8Array, number: number): string {
  let value = '';
  for (const field of wireFields(bytes)) if (field.number === number) value = fieldString(bytes, field);
  return value;
}

function joinBodies(bytes: Uint8Array, fields: readonly WireField[]): Uint8Array {
  const [first] = fields;
  if (fields.length === 1 && first) return fieldBytes(bytes, first);
  return Buffer.concat(fields.map((field) => fieldBytes(bytes, field)));
}
