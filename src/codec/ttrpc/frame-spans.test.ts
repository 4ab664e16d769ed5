import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeRequestFrame } from './envelope.ts';
import { dataBytesMax, encodeFrame, headerBytes, messageTypes } from './frame.ts';
import { FrameSpans, peekBytesMax, type SpanOutput, type SpanRoute } from './frame-spans.ts';

class Collected implements SpanOutput {
  readonly parts: Buffer[] = [];
  write(bytes: Buffer): void {
    this.parts.push(bytes);
  }
  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/** A copy of its own for each push: routes may write into what they are given. */
function pushAll(route: SpanRoute, chunks: readonly Buffer[]): FrameSpans {
  const spans = new FrameSpans(route);
  for (const chunk of chunks) spans.push(Buffer.from(chunk));
  return spans;
}

const request = (streamId: number, method: string, payloadBytes = 3) =>
  encodeRequestFrame(
    { streamId, type: messageTypes.request, flags: 0 },
    { service: 'grpc.AgentService', method, payload: Buffer.alloc(payloadBytes, 7), timeoutNano: 1n, metadata: [] },
  );

function moved(frame: Buffer, by: number): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt32BE(copy.readUInt32BE(4) + by, 4);
  return copy;
}

test('at every split in three: odd streams move up, even ones are dropped, names are read', () => {
  const frames = [request(1, 'ReadStdout'), request(2, 'Dropped'), request(3, 'WaitProcess', 300), request(5, 'Check')];
  const stream = Buffer.concat(frames);
  const expected = Buffer.concat([frames[0], frames[2], frames[3]].map((frame) => moved(frame ?? stream, 2)));
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 7) {
      const out = new Collected();
      const names: (string | undefined)[] = [];
      const route: SpanRoute = (span) => {
        names.push(span.peekMethod());
        if (span.streamId % 2 === 0) return undefined;
        span.setStreamId(span.streamId + 2);
        return out;
      };
      pushAll(route, [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)]);
      assert.deepEqual(out.bytes, expected, `split at ${first} and ${second}`);
      const methods = ['ReadStdout', 'Dropped', 'WaitProcess', 'Check'];
      assert.deepEqual(
        names,
        methods.map((method) => `grpc.AgentService/${method}`),
      );
    }
  }
});

test('neighbours with the same output pass as one piece, without a copy', () => {
  const chunk = Buffer.concat([request(1, 'A'), request(3, 'B'), request(5, 'C')]);
  const out = new Collected();
  new FrameSpans(() => out).push(chunk);
  assert.equal(out.parts.length, 1);
  assert.equal(out.parts[0], chunk);
});

test('two outputs take turns in the order of the frames', () => {
  const frames = [1, 3, 5, 7, 9].map((streamId) => request(streamId, 'A'));
  const [low, high] = [new Collected(), new Collected()];
  pushAll((span) => (span.streamId < 5 ? low : high), [Buffer.concat(frames)]);
  assert.deepEqual(low.bytes, Buffer.concat(frames.slice(0, 2)));
  assert.deepEqual(high.bytes, Buffer.concat(frames.slice(2)));
});

test('a frame of 4 MiB that comes byte by byte holds 4 MiB and no more', () => {
  const frame = encodeFrame(1, 1, 0, Buffer.alloc(dataBytesMax, 5));
  const out = new Collected();
  const spans = new FrameSpans(() => out);
  const small = frame.subarray(0, 200_000);
  for (let at = 0; at < small.length; at += 1) spans.push(frame.subarray(at, at + 1));
  assert.equal(spans.heldBytes, small.length);
  spans.push(frame.subarray(small.length));
  assert.equal(spans.heldBytes, 0);
  assert.deepEqual(out.bytes, frame);
  assert.equal(out.parts.length, 1);
});

test('an oversized frame is shown once, never passed, and its data is not held', () => {
  const header = encodeFrame(9, messageTypes.request, 0, Buffer.alloc(0));
  header.writeUInt32BE(dataBytesMax + 1);
  const stream = Buffer.concat([request(1, 'A'), header, Buffer.alloc(dataBytesMax + 1), request(11, 'B')]);
  const out = new Collected();
  const seen: [number, boolean][] = [];
  const spans = new FrameSpans((span) => {
    seen.push([span.streamId, span.oversized]);
    return out;
  });
  for (let at = 0; at < stream.length; at += 65_536) {
    spans.push(stream.subarray(at, at + 65_536));
    assert.ok(spans.heldBytes <= headerBytes + peekBytesMax);
  }
  assert.deepEqual(seen, [
    [1, false],
    [9, true],
    [11, false],
  ]);
  assert.deepEqual(out.bytes, Buffer.concat([request(1, 'A'), request(11, 'B')]));
});

test('an envelope in an unusual order, cut short or with long names has no name to peek at', () => {
  const unusual = [
    '',
    '0a',
    '0a05',
    '1203414243',
    '0a01411a0100',
    `0a0141128001${'41'.repeat(128)}`,
    `0a0141127f${'41'.repeat(20)}`,
  ];
  for (const hex of unusual) {
    pushAll(
      (span) => {
        assert.equal(span.peekMethod(), undefined, hex);
        return undefined;
      },
      [encodeFrame(1, 1, 0, Buffer.from(hex, 'hex'))],
    );
  }
});

test('any frames, cut anywhere, pass as they were; data and copy are whole', () => {
  const frame = fc.record({
    streamId: fc.integer({ min: 0, max: 0xffff_ffff }),
    type: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    data: fc.uint8Array({ maxLength: 700 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat(2000), { maxLength: 60 }), (frames, cuts) => {
      const encoded = frames.map(({ streamId, type, flags, data }) => encodeFrame(streamId, type, flags, data));
      const stream = Buffer.concat(encoded);
      const edges = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
      const out = new Collected();
      const seen: Buffer[] = [];
      const spans = pushAll(
        (span) => {
          seen.push(span.copy());
          assert.deepEqual(span.data(), seen.at(-1)?.subarray(headerBytes));
          return out;
        },
        edges.slice(1).map((edge, index) => stream.subarray(edges[index], edge)),
      );
      assert.deepEqual(out.bytes, stream);
      assert.deepEqual(seen, encoded);
      assert.equal(spans.heldBytes, 0);
    }),
  );
});
