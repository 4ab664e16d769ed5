/** The ttrpc services of the development kata-agent: decoding, and one line of work each. What is not here is UNIMPLEMENTED. */

import { readFile } from 'node:fs/promises';
import { PeerPodError } from '#base/errors.ts';
import { grpc } from '#codec/gen/agent.js';
import { grpc as health } from '#codec/gen/health.js';
import type { ServiceTable, UnaryHandler } from '#io/ttrpc-server.ts';
import { containerStats } from './container-stats.ts';
import { copyFile } from './copy-file.ts';
import type { ProcessSpec } from './guest-process.ts';
import { type GuestSandbox, notFound } from './guest-sandbox.ts';

const empty = new Uint8Array();
export const agentVersion = 'development-agent 0.1.0';

export interface AgentSettings {
  /** CopyFile writes below it. */
  readonly filesRoot: string;
}

export function agentServices(sandbox: GuestSandbox, settings: AgentSettings): ServiceTable {
  return {
    'grpc.AgentService': {
      ...sandboxCalls(sandbox, settings),
      ...containerCalls(sandbox),
      ...observationCalls(sandbox),
      ...processCalls(sandbox),
      ...streamCalls(sandbox),
    },
    'grpc.Health': {
      Check: async () => health.HealthCheckResponse.encode({ status: 1 }).finish(),
      Version: async () => health.VersionCheckResponse.encode({ grpcVersion: '1', agentVersion }).finish(),
    },
  };
}

type Calls = Record<string, UnaryHandler>;

function sandboxCalls(sandbox: GuestSandbox, { filesRoot }: AgentSettings): Calls {
  return {
    CreateSandbox: async () => empty,
    async DestroySandbox() {
      await sandbox.destroy();
      return empty;
    },
    // There is no policy engine here: everything is permitted.
    SetPolicy: async () => empty,
    GetGuestDetails: async () => {
      const agentDetails = { version: agentVersion, initDaemon: false };
      return grpc.GuestDetailsResponse.encode({ agentDetails }).finish();
    },
    async CopyFile(payload) {
      const { path, fileSize, fileMode, dirMode, uid, gid, offset, data } = grpc.CopyFileRequest.decode(payload);
      const sizes = { fileBytes: Number(fileSize), offset: Number(offset) };
      await copyFile(filesRoot, { path, fileMode, directoryMode: dirMode, uid, gid, data, ...sizes });
      return empty;
    },
  };
}

function containerCalls(sandbox: GuestSandbox): Calls {
  const signalAll = (id: string, signal: 'SIGSTOP' | 'SIGCONT') => {
    for (const { pid } of sandbox.memory.members(sandbox.container(id) && id)) process.kill(pid, signal);
  };
  return {
    async CreateContainer(payload) {
      const { containerId, execId, OCI } = grpc.CreateContainerRequest.decode(payload);
      if (!OCI?.Process) throw new PeerPodError('E_ARGUMENT', 'CreateContainer without an OCI process');
      const netns = OCI.Linux?.Namespaces?.find(({ Type }) => Type === 'network')?.Path;
      sandbox.createContainer(containerId, execId, {
        ...processSpec(OCI.Process),
        netnsPath: netns === '' || netns === null ? undefined : netns,
        memoryBytesMax: Number(OCI.Linux?.Resources?.Memory?.Limit ?? 0),
        terminationLog: terminationLog(OCI),
      });
      return empty;
    },
    async StartContainer(payload) {
      await sandbox.startContainer(grpc.StartContainerRequest.decode(payload).containerId);
      return empty;
    },
    async UpdateContainer(payload) {
      const { containerId, resources } = grpc.UpdateContainerRequest.decode(payload);
      sandbox.container(containerId);
      if (resources?.Memory) sandbox.memory.limit(containerId, Number(resources.Memory.Limit ?? 0));
      return empty;
    },
    async PauseContainer(payload) {
      signalAll(grpc.PauseContainerRequest.decode(payload).containerId, 'SIGSTOP');
      return empty;
    },
    async ResumeContainer(payload) {
      signalAll(grpc.ResumeContainerRequest.decode(payload).containerId, 'SIGCONT');
      return empty;
    },
    async RemoveContainer(payload) {
      await sandbox.removeContainer(grpc.RemoveContainerRequest.decode(payload).containerId);
      return empty;
    },
  };
}

/** The mount's source stands for the file, as there is no rootfs. */
function terminationLog(spec: grpc.Spec.$Properties): string | undefined {
  const path = spec.Annotations?.['io.kubernetes.container.terminationMessagePath'] ?? '/dev/termination-log';
  return spec.Mounts?.find(({ destination }) => destination === path)?.source ?? undefined;
}

function observationCalls(sandbox: GuestSandbox): Calls {
  return {
    async StatsContainer(payload) {
      const { containerId } = grpc.StatsContainerRequest.decode(payload);
      sandbox.container(containerId);
      return containerStats(sandbox.memory, containerId);
    },
    async GetOOMEvent(_payload, { signal }) {
      return grpc.OOMEvent.encode({ containerId: await sandbox.memory.nextEvent(signal) }).finish();
    },
    async GetDiagnosticData(payload) {
      const { logType, containerId } = grpc.GetDiagnosticDataRequest.decode(payload);
      if (logType !== 'termination_log') {
        throw new PeerPodError('E_ARGUMENT', `diagnostic data of type ${JSON.stringify(logType)} are not kept`);
      }
      const path = sandbox.container(containerId).spec.terminationLog;
      if (path === undefined) throw notFound(`termination log of container ${containerId}`);
      const data = await readFile(path).catch(() => {
        throw notFound(`termination log of container ${containerId}`);
      });
      return grpc.GetDiagnosticDataResponse.encode({ data }).finish();
    },
  };
}

function processCalls(sandbox: GuestSandbox): Calls {
  return {
    async ExecProcess(payload) {
      const request = grpc.ExecProcessRequest.decode(payload);
      if (!request.process) throw new PeerPodError('E_ARGUMENT', 'ExecProcess without a process');
      await sandbox.exec(request.containerId, request.execId, processSpec(request.process));
      return empty;
    },
    async WaitProcess(payload, { signal }) {
      const { containerId, execId } = grpc.WaitProcessRequest.decode(payload);
      const status = await sandbox.wait(containerId, execId, signal);
      return grpc.WaitProcessResponse.encode({ status }).finish();
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

function streamCalls(sandbox: GuestSandbox): Calls {
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
  };
}

function processSpec(process: grpc.Process.$Properties): ProcessSpec {
  return {
    args: process.Args ?? [],
    env: process.Env ?? [],
    cwd: process.Cwd ?? '',
    terminal: process.Terminal ?? false,
    netnsPath: undefined,
  };
}
