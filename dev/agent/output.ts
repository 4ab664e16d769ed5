/** One output stream of a process, read by long-polls: nothing is lost, and a full pipe holds the process back. */

import type { Readable } from 'node:stream';
import { KeyedLock } from '#base/keyed-lock.ts';

const readBytesMax = 1024 * 1024;

export class Output {
  readonly #stream: Readable;
  /** As in the agent: a reader holds the stream until it has its bytes; those that come meanwhile queue behind it. */
  readonly #reader = new KeyedLock<'reader'>();
  #ended = false;
  #changed = Promise.withResolvers<void>();

  /** The stream's own buffer is the bound: Node stops reading the pipe when it is full. */
  constructor(stream: Readable) {
    this.#stream = stream;
    const wake = () => {
      this.#changed.resolve();
      this.#changed = Promise.withResolvers<void>();
    };
    const end = () => {
      this.#ended = true;
      wake();
    };
    stream.on('readable', wake).on('end', end).on('close', end).on('error', end);
  }

  /** Waits for bytes; empty means the end of the output. A reader whose caller leaves has taken nothing. */
  read(length: number, signal: AbortSignal): Promise<Uint8Array> {
    const max = Math.min(Math.max(1, length), readBytesMax);
    return this.#reader.hold('reader', () => this.#take(max, signal), signal);
  }

  async #take(max: number, signal: AbortSignal): Promise<Uint8Array> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        const changed = this.#changed.promise;
        const size = Math.min(max, this.#stream.readableLength);
        // read(0) asks the pipe for more, or for its end.
        const chunk: Buffer | null = this.#stream.read(size);
        if (chunk !== null && chunk.length > 0) return chunk;
        if (this.#ended) return new Uint8Array();
        await Promise.race([changed, aborted]);
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
