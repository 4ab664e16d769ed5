/** The ttrpc services of the development kata-agent: decoding, and one line of work each. */

import { grpc } from '#codec/gen/agent.js';
import { grpc as health } from '#codec/gen/health.js';
import type { ServiceTable, UnaryHandler } from '#io/ttrpc-server.ts';
import type { ProcessSpec } from './guest-process.ts';
import type { GuestSandbox } from './guest-sandbox.ts';

const empty = new Uint8Array();
export const agentVersion = 'development-agent 0.1.0';

export function agentServices(sandbox: GuestSandbox): ServiceTable {
  return {
    'grpc.AgentService': { ...sandboxCalls(sandbox), ...containerCalls(sandbox), ...processCalls(sandbox) },
    'grpc.Health': {
      Check: async () => health.HealthCheckResponse.encode({ status: 1 }).finish(),
      Version: async () => health.VersionCheckResponse.encode({ grpcVersion: '1', agentVersion }).finish(),
    },
  };
}

type Calls = Record<string, UnaryHandler>;

function sandboxCalls(sandbox: GuestSandbox): Calls {
  return {
    CreateSandbox: async () => empty,
    async DestroySandbox() {
      await sandbox.destroy();
      return empty;
    },
    SetPolicy: async () => empty,
    GetGuestDetails: async () => empty,
    // Nothing here is ever short of memory: the long-poll ends with its caller.
    GetOOMEvent: (_payload, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  };
}

function containerCalls(sandbox: GuestSandbox): Calls {
  return {
    async CreateContainer(payload) {
      const request = grpc.CreateContainerRequest.decode(payload);
      const netns = request.OCI?.Linux?.Namespaces?.find(({ Type }) => Type === 'network')?.Path;
      const spec = processSpec(request.OCI?.Process ?? undefined);
      const netnsPath = netns === '' || netns === null ? undefined : netns;
      sandbox.createContainer(request.containerId, request.execId, { ...spec, netnsPath });
      return empty;
    },
    async StartContainer(payload) {
      await sandbox.startContainer(grpc.StartContainerRequest.decode(payload).containerId);
      return empty;
    },
    async RemoveContainer(payload) {
      await sandbox.removeContainer(grpc.RemoveContainerRequest.decode(payload).containerId);
      return empty;
    },
    async ExecProcess(payload) {
      const request = grpc.ExecProcessRequest.decode(payload);
      await sandbox.exec(request.containerId, request.execId, processSpec(request.process ?? undefined));
      return empty;
    },
  };
}

function processCalls(sandbox: GuestSandbox): Calls {
  const reader =
    (stream: 'stdout' | 'stderr'): UnaryHandler =>
    async (payload, { signal }) => {
      const { containerId, execId, len } = grpc.ReadStreamRequest.decode(payload);
      const data = await sandbox.process(containerId, execId)[stream].read(len, signal);
      return grpc.ReadStreamResponse.encode({ data }).finish();
    };
  return {
    ReadStdout: reader('stdout'),
    ReadStderr: reader('stderr'),
    async WriteStdin(payload) {
      const { containerId, execId, data } = grpc.WriteStreamRequest.decode(payload);
      await sandbox.process(containerId, execId).write(data);
      return grpc.WriteStreamResponse.encode({ len: data.length }).finish();
    },
    async CloseStdin(payload) {
      const { containerId, execId } = grpc.CloseStdinRequest.decode(payload);
      sandbox.process(containerId, execId).closeStdin();
      return empty;
    },
    async WaitProcess(payload) {
      const { containerId, execId } = grpc.WaitProcessRequest.decode(payload);
      return grpc.WaitProcessResponse.encode({ status: await sandbox.wait(containerId, execId) }).finish();
    },
    async SignalProcess(payload) {
      const { containerId, execId, signal } = grpc.SignalProcessRequest.decode(payload);
      sandbox.signal(containerId, execId, signal);
      return empty;
    },
    async TtyWinResize(payload) {
      const { containerId, execId, row, column } = grpc.TtyWinResizeRequest.decode(payload);
      sandbox.process(containerId, execId).resize(row, column);
      return empty;
    },
  };
}

function processSpec(process: grpc.Process.$Properties | undefined): ProcessSpec {
  return {
    args: process?.Args ?? [],
    env: process?.Env ?? [],
    cwd: process?.Cwd ?? '',
    terminal: process?.Terminal ?? false,
    netnsPath: undefined,
  };
}
