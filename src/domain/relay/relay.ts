/** Carries each sandbox's agent calls from the shim's socket to the pod VM; a shim never sees the VM side end. */

import type { Socket } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { Passage } from '#codec/ttrpc-passage/passage.ts';
import { listenUnix, type UnixListener } from '#io/unix-listener.ts';
import type { RelayAttachment, RelayControl, RelayStatus } from './control.ts';
import { dialUntilHealthy } from './dial.ts';

interface Sandbox {
  readonly socketPath: string;
  readonly listener: UnixListener;
  readonly ended: AbortController;
  readonly shims: Set<Socket>;
  readonly connected: PromiseWithResolvers<RelayAttachment>;
  isConnected: boolean;
  /** The connection that `connect` has proven, for the first shim connection that speaks. */
  spare: Socket | undefined;
}

const shimConnectionsMax = 64;

export class Relay implements RelayControl, AsyncDisposable {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sandboxes = new Map<string, Sandbox>();

  constructor(options: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = options.clock;
    this.#log = options.log;
  }

  async listen(sandboxId: string, socketPath: string): Promise<void> {
    if (this.#sandboxes.get(sandboxId)?.socketPath === socketPath) return;
    await this.detach(sandboxId);
    const early: Socket[] = [];
    let accept = (shim: Socket): void => void early.push(shim);
    const listener = await listenUnix(socketPath, (shim) => accept(shim), { mode: 0o600 });
    const sandbox: Sandbox = {
      socketPath,
      listener,
      ended: new AbortController(),
      shims: new Set(),
      connected: Promise.withResolvers(),
      isConnected: false,
      spare: undefined,
    };
    sandbox.connected.promise.catch(() => {});
    this.#sandboxes.set(sandboxId, sandbox);
    accept = (shim) => this.#accept(sandboxId, sandbox, shim);
    early.forEach(accept);
  }

  async connect(attachment: RelayAttachment, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const { sandboxId } = attachment;
    await this.listen(sandboxId, attachment.socketPath);
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) throw new PeerPodError('E_SANDBOX_UNKNOWN', `sandbox ${sandboxId} was detached meanwhile`);
    if (sandbox.isConnected) return;
    const late = new AbortController();
    let lastFailure: unknown;
    const cancel = this.#clock.after(options.timeoutMs, () =>
      late.abort(
        new PeerPodError('E_RELAY_NOT_READY', `${attachment.host}:${attachment.port} did not answer in time`, {
          cause: lastFailure,
        }),
      ),
    );
    try {
      const signals = [late.signal, sandbox.ended.signal, ...(options.signal ? [options.signal] : [])];
      const onFailure = (error: unknown) => {
        lastFailure = error;
      };
      const signal = AbortSignal.any(signals);
      const vm = await dialUntilHealthy(attachment, { clock: this.#clock, signal, onFailure });
      // Another connect may have been faster, and a detach may have come with the last byte.
      if (sandbox.isConnected || signal.aborted) vm.destroy();
      else sandbox.spare = vm;
      signal.throwIfAborted();
    } finally {
      cancel();
    }
    sandbox.isConnected = true;
    sandbox.connected.resolve(attachment);
  }

  async detach(sandboxId: string): Promise<void> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) return;
    this.#sandboxes.delete(sandboxId);
    const reason = new PeerPodError('E_ABORTED', `sandbox ${sandboxId} was detached`);
    sandbox.ended.abort(reason);
    sandbox.connected.reject(reason);
    sandbox.spare?.destroy();
    for (const shim of sandbox.shims) shim.destroy();
    await sandbox.listener.close();
  }

  async list(): Promise<readonly RelayStatus[]> {
    return [...this.#sandboxes].map(([sandboxId, { socketPath, isConnected, shims }]) => ({
      sandboxId,
      socketPath,
      connected: isConnected,
      shimConnections: shims.size,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sandboxes.keys()].map((sandboxId) => this.detach(sandboxId)));
  }

  #accept(sandboxId: string, sandbox: Sandbox, shim: Socket): void {
    if (sandbox.shims.size >= shimConnectionsMax) return void shim.destroy();
    const log = this.#log.child({ sandboxId });
    const gone = new AbortController();
    sandbox.shims.add(shim);
    shim.on('error', () => {});
    shim.on('close', () => {
      sandbox.shims.delete(shim);
      gone.abort(new PeerPodError('E_ABORTED', 'the shim hung up'));
    });
    const signal = AbortSignal.any([gone.signal, sandbox.ended.signal]);
    this.#carry(sandbox, shim, signal, log).catch((error) => {
      if (!signal.aborted) log.error({ reason: errorText(error) }, 'shim connection given up');
      shim.destroy();
    });
  }

  /** The life of one shim connection: as many VM connections, one after another, as it takes. */
  async #carry(sandbox: Sandbox, shim: Socket, signal: AbortSignal, log: Log): Promise<void> {
    const attachment = await sandbox.connected.promise;
    const passage = new Passage();
    await readable(shim, signal); // a connection that never speaks costs no VM connection
    for (;;) {
      let vm = sandbox.spare;
      sandbox.spare = undefined;
      if (!vm || vm.destroyed) vm = await dialUntilHealthy(attachment, { clock: this.#clock, signal });
      await join(shim, vm, passage, signal);
      signal.throwIfAborted();
      log.warn({ pending: passage.pendingCount }, 'VM connection lost, dialling again');
      for (const reply of passage.vmLost()) shim.write(reply);
    }
  }
}

function readable(shim: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) return reject(signal.reason);
    shim.once('data', (chunk: Buffer) => {
      shim.pause();
      shim.unshift(chunk);
      resolve();
    });
  });
}

/** Carries both ways until the VM side ends; each side is read only as fast as the other takes. */
function join(shim: Socket, vm: Socket, passage: Passage, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const send = (to: Socket, from: Socket, frames: readonly Buffer[]) => {
      for (const frame of frames) if (!to.write(frame)) from.pause();
    };
    const onShim = (chunk: Buffer) => {
      const { toVm, toShim } = passage.fromShim(chunk);
      send(vm, shim, toVm);
      send(shim, vm, toShim);
    };
    const onVm = (chunk: Buffer) => send(shim, vm, passage.fromVm(chunk));
    const onShimDrain = () => vm.resume();
    const onVmDrain = () => shim.resume();
    const end = () => {
      signal.removeEventListener('abort', end);
      shim.off('data', onShim);
      shim.off('drain', onShimDrain);
      shim.pause(); // what comes meanwhile waits in the kernel, bounded
      vm.destroy();
      resolve();
    };
    vm.once('end', end);
    vm.once('close', end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted || vm.destroyed) return end();
    for (const frame of passage.repeats()) vm.write(frame);
    vm.on('data', onVm);
    vm.on('drain', onVmDrain);
    shim.on('data', onShim);
    shim.on('drain', onShimDrain);
    vm.resume();
    shim.resume();
  });
}
