import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRequestFrame } from './envelope.ts';
import { headerBytes, messageTypes } from './frame.ts';
import type { DecodedFrame } from './frame-decoder.ts';
import { ServerStreams, type ServerVerdict } from './server-streams.ts';
import { statusCodes } from './status.ts';

const frame = (streamId: number, type: number, data: Uint8Array, flags = 0): DecodedFrame => ({
  kind: 'frame',
  streamId,
  type,
  flags,
  data: Buffer.from(data),
});

const echo = { service: 'S', method: 'Echo', payload: Buffer.from('p'), timeoutNano: 7n, metadata: [] };
const request = (streamId: number) =>
  frame(
    streamId,
    messageTypes.request,
    encodeRequestFrame({ streamId, type: 1, flags: 0 }, echo).subarray(headerBytes),
  );

const verdict = (one: ServerVerdict) => (one.do === 'reply' ? one.status.code : one.do);
const { invalid_argument, resource_exhausted } = statusCodes;

test('a request is a call with all that it says', () => {
  const streams = new ServerStreams(8);
  assert.deepEqual(streams.receive(request(1)), { do: 'call', streamId: 1, request: echo });
  assert.equal(streams.activeCount, 1);
});

test('a stream is finished once, and only if it was active', () => {
  const streams = new ServerStreams(8);
  streams.receive(request(1));
  assert.deepEqual([streams.finish(1), streams.finish(1), streams.finish(3)], [true, false, false]);
  assert.equal(streams.activeCount, 0);
});

test('each illegal frame has a reply on its own stream, and makes no call', () => {
  const streams = new ServerStreams(8);
  streams.receive(request(5));
  const verdicts: [DecodedFrame, number | 'ignore'][] = [
    [request(2), invalid_argument],
    [request(0), invalid_argument],
    [request(5), invalid_argument],
    [frame(7, messageTypes.request, Buffer.from('ff', 'hex')), invalid_argument],
    [frame(5, messageTypes.data, Buffer.of()), invalid_argument],
    [frame(99, messageTypes.data, Buffer.from('x'), 5), invalid_argument],
    [{ kind: 'oversized', streamId: 9, type: 1, flags: 0, length: 4_194_305 }, resource_exhausted],
    [{ kind: 'oversized', streamId: 9, type: 3, flags: 0, length: 4_194_305 }, invalid_argument],
    [frame(11, messageTypes.response, Buffer.of()), 'ignore'],
    [frame(11, 77, Buffer.of()), 'ignore'],
  ];
  for (const [given, expected] of verdicts) {
    const given_ = streams.receive(given);
    assert.equal(verdict(given_), expected, JSON.stringify(given));
    if (given_.do === 'reply') assert.equal(given_.streamId, given.streamId);
  }
  assert.equal(streams.activeCount, 1);
  assert.equal(streams.receive(request(11)).do, 'call', 'ids of frames that are no requests are not used up');
});

test('the id of a refused request is used up: its sender must not mix the two answers up', () => {
  const streams = new ServerStreams(8);
  streams.receive(frame(1, messageTypes.request, Buffer.from('ff', 'hex')));
  assert.equal(verdict(streams.receive(request(1))), invalid_argument);
});

test('calls beyond the bound are refused, and taken again when one has finished', () => {
  const streams = new ServerStreams(2);
  streams.receive(request(1));
  streams.receive(request(3));
  assert.equal(verdict(streams.receive(request(5))), resource_exhausted);
  assert.equal(streams.activeCount, 2);
  streams.finish(1);
  assert.equal(streams.receive(request(7)).do, 'call');
});

test('flags of a request do not matter: all our methods are unary', () => {
  const streams = new ServerStreams(8);
  const { data } = request(1) as { data: Buffer };
  for (let flags = 0; flags < 8; flags += 1) {
    assert.equal(streams.receive(frame(2 * flags + 1, messageTypes.request, data, flags)).do, 'call');
  }
});
