/** The containers of the one pod that this agent serves, and their processes by exec id. */

import { PeerPodError } from '#base/errors.ts';
import { RpcError, rpcStatus } from '#codec/ttrpc/status.ts';
import { GuestProcess, type ProcessSpec } from './guest-process.ts';

interface Container {
  readonly spec: ProcessSpec;
  readonly initId: string;
  readonly processes: Map<string, GuestProcess>;
}

export class GuestSandbox {
  readonly #containers = new Map<string, Container>();

  createContainer(id: string, execId: string, spec: ProcessSpec): void {
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(id)) {
      throw new PeerPodError('E_ARGUMENT', `container id ${JSON.stringify(id)} is not one`);
    }
    if (this.#containers.has(id)) throw new RpcError(rpcStatus('already_exists', `container ${id} exists`));
    this.#containers.set(id, { spec, initId: execId === '' ? id : execId, processes: new Map() });
  }

  async startContainer(id: string): Promise<void> {
    const container = this.#container(id);
    if (container.processes.has(container.initId)) {
      throw new PeerPodError('E_SANDBOX_STATE', `container ${id} was started already`);
    }
    container.processes.set(container.initId, await GuestProcess.start(container.spec));
  }

  async exec(id: string, execId: string, spec: ProcessSpec): Promise<void> {
    const container = this.#container(id);
    if (container.processes.has(execId)) throw new RpcError(rpcStatus('already_exists', `exec ${execId} exists`));
    const { netnsPath } = container.spec;
    container.processes.set(execId, await GuestProcess.start({ ...spec, netnsPath }));
  }

  /** An empty exec id means the container's first process. */
  process(id: string, execId: string): GuestProcess {
    const container = this.#container(id);
    const found = container.processes.get(execId === '' ? container.initId : execId);
    if (!found) throw notFound(`process ${execId} of container ${id}`);
    return found;
  }

  processes(id: string): readonly GuestProcess[] {
    return [...this.#container(id).processes.values()];
  }

  /** A signal to the first process with KILL ends the container: what it started and its execs go too. */
  signal(id: string, execId: string, signal: number): void {
    const container = this.#container(id);
    const whole = execId === '' && signal === 9;
    for (const process of whole ? this.processes(id) : [this.process(id, execId)]) process.signal(signal);
    if (container.processes.size === 0) throw notFound(`process of container ${id}`);
  }

  /** The exit code; an exec is reaped by it, a container's first process stays until its removal. */
  async wait(id: string, execId: string): Promise<number> {
    const container = this.#container(id);
    const status = await this.process(id, execId).ended;
    if (execId !== '' && execId !== container.initId) container.processes.delete(execId);
    return status;
  }

  async removeContainer(id: string): Promise<void> {
    const processes = this.processes(id);
    for (const process of processes) process.signal(9);
    await Promise.all(processes.map((process) => process.ended));
    this.#containers.delete(id);
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.#containers.keys()].map((id) => this.removeContainer(id)));
  }

  #container(id: string): Container {
    const container = this.#containers.get(id);
    if (!container) throw notFound(`container ${id}`);
    return container;
  }
}

function notFound(what: string): RpcError {
  return new RpcError(rpcStatus('not_found', `no ${what}`));
}
