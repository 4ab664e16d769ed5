import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '#base/clock.ts';
import { encodeFrame, headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';
import { FrameSpans } from '#codec/ttrpc/frame-spans.ts';
import { OutputQueue, stallMsMax } from './output-queue.ts';

/** A peer that takes a write only when told to. */
class SlowPeer extends Writable {
  readonly taken: Buffer[] = [];
  #done: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk);
    this.#done = done;
  }

  /** False: nothing was offered. */
  async take(): Promise<boolean> {
    const done = this.#done;
    this.#done = undefined;
    done?.();
    await new Promise((resolve) => setImmediate(resolve));
    return done !== undefined;
  }

  async takeAll(): Promise<number[]> {
    while (await this.take());
    return new FrameDecoder().push(Buffer.concat(this.taken)).map((frame) => frame.streamId);
  }
}

function manualClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    wallNow: () => now,
    after(delayMs, run) {
      const timer = { at: now + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass(ms) {
      now += ms;
      for (const timer of [...timers]) if (timer.at <= now && timers.delete(timer)) timer.run();
    },
  };
}

const frame = (streamId: number, length: number) =>
  encodeFrame(streamId, messageTypes.response, 0, Buffer.alloc(length, 1));

function queueTo(peer: Writable, onStalled?: () => void) {
  const clock = manualClock();
  return { clock, queue: new OutputQueue(peer, { clock, onProgress: () => {}, ...(onStalled && { onStalled }) }) };
}

/** Frames from another connection, cut as they came. */
function pass(queue: OutputQueue, chunks: readonly Buffer[], isUrgent: (streamId: number) => boolean): void {
  const spans = new FrameSpans((span) => queue.route(span, isUrgent(span.streamId)));
  for (const chunk of chunks) spans.push(Buffer.from(chunk));
}

test('an urgent answer overtakes all that the stream was not given yet', async () => {
  const peer = new SlowPeer();
  const { queue } = queueTo(peer);
  const bulk = Array.from({ length: 200 }, (_, index) => frame(2 * index + 1, 32 * 1024));
  pass(queue, bulk, () => false);
  pass(queue, [frame(1001, 20)], () => true);
  assert.ok(queue.unsentBytes > 6 * 1024 * 1024);
  const order = await peer.takeAll();
  assert.equal(order.length, 201);
  assert.ok(order.indexOf(1001) <= 6, `answered as number ${order.indexOf(1001)}`);
  assert.equal(queue.unsentBytes, 0);
});

test('a frame that was begun is ended first, and a long one is never urgent', async () => {
  const peer = new SlowPeer();
  const { queue } = queueTo(peer);
  pass(queue, [frame(1, 3_000_000)], () => true);
  pass(queue, [frame(3, 3_000_000), frame(5, 10)], (streamId) => streamId === 5);
  assert.deepEqual(await peer.takeAll(), [1, 5, 3]);
});

test('frames of any size, cut anywhere, urgent or not, come out whole and once', async () => {
  const one = fc.record({ length: fc.integer({ min: 0, max: 200_000 }), urgent: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { maxLength: 12 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
      async (given, cuts) => {
        const peer = new SlowPeer();
        const { queue } = queueTo(peer);
        const stream = Buffer.concat(given.map(({ length }, index) => frame(index, length)));
        const edges = [
          0,
          ...cuts.map((cut) => Math.floor(cut * stream.length)).toSorted((a, b) => a - b),
          stream.length,
        ];
        const chunks = edges.slice(1).map((edge, index) => stream.subarray(edges[index], edge));
        pass(queue, chunks, (streamId) => given[streamId]?.urgent ?? false);
        const order = await peer.takeAll();
        assert.deepEqual(
          order.toSorted((a, b) => a - b),
          given.map((_, index) => index),
        );
        assert.equal(Buffer.concat(peer.taken).length, stream.length);
        const bulk = order.filter((streamId) => !given[streamId]?.urgent);
        assert.deepEqual(
          bulk,
          bulk.toSorted((a, b) => a - b),
          'the order of their own kind is kept',
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('a peer that takes nothing for the whole time is told of, one that takes a little is not', async () => {
  const peer = new SlowPeer();
  let stalls = 0;
  const { clock, queue } = queueTo(peer, () => {
    stalls += 1;
  });
  queue.write([frame(1, 1_000_000)], false);
  for (let step = 0; step < 4; step += 1) {
    clock.pass(stallMsMax - 1);
    await peer.take();
  }
  assert.equal(stalls, 0);
  clock.pass(stallMsMax);
  assert.equal(stalls, 1);
});

test('an idle queue never stalls, and one that has ended holds nothing', async () => {
  const peer = new SlowPeer();
  let stalls = 0;
  const { clock, queue } = queueTo(peer, () => {
    stalls += 1;
  });
  queue.write([frame(1, headerBytes)], true);
  await peer.takeAll();
  clock.pass(10 * stallMsMax);
  queue.write([frame(3, 1_000_000)], false);
  peer.destroy();
  queue.end();
  clock.pass(10 * stallMsMax);
  queue.write([frame(5, 10)], true);
  assert.equal(stalls, 0);
  assert.ok(queue.unsentBytes <= 128 * 1024, 'but for what the stream was given');
});
