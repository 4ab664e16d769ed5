/** The server's table of streams on one connection: which frames are calls, and what illegal ones are answered. */

import { errorText } from '#base/errors.ts';
import { decodeRequest, type RpcRequest } from './envelope.ts';
import { messageTypes } from './frame.ts';
import type { DecodedFrame } from './frame-decoder.ts';
import { type RpcStatus, rpcStatus } from './status.ts';
import { StreamIds } from './stream-ids.ts';

/** What becomes of a frame: a call to run, a reply to give at once, or nothing. The connection always lives. */
export type ServerVerdict =
  | { readonly do: 'call'; readonly streamId: number; readonly request: RpcRequest }
  | { readonly do: 'reply'; readonly streamId: number; readonly status: RpcStatus }
  | { readonly do: 'ignore' };

const ignore: ServerVerdict = { do: 'ignore' };

export class ServerStreams {
  readonly #active = new Set<number>();
  readonly #streamsMax: number;
  readonly #ids = new StreamIds();

  constructor(streamsMax: number) {
    this.#streamsMax = streamsMax;
  }

  /** Calls that were not answered yet. */
  get activeCount(): number {
    return this.#active.size;
  }

  receive(frame: DecodedFrame): ServerVerdict {
    const { streamId } = frame;
    const refuse = (status: RpcStatus): ServerVerdict => ({ do: 'reply', streamId, status });
    switch (frame.type) {
      case messageTypes.data:
        // All our methods are unary; an upstream server would crash here, see docs/protocol.md.
        return refuse(rpcStatus('invalid_argument', `stream ${streamId} takes no data frames`));
      case messageTypes.request:
        break;
      default:
        return ignore;
    }
    if (streamId % 2 === 0) return refuse(rpcStatus('invalid_argument', `stream id ${streamId} must be odd`));
    if (!this.#ids.use(streamId)) {
      return refuse(rpcStatus('invalid_argument', `stream id ${streamId} cannot be used again`));
    }
    if (frame.kind === 'oversized') {
      return refuse(rpcStatus('resource_exhausted', `message of ${frame.length} bytes exceeds the maximum`));
    }
    if (this.#active.size >= this.#streamsMax) {
      return refuse(rpcStatus('resource_exhausted', `more than ${this.#streamsMax} calls in flight`));
    }
    try {
      const request = decodeRequest(frame.data);
      this.#active.add(streamId);
      return { do: 'call', streamId, request };
    } catch (error) {
      return refuse(rpcStatus('invalid_argument', errorText(error)));
    }
  }

  /** Ends a stream; false if it was not active, and then nothing may be sent for it. */
  finish(streamId: number): boolean {
    return this.#active.delete(streamId);
  }
}
