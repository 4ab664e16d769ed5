/** RelayControl over ttrpc: a service table for the relay's process and a client for the adaptor's. Payloads are JSON. */

import type { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError } from '#base/errors.ts';
import { type CallOptions, TtrpcClient } from '#io/ttrpc-client.ts';
import { type ServiceTable, TtrpcServer } from '#io/ttrpc-server.ts';
import type { RelayAttachment, RelayControl, RelayStatus } from './control.ts';
import { decodeMessage, encodeMessage, parseAttachment, parseName, parsePositive } from './control-messages.ts';

const service = 'peerpods.relay.v1.Relay';
/** The relay's own verdict should arrive before the caller's patience ends. */
const graceMs = 2000;

function relayServices(relay: RelayControl): ServiceTable {
  return {
    [service]: {
      Listen: async (payload) => {
        const fields = decodeMessage(payload);
        await relay.listen(parseName(fields.sandboxId, 'sandboxId'), parseName(fields.socketPath, 'socketPath'));
        return encodeMessage({});
      },
      Connect: async (payload, { signal }) => {
        const fields = decodeMessage(payload);
        await relay.connect(parseAttachment(fields), {
          timeoutMs: parsePositive(fields.timeoutMs, 'timeoutMs'),
          signal,
        });
        return encodeMessage({});
      },
      Detach: async (payload) => {
        await relay.detach(parseName(decodeMessage(payload).sandboxId, 'sandboxId'));
        return encodeMessage({});
      },
      List: async () => encodeMessage({ sandboxes: await relay.list() }),
    },
  };
}

export function relayControlServer(relay: RelayControl, clock: Clock): TtrpcServer {
  return new TtrpcServer({ services: relayServices(relay), clock });
}

export class RelayClient implements RelayControl, Disposable {
  readonly #dial: () => Promise<Duplex>;
  readonly #clock: Clock;
  #client: Promise<TtrpcClient> | undefined;

  /** Dials at the first call, and anew after the relay was replaced. */
  constructor(dial: () => Promise<Duplex>, clock: Clock) {
    this.#dial = dial;
    this.#clock = clock;
  }

  async #call(method: string, payload: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    this.#client ??= this.#open();
    return await (await this.#client).call(service, method, payload, options);
  }

  async #open(): Promise<TtrpcClient> {
    const forget = () => {
      this.#client = undefined;
    };
    try {
      const client = new TtrpcClient(await this.#dial(), { clock: this.#clock });
      void client.closed.then(forget);
      return client;
    } catch (error) {
      forget();
      throw asPeerPodError(error, 'E_IO', 'dial the relay');
    }
  }

  async listen(sandboxId: string, socketPath: string): Promise<void> {
    await this.#call('Listen', encodeMessage({ sandboxId, socketPath }));
  }

  async connect(attachment: RelayAttachment, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const { timeoutMs, signal } = options;
    await this.#call('Connect', encodeMessage({ ...attachment, timeoutMs }), {
      timeoutMs: timeoutMs + graceMs,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async detach(sandboxId: string): Promise<void> {
    await this.#call('Detach', encodeMessage({ sandboxId }));
  }

  async list(): Promise<readonly RelayStatus[]> {
    const { sandboxes } = decodeMessage(await this.#call('List', encodeMessage({})));
    return sandboxes as readonly RelayStatus[];
  }

  [Symbol.dispose](): void {
    void this.#client?.then(
      (client) => client.destroy(),
      () => {},
    );
  }
}
