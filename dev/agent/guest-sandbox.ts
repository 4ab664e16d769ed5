/** The containers of the one pod that this agent serves, and their processes by exec id. */

import { PeerPodError } from '#base/errors.ts';
import { abortable } from '#base/signals.ts';
import { RpcError, rpcStatus } from '#codec/ttrpc/status.ts';
import { GuestProcess, type ProcessSpec } from './guest-process.ts';
import { MemoryWatch } from './memory-watch.ts';

export interface ContainerSpec extends ProcessSpec {
  /** 0: no limit. */
  readonly memoryBytesMax: number;
  /** Where the container's termination message is, on our file system. */
  readonly terminationLog: string | undefined;
}

interface Container {
  readonly spec: ContainerSpec;
  readonly initId: string;
  readonly processes: Map<string, GuestProcess>;
}

const sigkill = 9;

export class GuestSandbox implements Disposable {
  readonly #containers = new Map<string, Container>();
  readonly memory = new MemoryWatch((id) => this.#sessions(id));

  createContainer(id: string, execId: string, spec: ContainerSpec): void {
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(id)) {
      throw new PeerPodError('E_ARGUMENT', `container id ${JSON.stringify(id)} is not one`);
    }
    if (this.#containers.has(id)) throw new RpcError(rpcStatus('already_exists', `container ${id} exists`));
    this.#containers.set(id, { spec, initId: execId === '' ? id : execId, processes: new Map() });
  }

  async startContainer(id: string): Promise<void> {
    const container = this.container(id);
    if (container.processes.has(container.initId)) {
      throw new PeerPodError('E_SANDBOX_STATE', `container ${id} was started already`);
    }
    const init = await GuestProcess.start(container.spec);
    container.processes.set(container.initId, init);
    this.memory.limit(id, container.spec.memoryBytesMax);
    // A container is a PID namespace, in which nothing outlives process 1.
    void init.ended.then(() => {
      for (const process of container.processes.values()) process.signal(sigkill);
    });
  }

  async exec(id: string, execId: string, spec: ProcessSpec): Promise<void> {
    const container = this.container(id);
    if (container.processes.has(execId)) throw new RpcError(rpcStatus('already_exists', `exec ${execId} exists`));
    const { netnsPath } = container.spec;
    container.processes.set(execId, await GuestProcess.start({ ...spec, netnsPath }));
  }

  /** An empty exec id means the container's first process. */
  process(id: string, execId: string): GuestProcess {
    const container = this.container(id);
    const found = container.processes.get(execId === '' ? container.initId : execId);
    if (!found) throw notFound(`process ${execId} of container ${id}`);
    return found;
  }

  processes(id: string): readonly GuestProcess[] {
    return [...this.container(id).processes.values()];
  }

  /** KILL without an exec id ends the container: what it started and its execs go too. */
  signal(id: string, execId: string, signal: number): void {
    const whole = execId === '' && signal === sigkill && this.processes(id).length > 0;
    for (const process of whole ? this.processes(id) : [this.process(id, execId)]) process.signal(signal);
  }

  /**
   * The exit code, for everybody who waits when the process ends. The first of them reaps it: who comes later finds no
   * such process. A waiter who has left reaps nothing.
   */
  async wait(id: string, execId: string, signal: AbortSignal): Promise<number> {
    const container = this.container(id);
    const process = this.process(id, execId);
    const status = await abortable(process.ended, signal);
    signal.throwIfAborted();
    const key = execId === '' ? container.initId : execId;
    if (container.processes.get(key) === process) container.processes.delete(key);
    return status;
  }

  async removeContainer(id: string): Promise<void> {
    const processes = this.processes(id);
    for (const process of processes) process.signal(sigkill);
    await Promise.all(processes.map((process) => process.ended));
    this.memory.limit(id, 0);
    this.#containers.delete(id);
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.#containers.keys()].map((id) => this.removeContainer(id)));
  }

  container(id: string): Container {
    const container = this.#containers.get(id);
    if (!container) throw notFound(`container ${id}`);
    return container;
  }

  /** Sessions of everything that runs in a container. */
  #sessions(id: string): readonly number[] {
    return [...(this.#containers.get(id)?.processes.values() ?? [])].flatMap((process) => process.sessions);
  }

  [Symbol.dispose](): void {
    this.memory[Symbol.dispose]();
  }
}

export function notFound(what: string): RpcError {
  return new RpcError(rpcStatus('not_found', `no ${what}`));
}
