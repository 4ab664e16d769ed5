/** Messages that are encoded once and filled in anew each time, where all but a few values are always the same. */

import { align, hostIsLittle } from './attribute.ts';
import type { NetlinkRequest } from './message.ts';

/** A number of 32 bits in the machine's order, or bytes as they are in the message. */
export type TemplateValues<Name extends string> = Readonly<Record<Name, number | Uint8Array>>;

interface Place<Name extends string> {
  readonly name: Name;
  readonly offset: number;
}

export class MessageTemplate<Name extends string> {
  readonly #sample: NetlinkRequest;
  readonly #places: readonly Place<Name>[];

  /** `sample` holds each of `marks` where the value of that name belongs, and nothing else that looks like it. */
  constructor(sample: NetlinkRequest, marks: TemplateValues<Name>) {
    this.#sample = sample;
    this.#places = placesOf(sample.payload, marks);
  }

  /** Names whose mark is in the sample. */
  get names(): readonly Name[] {
    return this.#places.map(({ name }) => name);
  }

  /** The sample with other values in their places, each as long as its mark. */
  fill(values: TemplateValues<Name>): NetlinkRequest {
    const { family, type, flags, attempted } = this.#sample;
    const payload = Buffer.from(this.#sample.payload);
    for (const { name, offset } of this.#places) {
      const value = values[name];
      if (typeof value === 'number') writeWord(payload, value, offset);
      else payload.set(value, offset);
    }
    return { family, type, flags, payload, attempted };
  }
}

/** Fixed headers and attributes have their values at multiples of 4. */
function placesOf<Name extends string>(payload: Uint8Array, marks: TemplateValues<Name>): Place<Name>[] {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const places: Place<Name>[] = [];
  for (const name in marks) {
    const mark = markBytes(marks[name]);
    for (let from = bytes.indexOf(mark); from >= 0; from = bytes.indexOf(mark, from + 1)) {
      if (align(from) === from) places.push({ name, offset: from });
    }
  }
  return places;
}

function markBytes(mark: number | Uint8Array): Uint8Array {
  if (typeof mark !== 'number') return mark;
  const bytes = Buffer.alloc(4);
  writeWord(bytes, mark, 0);
  return bytes;
}

function writeWord(bytes: Buffer, value: number, offset: number): void {
  if (hostIsLittle) bytes.writeUInt32LE(value, offset);
  else bytes.writeUInt32BE(value, offset);
}
