/** RelayControl over ttrpc: a service table for the relay's process and a client for the adaptor's. Payloads are JSON. */

import type { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import { type CallOptions, TtrpcClient } from '#io/ttrpc-client.ts';
import { type ServiceTable, TtrpcServer } from '#io/ttrpc-server.ts';
import type { RelayAttachment, RelayControl, RelayStatus } from './control.ts';

const service = 'peerpods.relay.v1.Relay';
/** The relay's own verdict should arrive before the caller's patience ends. */
const graceMs = 2000;

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value) ?? 'null', 'utf8');
}

function decode(payload: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    throw new PeerPodError('E_DECODE', 'the relay request is not JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new PeerPodError('E_DECODE', 'no object in the relay request');
  return value as Record<string, unknown>;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new PeerPodError('E_ARGUMENT', `${name} must be a string`);
  return value;
}

function integer(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new PeerPodError('E_ARGUMENT', `${name} must be a positive integer`);
  }
  return value;
}

function parseTls(value: unknown): RelayAttachment['tls'] {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null) throw new PeerPodError('E_ARGUMENT', 'tls must be an object');
  const { directory, serverName, serverFingerprint256, minVersion, cipherSuites } = value as Record<string, unknown>;
  if (cipherSuites !== undefined && !Array.isArray(cipherSuites)) {
    throw new PeerPodError('E_ARGUMENT', 'cipherSuites must be a list');
  }
  return {
    directory: text(directory, 'directory'),
    serverName: text(serverName, 'serverName'),
    // A pin that is present but malformed must not turn into no pin.
    ...(serverFingerprint256 === undefined ? {} : { serverFingerprint256: text(serverFingerprint256, 'fingerprint') }),
    ...(minVersion === undefined ? {} : { minVersion: text(minVersion, 'minVersion') }),
    ...(cipherSuites === undefined ? {} : { cipherSuites: cipherSuites.map((suite) => text(suite, 'cipher suite')) }),
  };
}

function parseAttachment(fields: Record<string, unknown>): RelayAttachment {
  return {
    sandboxId: text(fields.sandboxId, 'sandboxId'),
    socketPath: text(fields.socketPath, 'socketPath'),
    host: text(fields.host, 'host'),
    port: integer(fields.port, 'port'),
    tls: parseTls(fields.tls),
  };
}

function relayServices(relay: RelayControl): ServiceTable {
  return {
    [service]: {
      Listen: async (payload) => {
        const fields = decode(payload);
        await relay.listen(text(fields.sandboxId, 'sandboxId'), text(fields.socketPath, 'socketPath'));
        return encode({});
      },
      Connect: async (payload, { signal }) => {
        const fields = decode(payload);
        await relay.connect(parseAttachment(fields), { timeoutMs: integer(fields.timeoutMs, 'timeoutMs'), signal });
        return encode({});
      },
      Detach: async (payload) => {
        await relay.detach(text(decode(payload).sandboxId, 'sandboxId'));
        return encode({});
      },
      List: async () => encode({ sandboxes: await relay.list() }),
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
    await this.#call('Listen', encode({ sandboxId, socketPath }));
  }

  async connect(attachment: RelayAttachment, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const { timeoutMs, signal } = options;
    await this.#call('Connect', encode({ ...attachment, timeoutMs }), {
      timeoutMs: timeoutMs + graceMs,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async detach(sandboxId: string): Promise<void> {
    await this.#call('Detach', encode({ sandboxId }));
  }

  async list(): Promise<readonly RelayStatus[]> {
    const { sandboxes } = decode(await this.#call('List', encode({})));
    return sandboxes as readonly RelayStatus[];
  }

  [Symbol.dispose](): void {
    void this.#client?.then(
      (client) => client.destroy(),
      () => {},
    );
  }
}
