/** Hands callers to another process: their sockets by datagram, what is known of their calls by message. */

import { rmSync } from 'node:fs';
import { DatagramError, DatagramSocket, sendDatagram } from '@peerpods/netlink/unix-datagram';
import { PeerPodError } from '#base/errors.ts';
import type { MovingCaller } from './callers.ts';
import type { CarriageState } from './carriage.ts';
import { parseList, parseObject } from './control-messages.ts';

/** As many as are handed over at once: fewer datagrams than the kernel queues for one receiver (10, see unix(7)). */
export const movedCallersMax = 64;
const fdsPerDatagram = 16;

/** Sends the sockets, and gives the message about them, in the same order. */
export function sendCallers(datagramPath: string, callers: readonly MovingCaller[]): readonly object[] {
  for (let at = 0; at < callers.length; at += fdsPerDatagram) {
    const fds = callers.slice(at, at + fdsPerDatagram).map(({ fd }) => fd);
    sendDatagram(datagramPath, Buffer.from('callers'), fds);
  }
  for (const { done } of callers) done();
  return callers.map(({ state }) => encodeState(state));
}

export interface ReceivedCaller {
  readonly fd: number;
  readonly state: CarriageState;
}

/** After the answer has come, the sockets are there. */
export function receiveCallers(socket: DatagramSocket, messages: unknown): readonly ReceivedCaller[] {
  const states = parseList(messages, 'callers').map(decodeState);
  const fds: number[] = [];
  while (fds.length < states.length) {
    const datagram = socket.receive();
    if (!datagram) throw new PeerPodError('E_IO', `${fds.length} sockets came for ${states.length} callers`);
    fds.push(...datagram.fds);
  }
  return states.map((state, at) => ({ fd: fds[at] ?? -1, state }));
}

/** In the place of one that a killed process left. EADDRINUSE while another process receives there. */
export function openReceiver(path: string): DatagramSocket {
  if (isAbandoned(path)) rmSync(path);
  return new DatagramSocket(path);
}

function isAbandoned(path: string): boolean {
  try {
    sendDatagram(path, Buffer.from('nothing')); // whoever receives it takes no socket from it
    return false;
  } catch (error) {
    if (error instanceof DatagramError) return error.code === 'ECONNREFUSED';
    throw error;
  }
}

const encodeBytes = (bytes: Buffer) => bytes.toString('base64');

function encodeState({ streamIds, pending, unread, session }: CarriageState): object {
  return {
    lastStreamId: streamIds.last,
    lateStreamIds: streamIds.late,
    pending: pending.map(([streamId, frame]) => [streamId, frame ? encodeBytes(frame) : null]),
    unread: encodeBytes(unread),
    session: session && {
      ...session,
      sessionId: encodeBytes(session.sessionId),
      sent: encodeBytes(session.sent),
    },
  };
}

function decodeState(value: unknown): CarriageState {
  const { lastStreamId, lateStreamIds, pending, unread, session } = parseObject(value, 'a caller');
  const late = parseList(lateStreamIds, 'lateStreamIds').map((id) => decodeCount(id, 'late stream id'));
  return {
    streamIds: { last: decodeCount(lastStreamId, 'lastStreamId'), late },
    pending: parseList(pending, 'pending').map((entry) => {
      const [streamId, frame] = parseList(entry, 'a pending call');
      return [decodeCount(streamId, 'stream id'), frame === null ? undefined : decodeBytes(frame, 'frame')] as const;
    }),
    unread: decodeBytes(unread, 'unread'),
    ...(session !== undefined && { session: decodeSession(session) }),
  };
}

function decodeSession(value: unknown) {
  const { sessionId, sentPosition, sent, receivedBytes } = parseObject(value, 'a session');
  return {
    sessionId: decodeBytes(sessionId, 'sessionId'),
    sentPosition: decodeCount(sentPosition, 'sentPosition'),
    sent: decodeBytes(sent, 'sent'),
    receivedBytes: decodeCount(receivedBytes, 'receivedBytes'),
  };
}

function decodeCount(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PeerPodError('E_ARGUMENT', `${name} must be a whole number`);
}

function decodeBytes(value: unknown, name: string): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'base64');
  throw new PeerPodError('E_ARGUMENT', `${name} must be base64`);
}
