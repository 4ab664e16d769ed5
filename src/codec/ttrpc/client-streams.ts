/** The client's table of streams on one connection: ids, and which answer belongs to which call. */

import { errorText, PeerPodError } from '#base/errors.ts';
import { decodeResponse } from './envelope.ts';
import { messageTypes } from './frame.ts';
import type { DecodedFrame } from './frame-decoder.ts';
import { RpcError, rpcStatus } from './status.ts';

/** Ids are odd and below 2^32; long before that a caller should have opened a new connection. */
const streamIdMax = 0xffff_ffff;

export type ClientVerdict =
  | { readonly do: 'resolve'; readonly streamId: number; readonly payload: Uint8Array }
  | { readonly do: 'reject'; readonly streamId: number; readonly error: PeerPodError }
  /** A late answer to a call that was given up, or a type we do not know. */
  | { readonly do: 'ignore' };

export class ClientStreams {
  readonly #active = new Set<number>();
  #nextStreamId = 1;

  get activeCount(): number {
    return this.#active.size;
  }

  /** The next id. It must reach the wire before any later one does. */
  open(): number {
    if (this.#nextStreamId > streamIdMax) throw new PeerPodError('E_RPC_CLOSED', 'stream ids are used up');
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    this.#active.add(streamId);
    return streamId;
  }

  /** Gives a call up: nothing is sent (ttrpc has no cancel), and its late answer will be ignored. */
  abandon(streamId: number): void {
    this.#active.delete(streamId);
  }

  receive(frame: DecodedFrame): ClientVerdict {
    const { streamId } = frame;
    if (frame.type !== messageTypes.response && frame.type !== messageTypes.data) return { do: 'ignore' };
    if (!this.#active.delete(streamId)) return { do: 'ignore' };
    const reject = (error: PeerPodError): ClientVerdict => ({ do: 'reject', streamId, error });
    if (frame.kind === 'oversized') {
      return reject(new RpcError(rpcStatus('resource_exhausted', `answer of ${frame.length} bytes is too large`)));
    }
    if (frame.type === messageTypes.data) {
      return reject(new PeerPodError('E_RPC_PROTOCOL', 'a data frame came as the answer to a unary call'));
    }
    try {
      const response = decodeResponse(frame.data);
      if (response.status) return reject(new RpcError(response.status));
      return { do: 'resolve', streamId, payload: response.payload };
    } catch (error) {
      return reject(new PeerPodError('E_RPC_PROTOCOL', `undecodable answer: ${errorText(error)}`, { cause: error }));
    }
  }
}
