/** Questions to the daemons of this worker, over their sockets; what stands in the way is said with its remedy. */

import type { Clock } from '#base/clock.ts';
import { asPeerPodError, errorText, isPeerPodError, PeerPodError, systemErrorCode } from '#base/errors.ts';
import { RpcError, statusCodes } from '#codec/ttrpc/status.ts';
import { adminService, relayAdminService } from '#daemons/admin-contract.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import type { CommandOption, Invocation, World } from '../command.ts';

export const socketOptions: readonly CommandOption[] = [
  {
    name: 'socket',
    value: 'PATH',
    help: "the adaptor's socket, or hypervisor.sock; default ADAPTOR_SOCKET or /run/peerpod/adaptor.sock",
  },
  {
    name: 'relay-socket',
    value: 'PATH',
    help: "the relay's control socket; default RELAY_SOCKET or /run/peerpod/relay.sock",
  },
];

export interface Sockets {
  /** Tried in this order. */
  readonly adaptor: readonly string[];
  readonly relay: string;
}

/** A list of pod VMs comes from the cloud, which the adaptor gives a minute. */
const answerMsMax = 90_000;
/** The relay holds calls while there is no adaptor: nobody would come to an answer. */
const heldMsMax = 5000;

export function socketsOf(invocation: Invocation, env: World['env']): Sockets {
  const given = invocation.text('socket');
  const own = env.ADAPTOR_SOCKET || '/run/peerpod/adaptor.sock';
  const shims = env.REMOTE_HYPERVISOR_ENDPOINT || '/run/peerpod/hypervisor.sock';
  return {
    adaptor: given === undefined ? [own, shims] : [given],
    relay: invocation.text('relay-socket') ?? (env.RELAY_SOCKET || '/run/peerpod/relay.sock'),
  };
}

/** Keeps one connection to each daemon. Dispose it. */
export class NodeClient implements AsyncDisposable {
  readonly sockets: Sockets;
  readonly #clock: Clock;
  readonly #open = new AsyncDisposableStack();
  #adaptor: Promise<TtrpcClient> | undefined;
  #relay: Promise<TtrpcClient> | undefined;
  #mayBeHeld = false;

  constructor(sockets: Sockets, clock: Clock) {
    this.sockets = sockets;
    this.#clock = clock;
  }

  /** Throws E_IO when nobody answers, E_SETTING when the adaptor is too old, and its own error otherwise. */
  async adaptor<T>(method: string, request: object = {}): Promise<T> {
    this.#adaptor ??= this.#dialAdaptor();
    const client = await this.#adaptor;
    const timeoutMs = this.#mayBeHeld ? heldMsMax : answerMsMax;
    try {
      const answer = await ask<T>(client, adminService, method, request, timeoutMs);
      this.#mayBeHeld = false; // somebody is there
      return answer;
    } catch (error) {
      if (!this.#mayBeHeld || !isLate(error)) throw error;
      throw new PeerPodError('E_IO', `the relay answers, the adaptor behind it does not.\n${startAdaptor}`);
    }
  }

  async relay<T>(method: string, request: object = {}): Promise<T> {
    this.#relay ??= this.#dial(this.sockets.relay, 'agent-relay');
    return await ask<T>(await this.#relay, relayAdminService, method, request, answerMsMax);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open[Symbol.asyncDispose]();
  }

  async #dialAdaptor(): Promise<TtrpcClient> {
    const [first = '', second] = this.sockets.adaptor;
    try {
      const client = await this.#dial(first, 'cloud-api-adaptor');
      this.#mayBeHeld = /hypervisor/.test(first);
      return client;
    } catch (error) {
      if (second === undefined) throw error;
      const client = await this.#dial(second, 'cloud-api-adaptor').catch(() => {
        throw error;
      });
      this.#mayBeHeld = true;
      return client;
    }
  }

  async #dial(path: string, program: string): Promise<TtrpcClient> {
    try {
      const client = new TtrpcClient(await dialUnix(path), { clock: this.#clock });
      this.#open.use(client);
      return client;
    } catch (error) {
      throw new PeerPodError('E_IO', notDialled(path, program, error), { cause: error });
    }
  }
}

const startAdaptor = 'Start cloud-api-adaptor on this worker, and see its log for why it ended.';

function notDialled(path: string, program: string, error: unknown): string {
  switch (causeCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return `no permission for ${path}.\nRun peerpodctl as root, or inside of the pod of ${program}.`;
    case 'ENOENT':
      return (
        `nobody answers at ${path}: there is no such socket.\nIs ${program} running on this worker? ` +
        `Another path: --socket, --relay-socket. From elsewhere: --cluster.`
      );
    case 'ECONNREFUSED':
      return `nobody answers at ${path}: ${program} has ended and left its socket.\nStart it, and see its log for why.`;
    default:
      return `nobody answers at ${path}: ${errorText(error)}`;
  }
}

/** Of the system's error, however deep. */
function causeCode(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = systemErrorCode(at);
    if (code !== undefined && !code.startsWith('E_')) return code;
  }
  return undefined;
}

const isLate = (error: unknown) =>
  isPeerPodError(error, 'E_DEADLINE') ||
  (error instanceof RpcError && error.rpcStatus.code === statusCodes.deadline_exceeded);

async function ask<T>(
  client: TtrpcClient,
  service: string,
  method: string,
  request: object,
  timeoutMs: number,
): Promise<T> {
  try {
    const payload = Buffer.from(JSON.stringify(request), 'utf8');
    const answer = await client.call(service, method, payload, { timeoutMs });
    return JSON.parse(Buffer.from(answer).toString('utf8')) as T;
  } catch (error) {
    if (error instanceof RpcError && error.rpcStatus.code === statusCodes.unimplemented) {
      const text = `the daemon is of an older version than this peerpodctl: it does not know ${method}`;
      throw new PeerPodError('E_SETTING', text, { cause: error });
    }
    throw asPeerPodError(error, 'E_IO', `ask ${service}/${method}`);
  }
}
