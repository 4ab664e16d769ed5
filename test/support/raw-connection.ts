/** A connection that sends any bytes it is told to, legal or not, and shows what came back on each stream. */

import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { decodeResponse, encodeRequestFrame, type RpcResponse } from '#codec/ttrpc/envelope.ts';
import { dataBytesMax, encodeFrame, headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';

export interface RawRequest {
  readonly streamId: number;
  readonly service: string;
  readonly method: string;
  readonly payload?: Uint8Array;
  readonly timeoutNano?: bigint;
  readonly flags?: number;
}

export function requestFrame({ streamId, service, method, payload, timeoutNano = 0n, flags = 0 }: RawRequest): Buffer {
  const request = { service, method, payload: payload ?? new Uint8Array(0), timeoutNano, metadata: [] };
  return encodeRequestFrame({ streamId, type: messageTypes.request, flags }, request);
}

/** A frame that says it is one byte too long, and is. */
export function oversizedFrame(streamId: number, type: number = messageTypes.request): Buffer {
  const frame = Buffer.alloc(headerBytes + dataBytesMax + 1);
  encodeFrame(streamId, type, 0, Buffer.of()).copy(frame);
  frame.writeUInt32BE(dataBytesMax + 1);
  return frame;
}

export class RawConnection {
  readonly stream: Duplex;
  /** Resolves when the peer, or we, ended it. */
  readonly closed: Promise<'closed'>;
  readonly #replies = new Map<number, RpcResponse[]>();
  readonly #changed = new Set<() => void>();
  #count = 0;

  constructor(stream: Duplex) {
    this.stream = stream;
    const decoder = new FrameDecoder();
    stream.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        if (frame.kind !== 'frame' || frame.type !== messageTypes.response) continue;
        this.#count += 1;
        const queue = this.#replies.get(frame.streamId) ?? [];
        this.#replies.set(frame.streamId, [...queue, decodeResponse(frame.data)]);
        for (const wake of this.#changed) wake();
      }
    });
    stream.on('error', () => {});
    stream.on('end', () => stream.destroy());
    this.closed = new Promise((resolve) => stream.on('close', () => resolve('closed')));
  }

  static async dial(path: string): Promise<RawConnection> {
    const socket = net.connect(path);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Responses that came, over all streams. */
  get count(): number {
    return this.#count;
  }

  send(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) if (!this.stream.destroyed) this.stream.write(frame);
  }

  /** The next response on a stream; 'silence' after `waitMs`, 'closed' when there will be none. */
  async reply(streamId: number, waitMs = 5000): Promise<RpcResponse | 'silence' | 'closed'> {
    const late = Promise.withResolvers<'silence'>();
    const timer = setTimeout(late.resolve, waitMs, 'silence');
    try {
      for (;;) {
        const changed = Promise.withResolvers<'changed'>();
        const wake = () => changed.resolve('changed');
        this.#changed.add(wake);
        const reply = this.#replies.get(streamId)?.shift();
        if (reply) return reply;
        const event = await Promise.race([changed.promise, this.closed, late.promise]);
        this.#changed.delete(wake);
        if (event !== 'changed') return this.#replies.get(streamId)?.shift() ?? event;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    this.stream.destroy();
  }
}

/** `CODE`, as a verdict to compare: 0 for a success. */
export function verdictOf(reply: RpcResponse | 'silence' | 'closed'): number | 'silence' | 'closed' {
  return typeof reply === 'string' ? reply : (reply.status?.code ?? 0);
}
