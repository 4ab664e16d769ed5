/** Randomness that a seed replays, and damage done with it. */

export type Pick = (below: number) => number;

/** Mulberry32: a whole run is replayed by its seed. */
export function seeded(seed: number): Pick {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Values at which lengths, counts and signs turn over. */
const edges = [0, 1, 2, 0x0a, 0x20, 0x7f, 0x80, 0xfe, 0xff];

/** Words that parsers care about. */
const words = [
  'null',
  'true',
  '-1',
  '0',
  '1e999',
  '9'.repeat(30),
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ': ',
  '- ',
  '\n',
  '  ',
  '\t',
  ',',
  '=',
  '|',
  '&a',
  '*a',
  '!!binary',
  '<<',
  '#',
  '---',
  '..',
  '/',
  '::ffff:0.0.0.0/0',
  '__proto__',
  '\u0000',
  '\ud800',
  'ß',
].map((word) => Buffer.from(word));

const at = <T>(list: readonly T[], pick: Pick): T => list[pick(list.length)] as T;

function splice(bytes: Buffer, from: number, to: number, put: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);
}

/** One to four small damages: what is nearly right finds more than noise does. `others` lend their parts. */
export function damaged(sample: Buffer, others: readonly Buffer[], pick: Pick): Buffer {
  let bytes: Buffer = Buffer.from(sample);
  for (let count = 1 + pick(4); count > 0; count -= 1) {
    const from = pick(bytes.length + 1);
    const to = Math.min(bytes.length, from + pick(9));
    const place = pick(Math.max(1, bytes.length));
    switch (pick(9)) {
      case 0:
        bytes = bytes.subarray(0, from);
        break;
      case 1:
        if (bytes.length > 0) bytes[place] = pick(256);
        break;
      case 2:
        if (bytes.length > 0) bytes[place] = at(edges, pick);
        break;
      case 3:
        bytes = splice(bytes, from, to, Buffer.of());
        break;
      case 4:
        bytes = splice(bytes, from, from, bytes.subarray(from, to)); // doubled
        break;
      case 5:
        bytes = splice(bytes, from, to, at(words, pick));
        break;
      case 6: {
        const other = at(others, pick);
        const start = pick(other.length + 1);
        bytes = splice(bytes, from, to, other.subarray(start, start + pick(40)));
        break;
      }
      case 7:
        if (bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << pick(8));
        break;
      default:
        bytes = splice(bytes, from, from, Buffer.alloc(pick(300), at(edges, pick)));
    }
  }
  return bytes;
}
