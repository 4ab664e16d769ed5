/**
 * Prints what a withheld frame costs a connection when it comes in chunks of so many bytes (argument): the bytes that the
 * process holds for each of many decoders that lack one byte of the largest frame. Wants --expose-gc, and a process of
 * its own: memory of an earlier measurement may be given back at any time.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { dataBytesMax, headerBytes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';

const connections = 16;

/** Memory outside the heap is given back by another thread, some time after it was collected. */
async function held(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await delay(50);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A chunk as a socket gives it: memory of its own, no slice of something larger. */
function chunkOf(bytes: number, isFirst: boolean): Buffer {
  const chunk = Buffer.allocUnsafeSlow(bytes);
  if (isFirst) chunk.writeUInt32BE(dataBytesMax);
  return chunk;
}

async function costOfEach(chunkBytes: number): Promise<number> {
  const before = await held();
  const decoders = Array.from({ length: connections }, () => {
    const decoder = new FrameDecoder();
    let left = headerBytes + dataBytesMax - 1;
    for (let isFirst = true; left > 0; isFirst = false) {
      const bytes = Math.min(left, chunkBytes);
      decoder.push(chunkOf(bytes, isFirst));
      left -= bytes;
    }
    return decoder;
  });
  const cost = ((await held()) - before) / connections;
  if (decoders.some((decoder) => decoder.heldBytes !== headerBytes + dataBytesMax - 1))
    throw new Error('not all is held');
  return Math.round(cost);
}

process.stdout.write(String(await costOfEach(Number(process.argv[2]))));
