/** Unix datagrams, with descriptors in them: for sd_notify, and for handing sockets to another process. See unix(7). */

import { closeSync, rmSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { loadAddon } from './load.ts';

interface NativeDatagram {
  bind(path: string): number;
  send(path: string, bytes: Buffer, fds: readonly number[]): void;
  receive(fd: number): Datagram | undefined;
}

export interface Datagram {
  readonly bytes: Buffer;
  /** Of the receiver, who closes them. */
  readonly fds: readonly number[];
}

/** A system call failed; `code` is an errno name. */
export class DatagramError extends Error {
  override readonly name = 'DatagramError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

let loaded: NativeDatagram | undefined;

function addon(): NativeDatagram {
  loaded ??= loadAddon<NativeDatagram>('unix_datagram');
  return loaded;
}

function named<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const errno = Number((error as { code?: unknown }).code);
    if (!(error instanceof Error) || !Number.isInteger(errno)) throw error;
    throw new DatagramError(getSystemErrorName(-errno), error.message);
  }
}

/**
 * Sends one datagram of at most 64 KiB, with at most 16 descriptors, which stay open here. `path` may begin with '@' for
 * the abstract namespace. Never waits: throws EAGAIN when the receiver's queue is full, ECONNREFUSED without a receiver.
 */
export function sendDatagram(path: string, bytes: Uint8Array, fds: readonly number[] = []): void {
  named(() => addon().send(path, Buffer.from(bytes), fds));
}

/** A bound socket that is asked rather than listened to. Disposing it removes the path. */
export class DatagramSocket implements Disposable {
  readonly path: string;
  readonly #fd: number;
  #isOpen = true;

  /** Throws EADDRINUSE when something is at `path`. */
  constructor(path: string) {
    this.path = path;
    this.#fd = named(() => addon().bind(path));
  }

  /** The oldest datagram that is queued, or undefined. */
  receive(): Datagram | undefined {
    return named(() => addon().receive(this.#fd));
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
    if (!this.path.startsWith('@')) rmSync(this.path, { force: true });
  }
}
