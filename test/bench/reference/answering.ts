/** How stand-ins for pod VMs answer: every request with the same bytes, as cheaply as Node can. */

import type { Duplex } from 'node:stream';
import { silentLog } from '#base/log.ts';
import { grpc } from '#codec/gen/agent.js';
import { encodeResponseFrame } from '#codec/ttrpc/envelope.ts';
import { headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { rpcStatus } from '#codec/ttrpc/status.ts';
import { resumeMethod } from '#codec/ttrpc-session/session-frames.ts';
import { SessionHost } from '#domain/forward/session-host.ts';
import { systemClock as clock } from '#io/system-clock.ts';

/** What one pod VM answers every call with. */
export interface PodVmKind {
  readonly port: number;
  readonly replyBytes: number;
  /**
   * Whose forwarder it is like. Ours keeps sessions, and replies that wait for the connection share TLS records.
   * Upstream's knows no sessions and sends each reply in a record of its own.
   */
  readonly forwarder: 'ours' | 'upstream';
}

export function replyOf(bytes: number): Buffer {
  const payload = grpc.ReadStreamResponse.encode({ data: Buffer.alloc(bytes, 0x61) }).finish();
  return encodeResponseFrame({ streamId: 0, type: messageTypes.response, flags: 0 }, { status: undefined, payload });
}

const unimplemented = encodeResponseFrame(
  { streamId: 0, type: messageTypes.response, flags: 0 },
  { status: rpcStatus('unimplemented', 'service'), payload: new Uint8Array(0) },
);

/** Takes proven connections as the kind of forwarder does; one for all the pod VMs of its kind. */
export function acceptorOf(reply: Buffer, kind: PodVmKind): (stream: Duplex) => void {
  if (kind.forwarder === 'ours') {
    const answer = (session: Duplex) => serve(session, reply);
    const [sessionsMax, silentMax] = [4096, 4096]; // it is many forwarders
    const host = new SessionHost({ clock, log: silentLog, accept: answer, limits: { sessionsMax, silentMax } });
    return (stream) => host.accept(stream);
  }
  return (stream) => {
    Object.assign(stream, { _writev: undefined }); // else Node would join writes that wait
    serve(stream, reply);
  };
}

/** Reads only headers; what a request says does not matter. */
export function serve(stream: Duplex, reply: Buffer): void {
  const header = Buffer.alloc(headerBytes);
  let headerHave = 0;
  let bodyLeft = 0;
  stream.on('error', () => stream.destroy());
  stream.on('drain', () => stream.resume());
  stream.on('data', (chunk: Buffer) => {
    const streamIds: number[] = [];
    for (let at = 0; at < chunk.length; ) {
      if (bodyLeft > 0) {
        const part = Math.min(bodyLeft, chunk.length - at);
        bodyLeft -= part;
        at += part;
        continue;
      }
      if (headerHave === 0 && chunk.length - at >= headerBytes) {
        bodyLeft = chunk.readUInt32BE(at);
        streamIds.push(chunk.readUInt32BE(at + 4));
        at += headerBytes;
        continue;
      }
      const part = Math.min(headerBytes - headerHave, chunk.length - at);
      chunk.copy(header, headerHave, at, at + part);
      headerHave += part;
      at += part;
      if (headerHave < headerBytes) continue;
      headerHave = 0;
      bodyLeft = header.readUInt32BE(0);
      streamIds.push(header.readUInt32BE(4));
    }
    for (const streamId of streamIds) {
      const frame = Buffer.from(streamId === 1 && chunk.includes(resumeMethod.service) ? unimplemented : reply);
      frame.writeUInt32BE(streamId, 4);
      if (!stream.write(frame)) stream.pause();
    }
  });
  stream.resume(); // it may have been paused by who looked at its first frame
}
