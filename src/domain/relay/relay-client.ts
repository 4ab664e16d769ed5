/** A relay in another process, as its adaptor and its successor see it. */

import type { Duplex } from 'node:stream';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, isPeerPodError } from '#base/errors.ts';
import { KeyedLock } from '#base/keyed-lock.ts';
import { type CallOptions, TtrpcClient } from '#io/ttrpc-client.ts';
import type {
  MovedSandbox,
  RelayAttachment,
  RelayControl,
  RelayStatus,
  RelaySuccession,
  RelayTraffic,
} from './control.ts';
import {
  decodeMessage,
  encodeMessage,
  parseAttachment,
  parseList,
  parseName,
  parseObject,
} from './control-messages.ts';
import { controlService, successionService } from './remote-control.ts';

/** The relay's own verdict should arrive before the caller's patience ends. */
const graceMs = 2000;
/** For a relay to come back, or for its successor to be there. Every method may be asked twice. */
const absenceMsMax = 15_000;
const redialMs = 50;
/** For callers to settle before they move. */
const moveMsMax = 30_000;

export class RelayClient implements RelayControl, RelaySuccession, Disposable {
  readonly #dial: () => Promise<Duplex>;
  readonly #clock: Clock;
  #client: Promise<TtrpcClient> | undefined;

  /** A listen that nobody waits for any more must not come after the detach. */
  readonly #turns = new KeyedLock<string>();

  /** Dials at the first call, and anew after the relay was replaced. */
  constructor(dial: () => Promise<Duplex>, clock: Clock) {
    this.#dial = dial;
    this.#clock = clock;
  }

  async listen(sandboxId: string, socketPath: string): Promise<void> {
    await this.#turns.hold(sandboxId, () => this.#control('Listen', { sandboxId, socketPath }));
  }

  async connect(attachment: RelayAttachment, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const { timeoutMs, signal } = options;
    const limits = { timeoutMs: timeoutMs + graceMs, ...(signal && { signal }) };
    await this.#control('Connect', { ...attachment, timeoutMs }, limits);
  }

  async detach(sandboxId: string): Promise<void> {
    await this.#turns.hold(sandboxId, () => this.#control('Detach', { sandboxId }));
  }

  async list(): Promise<readonly RelayStatus[]> {
    const { sandboxes } = await this.#control('List', {});
    return parseList(sandboxes, 'sandboxes').map(parseStatus);
  }

  async beginRetirement(): Promise<readonly RelayStatus[]> {
    const { sandboxes } = await this.#succeed('BeginRetirement', {});
    return parseList(sandboxes, 'sandboxes').map(parseStatus);
  }

  async moveSandbox(sandboxId: string, datagramPath: string): Promise<MovedSandbox> {
    const answer = await this.#succeed('MoveSandbox', { sandboxId, datagramPath });
    return {
      socketPath: parseName(answer.socketPath, 'socketPath'),
      attachment: answer.attachment === undefined ? undefined : parseAttachment(answer.attachment),
      callers: parseList(answer.callers, 'callers').map((caller) => parseObject(caller, 'a caller')),
    };
  }

  async moveFront(datagramPath: string): Promise<readonly object[]> {
    const { callers } = await this.#succeed('MoveFront', { datagramPath });
    return parseList(callers, 'callers').map((caller) => parseObject(caller, 'a caller'));
  }

  async retire(): Promise<void> {
    await this.#succeed('Retire', {});
  }

  [Symbol.dispose](): void {
    void this.#client?.then(
      (client) => client.destroy(),
      () => {},
    );
  }

  /** Waits for a relay that is away or hands over, for a bounded time. */
  async #control(method: string, message: object, options: CallOptions = {}): Promise<Record<string, unknown>> {
    const until = this.#clock.now() + absenceMsMax;
    for (;;) {
      try {
        return await this.#call(controlService, method, message, options);
      } catch (error) {
        const mayReturn = isPeerPodError(error) && error.status === 'unavailable';
        if (!mayReturn || options.signal?.aborted || this.#clock.now() > until) throw error;
        this.#hangUp();
        await sleep(this.#clock, redialMs, options.signal);
      }
    }
  }

  /** Moving twice would move other callers: a failure is final. */
  #succeed(method: string, message: object): Promise<Record<string, unknown>> {
    return this.#call(successionService, method, message, { timeoutMs: moveMsMax });
  }

  async #call(service: string, method: string, message: object, options: CallOptions) {
    this.#client ??= this.#open();
    return decodeMessage(await (await this.#client).call(service, method, encodeMessage(message), options));
  }

  #hangUp(): void {
    this[Symbol.dispose]();
    this.#client = undefined;
  }

  async #open(): Promise<TtrpcClient> {
    try {
      const client = new TtrpcClient(await this.#dial(), { clock: this.#clock });
      void client.closed.then(() => {
        this.#client = undefined;
      });
      return client;
    } catch (error) {
      this.#client = undefined;
      throw asPeerPodError(error, 'E_IO', 'dial the relay');
    }
  }
}

function parseStatus(value: unknown): RelayStatus {
  const { sandboxId, socketPath, connected, shimConnections, traffic } = parseObject(value, 'a sandbox');
  return {
    sandboxId: parseName(sandboxId, 'sandboxId'),
    socketPath: parseName(socketPath, 'socketPath'),
    connected: connected === true,
    shimConnections: Number(shimConnections),
    ...(traffic === undefined ? {} : { traffic: parseTraffic(traffic) }),
  };
}

function parseTraffic(value: unknown): RelayTraffic {
  const traffic = parseObject(value, 'traffic');
  const { calls, callsInFlight, bytesToVm, bytesToShim, reconnections } = traffic;
  const { callsLost = 0, callsRepeated = 0 } = traffic; // an older relay counts neither
  return {
    calls: Number(calls),
    callsInFlight: Number(callsInFlight),
    bytesToVm: Number(bytesToVm),
    bytesToShim: Number(bytesToShim),
    reconnections: Number(reconnections),
    callsLost: Number(callsLost),
    callsRepeated: Number(callsRepeated),
  };
}
