import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientStreams } from './client-streams.ts';
import { encodeResponseFrame } from './envelope.ts';
import { headerBytes, messageTypes } from './frame.ts';
import type { DecodedFrame } from './frame-decoder.ts';
import { RpcError, rpcStatus } from './status.ts';

const frame = (streamId: number, type: number, data: Uint8Array): DecodedFrame => ({
  kind: 'frame',
  streamId,
  type,
  flags: 0,
  data: Buffer.from(data),
});

function response(streamId: number, text: string, status = rpcStatus('ok', '')): DecodedFrame {
  const answer = { status: status.code === 0 ? undefined : status, payload: Buffer.from(text) };
  const bytes = encodeResponseFrame({ streamId, type: 2, flags: 0 }, answer);
  return frame(streamId, messageTypes.response, bytes.subarray(headerBytes));
}

test('ids are 1, 3, 5, …: odd, rising, never used twice', () => {
  const streams = new ClientStreams();
  assert.deepEqual([streams.open(), streams.open(), streams.open()], [1, 3, 5]);
  streams.abandon(5);
  assert.equal(streams.open(), 7);
});

test('answers find their calls in any order, once', () => {
  const streams = new ClientStreams();
  streams.open();
  streams.open();
  const second = streams.receive(response(3, 'b'));
  assert.deepEqual(second, { do: 'resolve', streamId: 3, payload: Buffer.from('b') });
  assert.equal(streams.receive(response(1, 'a')).do, 'resolve');
  assert.deepEqual(streams.receive(response(1, 'again')), { do: 'ignore' });
  assert.equal(streams.activeCount, 0);
});

test('an error status is an RpcError with all that came', () => {
  const streams = new ClientStreams();
  const status = { code: 5, message: 'gone', details: [Buffer.from('0a0161', 'hex')] };
  const verdict = streams.receive(response(streams.open(), '', status));
  assert.ok(verdict.do === 'reject' && verdict.error instanceof RpcError);
  assert.deepEqual(verdict.error.rpcStatus, status);
});

test('an answer that nobody waits for any more is ignored, whatever it is', () => {
  const streams = new ClientStreams();
  streams.abandon(streams.open());
  for (const late of [
    response(1, 'x'),
    frame(1, messageTypes.data, Buffer.of()),
    frame(99, 2, Buffer.from('ff', 'hex')),
  ]) {
    assert.deepEqual(streams.receive(late), { do: 'ignore' });
  }
});

test('a data frame, an undecodable and an oversized answer fail their own call alone', () => {
  const streams = new ClientStreams();
  const [data, broken, large, fine] = [streams.open(), streams.open(), streams.open(), streams.open()];
  const verdicts = [
    streams.receive(frame(data, messageTypes.data, Buffer.from('x'))),
    streams.receive(frame(broken, messageTypes.response, Buffer.from('ff', 'hex'))),
    streams.receive({ kind: 'oversized', streamId: large, type: 2, flags: 0, length: 4_194_305 }),
  ];
  const codes = verdicts.map((verdict) => (verdict.do === 'reject' ? verdict.error.code : verdict.do));
  assert.deepEqual(codes, ['E_RPC_PROTOCOL', 'E_RPC_PROTOCOL', 'E_RPC']);
  assert.equal(streams.activeCount, 1);
  assert.equal(streams.receive(response(fine, 'x')).do, 'resolve');
});

test('requests and unknown types from a server are ignored, and end no call', () => {
  const streams = new ClientStreams();
  const id = streams.open();
  for (const type of [messageTypes.request, 0, 9, 255]) {
    assert.deepEqual(streams.receive(frame(id, type, Buffer.of())), { do: 'ignore' });
  }
  assert.equal(streams.activeCount, 1);
});
