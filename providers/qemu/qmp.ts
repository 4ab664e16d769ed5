/** QEMU's machine protocol: commands and answers as lines of JSON over its Unix socket. */

import { connect, type Socket } from 'node:net';
import { ProviderError } from '@peerpods/provider';

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface QmpMessage {
  readonly QMP?: unknown;
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly class?: string; readonly desc?: string };
  readonly event?: string;
}

/** QEMU answers in a few hundred bytes; more than this is not QEMU. */
const bufferedBytesMax = 4 * 1024 * 1024;

/** One connection. QEMU serves one client of a socket at a time: open it, ask, close it. */
export class QmpClient implements Disposable {
  readonly #socket: Socket;
  readonly #waiters = new Map<number, Waiter>();
  readonly #greeted = Promise.withResolvers<void>();
  #buffered = '';
  #nextId = 1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#greeted.promise.catch(() => {}); // `open` may have been left already
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('QEMU closed its control socket')));
  }

  /** Connects and negotiates. Rejects with the signal's reason, or with what Node says of the socket. */
  static async open(path: string, signal: AbortSignal): Promise<QmpClient> {
    signal.throwIfAborted();
    const client = new QmpClient(connect({ path }));
    try {
      await client.#bounded(client.#greeted.promise, signal);
      await client.execute('qmp_capabilities', {}, signal);
      return client;
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }

  /** The command's result. An error of QEMU's is `transient` and carries its words. */
  async execute(command: string, parameters: object, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiters.set(id, { resolve, reject });
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: parameters, id })}\n`);
    try {
      return await this.#bounded(promise, signal);
    } catch (error) {
      if (error instanceof QmpRefusal) throw new ProviderError('transient', `QEMU: ${command}: ${error.message}`);
      throw error;
    } finally {
      this.#waiters.delete(id);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #bounded<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #receive(text: string): void {
    const lines = (this.#buffered + text).split('\n');
    this.#buffered = lines.pop() ?? '';
    try {
      if (this.#buffered.length > bufferedBytesMax) throw new Error('a line without end');
      for (const line of lines) if (line.trim() !== '') this.#take(JSON.parse(line) as QmpMessage);
    } catch (error) {
      this.#fail(new Error(`what QEMU sends cannot be read: ${String(error)}`));
    }
  }

  /** Events are not waited for here: what matters of a machine is asked. */
  #take(message: QmpMessage): void {
    if (message.QMP !== undefined) this.#greeted.resolve();
    const waiter = message.id === undefined ? undefined : this.#waiters.get(message.id);
    if (message.error) waiter?.reject(new QmpRefusal(message.error.desc ?? message.error.class ?? 'refused'));
    else waiter?.resolve(message.return);
  }

  #fail(error: Error): void {
    this.#greeted.reject(error);
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
    this.#socket.destroy();
  }
}

class QmpRefusal extends Error {}
