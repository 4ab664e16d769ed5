/** What few clients send, legal or not, and the verdict that docs/protocol.md gives each: the connection lives every time. */

import { encodeFrame, headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { statusCodes } from '#codec/ttrpc/status.ts';
import { oversizedFrame, type RawConnection, requestFrame, verdictOf } from '../support/raw-connection.ts';
import { wrappedNumber } from './messages.ts';

export type Verdict = number | 'silence' | 'closed' | 'connection lost';

/** How a case speaks on a connection whose streams below `first` are used up, and which of its streams is judged. */
export interface Input {
  readonly name: string;
  readonly verdict: number | 'silence';
  readonly judged: (first: number) => number;
  /** So many of the frames are sent one by one, each answered on the judged stream before the next is sent. */
  readonly prelude: number;
  readonly frames: (first: number) => readonly Buffer[];
}

const { invalid_argument, resource_exhausted, unimplemented, deadline_exceeded } = statusCodes;
const bytes = (text: string) => Buffer.from(text, 'hex');
const first = (streamId: number) => streamId;
const raw = (streamId: number, type: number, data: Buffer, flags = 0) => encodeFrame(streamId, type, flags, data);
const input = (
  name: string,
  verdict: number | 'silence',
  frames: (streamId: number) => readonly Buffer[],
  judged: (streamId: number) => number = first,
  prelude = 0,
): Input => ({ name, verdict, frames, judged, prelude });

/** For any service; `legal` is a request that is answered with success. */
export function illegalFrames(service: string, legal: (streamId: number) => Buffer): readonly Input[] {
  const unknown = (streamId: number, name: string) => requestFrame({ streamId, service: name, method: 'Nothing' });
  const request = (streamId: number, data: Buffer) => raw(streamId, messageTypes.request, data);
  const data = (streamId: number, content: Buffer, flags = 0) => raw(streamId, messageTypes.data, content, flags);
  return [
    input(
      'a request on an even stream',
      invalid_argument,
      (id) => [legal(id + 1)],
      (id) => id + 1,
    ),
    input(
      'a request on stream 0',
      invalid_argument,
      () => [legal(0)],
      () => 0,
    ),
    input('a stream id that was used before', invalid_argument, (id) => [legal(id), legal(id)], first, 1),
    input('a stream id that others overtook, as the Rust client sends it', 0, (id) => [legal(id + 2), legal(id)]),
    input('an envelope that is not protobuf', invalid_argument, (id) => [request(id, bytes('ff'))]),
    input('an envelope with wire type 7', invalid_argument, (id) => [request(id, bytes('0f01'))]),
    input('an envelope cut short', invalid_argument, (id) => [request(id, bytes('0a056162'))]),
    input('an empty envelope', unimplemented, (id) => [request(id, bytes(''))]),
    input('a request of 4 MiB and one byte', resource_exhausted, (id) => [oversizedFrame(id)]),
    input('a data frame for a stream that never was', invalid_argument, (id) => [data(id, bytes('01'))]),
    input('an empty closing data frame', invalid_argument, (id) => [data(id, bytes(''), 5)]),
    input('a closing data frame with bytes', invalid_argument, (id) => [data(id, bytes('01'), 5)]),
    input('an oversized data frame', invalid_argument, (id) => [oversizedFrame(id, messageTypes.data)]),
    input('an unknown message type', 'silence', (id) => [raw(id, 9, bytes('01'))]),
    input('an unknown message type with data that look like a request', 'silence', (id) => [
      raw(id, 200, legal(id).subarray(headerBytes)),
    ]),
    input('a response from a client', 'silence', (id) => [raw(id, messageTypes.response, bytes(''))]),
    input('an unknown service', unimplemented, (id) => [unknown(id, 'interop.Nowhere')]),
    input('an unknown method', unimplemented, (id) => [unknown(id, service)]),
  ];
}

const service = 'interop.Peer';
const echo = (streamId: number) => requestFrame({ streamId, service, method: 'Echo' });
const sleep = (streamId: number) => requestFrame({ streamId, service, method: 'Sleep', payload: wrappedNumber(200) });

/** For interop.Peer. */
export const illegalInputs: readonly Input[] = [
  ...illegalFrames(service, echo),
  input('a data frame for a call in flight', invalid_argument, (id) => [
    sleep(id),
    raw(id, messageTypes.data, bytes('01')),
  ]),
  input('an answer of more than 4 MiB', resource_exhausted, (id) => [
    requestFrame({ streamId: id, service, method: 'Fill', payload: wrappedNumber(4 * 1024 * 1024) }),
  ]),
  input('a budget that is over', deadline_exceeded, (id) => [
    requestFrame({ streamId: id, service, method: 'Wait', timeoutNano: -1n }),
  ]),
];

/** Long enough on a machine that does much else; silence where silence is due is listened to for less. */
const patienceMs = 10_000;
const silenceMs = 300;

/** What a service answers to the input, when the stream ids from `from` are free. */
export async function verdictOn(
  connection: RawConnection,
  { frames, judged, prelude, verdict }: Input,
  { from = 3, expected = verdict as Verdict } = {},
): Promise<number | 'silence' | 'closed'> {
  const sent = frames(from);
  for (const frame of sent.slice(0, prelude)) {
    connection.send(frame);
    await connection.reply(judged(from), patienceMs);
  }
  connection.send(...sent.slice(prelude));
  return verdictOf(await connection.reply(judged(from), expected === 'silence' ? silenceMs : patienceMs));
}

/**
 * Sends the input with a call in flight before it, and another call after it. 'connection lost': whatever the stream's
 * own reply was, one of those two was not answered.
 */
export async function judge(connection: RawConnection, one: Input, expected: Verdict = one.verdict): Promise<Verdict> {
  const [warm, before, from, after] = [1, 3, 5, 1001];
  connection.send(echo(warm));
  await connection.reply(warm); // whatever is dialled on demand is there now
  connection.send(requestFrame({ streamId: before, service, method: 'Sleep', payload: wrappedNumber(300) }));
  const verdict = await verdictOn(connection, one, { from, expected });
  connection.send(echo(after));
  const neighbours = await Promise.all([connection.reply(before, patienceMs), connection.reply(after, patienceMs)]);
  return neighbours.every((reply) => verdictOf(reply) === 0) ? verdict : 'connection lost';
}
