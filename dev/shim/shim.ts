/** Plays containerd-shim-kata-v2: the same calls, in the same order, over the same sockets. */

import { grpc as agentProto } from '#codec/gen/agent.js';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';

async function openClient(path: string): Promise<TtrpcClient> {
  return new TtrpcClient(await dialUnix(path), { clock: systemClock });
}

interface Encoder<T> {
  encode(message: T): { finish(): Uint8Array };
}

/** One call on hypervisor.sock over a connection of its own, as the Go shim does it. */
async function callHypervisor(socketPath: string, method: string, payload: Uint8Array, timeoutMs: number) {
  await using client = await openClient(socketPath);
  return await client.call('hypervisor.Hypervisor', method, payload, { timeoutMs });
}

export interface SandboxRequest {
  readonly id: string;
  readonly podName: string;
  readonly podNamespace: string;
  readonly netnsPath: string;
  readonly memoryMiB?: number;
}

export class Hypervisor {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** Returns the agent socket path. */
  async createVm(request: SandboxRequest): Promise<string> {
    const prefix = 'io.katacontainers.config.hypervisor.';
    const annotations: Record<string, string> = {
      'io.kubernetes.cri.sandbox-name': request.podName,
      'io.kubernetes.cri.sandbox-namespace': request.podNamespace,
      [`${prefix}machine_type`]: '',
      [`${prefix}image`]: '',
      [`${prefix}default_vcpus`]: '1',
      [`${prefix}default_memory`]: String(request.memoryMiB ?? 2048),
      [`${prefix}cc_init_data`]: '',
      [`${prefix}default_gpus`]: '0',
      [`${prefix}default_gpu_model`]: '',
    };
    const payload = hypervisor.CreateVMRequest.encode({
      id: request.id,
      annotations,
      networkNamespacePath: request.netnsPath,
    }).finish();
    const reply = await callHypervisor(this.#socketPath, 'CreateVM', payload, 60_000);
    return hypervisor.CreateVMResponse.decode(reply).agentSocketPath;
  }

  /** Answered as soon as an adaptor serves. */
  async version(timeoutMs: number): Promise<void> {
    const payload = hypervisor.VersionRequest.encode({ version: '' }).finish();
    await callHypervisor(this.#socketPath, 'Version', payload, timeoutMs);
  }

  async startVm(id: string, timeoutMs = 600_000): Promise<void> {
    await callHypervisor(this.#socketPath, 'StartVM', hypervisor.StartVMRequest.encode({ id }).finish(), timeoutMs);
  }

  async stopVm(id: string, timeoutMs = 120_000): Promise<void> {
    await callHypervisor(this.#socketPath, 'StopVM', hypervisor.StopVMRequest.encode({ id }).finish(), timeoutMs);
  }
}

export interface ProcessRef {
  readonly containerId: string;
  readonly execId: string;
}

/** The shim's one long-lived connection to the agent of a sandbox. */
export class Agent implements AsyncDisposable {
  readonly #client: TtrpcClient;

  private constructor(client: TtrpcClient) {
    this.#client = client;
  }

  static async dial(socketPath: string): Promise<Agent> {
    return new Agent(await openClient(socketPath));
  }

  async #call<T>(method: string, type: Encoder<T>, message: T, timeoutMs = 60_000): Promise<Uint8Array> {
    return await this.#client.call('grpc.AgentService', method, type.encode(message).finish(), { timeoutMs });
  }

  /** Round trip of grpc.Health/Check, which the shim sends every 5 s. */
  async check(): Promise<void> {
    await this.#client.call('grpc.Health', 'Check', new Uint8Array(0), { timeoutMs: 30_000 });
  }

  async createSandbox(hostname: string, sandboxId: string): Promise<void> {
    const dns = ['nameserver 10.96.0.10'];
    await this.#call('CreateSandbox', agentProto.CreateSandboxRequest, { hostname, dns, sandboxId });
  }

  async createContainer(containerId: string, args: readonly string[], env: readonly string[] = []): Promise<void> {
    await this.#call('CreateContainer', agentProto.CreateContainerRequest, {
      containerId,
      execId: containerId,
      OCI: {
        Version: '1.1.0',
        Process: { Args: [...args], Env: [...env], Cwd: '/' },
        Root: { Path: '/', Readonly: false },
        Linux: { Namespaces: [{ Type: 'mount' }, { Type: 'ipc' }] },
      },
    });
  }

  async startContainer(containerId: string): Promise<void> {
    await this.#call('StartContainer', agentProto.StartContainerRequest, { containerId });
  }

  async exec(target: ProcessRef, args: readonly string[]): Promise<void> {
    const process = { Args: [...args], Cwd: '/', Env: ['PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'] };
    await this.#call('ExecProcess', agentProto.ExecProcessRequest, { ...target, process });
  }

  /** One chunk of output; empty at the end of the stream. */
  async readStdout(target: ProcessRef): Promise<Uint8Array> {
    const reply = await this.#client.call(
      'grpc.AgentService',
      'ReadStdout',
      agentProto.ReadStreamRequest.encode({ ...target, len: 32 * 1024 }).finish(),
    );
    return agentProto.ReadStreamResponse.decode(reply).data;
  }

  /** Reads until the stream ends; gives the bytes if they are few, and their number. */
  async readAllStdout(target: ProcessRef): Promise<{ text: string; bytes: number }> {
    const kept: Uint8Array[] = [];
    let bytes = 0;
    for (;;) {
      const chunk = await this.readStdout(target);
      if (chunk.length === 0) break;
      if (bytes < 64 * 1024) kept.push(chunk);
      bytes += chunk.length;
    }
    return { text: Buffer.concat(kept).toString('utf8'), bytes };
  }

  async waitProcess(target: ProcessRef): Promise<number> {
    const payload = agentProto.WaitProcessRequest.encode({ ...target }).finish();
    const reply = await this.#client.call('grpc.AgentService', 'WaitProcess', payload);
    return agentProto.WaitProcessResponse.decode(reply).status;
  }

  async signal(target: ProcessRef, signal: number): Promise<void> {
    await this.#call('SignalProcess', agentProto.SignalProcessRequest, { ...target, signal });
  }

  async closeStdin(target: ProcessRef): Promise<void> {
    await this.#call('CloseStdin', agentProto.CloseStdinRequest, { ...target });
  }

  async removeContainer(containerId: string): Promise<void> {
    await this.#call('RemoveContainer', agentProto.RemoveContainerRequest, { containerId, timeout: 10 });
  }

  async destroySandbox(): Promise<void> {
    await this.#call('DestroySandbox', agentProto.DestroySandboxRequest, {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }
}
