/** A forwarder's sessions with real sockets on both sides: mutual TLS to the caller, a Unix socket to the agent. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { silentLog } from '#base/log.ts';
import type { RpcRequest } from '#codec/ttrpc/envelope.ts';
import { type AgentEditOptions, editAgentRequest, editedMethods } from '#domain/forward/agent-edits.ts';
import { CloudVolumes, type CloudVolumesOptions } from '#domain/forward/cloud-volumes.ts';
import { dialUntil } from '#domain/forward/dial-until.ts';
import { secureMountThrough } from '#domain/forward/secure-mount.ts';
import { SessionHost } from '#domain/forward/session-host.ts';
import { Sessions } from '#domain/forward/sessions.ts';
import { issuePodIdentity } from '#io/certificate-authority.ts';
import { runProgram } from '#io/run-program.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { connectTls, createTlsListener } from '#io/tls.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { TtrpcServer, type UnaryHandler } from '#io/ttrpc-server.ts';

export const service = 'grpc.AgentService';
const serverName = 'podvm-a-12345678';

export interface ForwarderRig extends AsyncDisposable {
  readonly directory: string;
  readonly agentPath: string;
  readonly volumes: CloudVolumesOptions;
  readonly port: number;
  readonly sessions: Sessions;
  /** A proven connection of its own, and a ttrpc client on it. */
  connect(): Promise<{ socket: TLSSocket; client: TtrpcClient }>;
  /** Only proven; nobody reads it. */
  connectRaw(port?: number): Promise<TLSSocket>;
}

/** Something that listens at `agentPath` is the caller's affair. */
export async function forwarderRig(
  volumes: Partial<CloudVolumesOptions> = {},
  limits: ConstructorParameters<typeof Sessions>[1] = {},
  podNamespace = '/run/netns/podns',
): Promise<ForwarderRig> {
  const directory = await mkdtemp(join(tmpdir(), 'forwarder-'));
  const agentPath = join(directory, 'agent.sock');
  const pod = issuePodIdentity({ serverName, clock });
  const volumesOptions: CloudVolumesOptions = {
    root: directory,
    run: runProgram,
    secureMount: secureMountThrough((signal) => dialUntil(join(directory, 'cdh.sock'), clock, signal), clock),
    search: { attemptsMax: 1, everyMs: 10 },
    clock,
    log: silentLog,
    ...volumes,
  };
  const edits: AgentEditOptions = {
    podNamespace,
    volumes: new CloudVolumes(volumesOptions),
    clock,
    log: silentLog,
  };
  const options = {
    dial: (signal: AbortSignal) => dialUntil(agentPath, clock, signal),
    edited: editedMethods,
    edit: (request: RpcRequest, ended: AbortSignal) => editAgentRequest(request, edits, ended),
    clock,
    log: silentLog,
  };
  const sessions = new Sessions(options, limits);
  const host = new SessionHost({ clock, log: silentLog, accept: (stream) => sessions.accept(stream) });
  const server = createTlsListener({
    certPem: pod.serverCertPem,
    key: pod.serverKeyPem,
    clientCaPem: pod.clientCertPem,
    onConnection: (socket) => host.accept(socket),
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: TLSSocket[] = [];
  const connectRaw = async (to = port) => {
    const identity = { caPem: pod.caCertPem, certPem: pod.clientCertPem, key: pod.clientKeyPem, serverName };
    const socket = await connectTls({ host: '127.0.0.1', port: to, ...identity });
    sockets.push(socket);
    return socket;
  };
  return {
    directory,
    agentPath,
    volumes: volumesOptions,
    port,
    sessions,
    connectRaw,
    async connect() {
      const socket = await connectRaw();
      return { socket, client: new TtrpcClient(socket, { clock }) };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      host.destroy();
      sessions.destroy();
      server.close();
      await rm(directory, { recursive: true });
    },
  };
}

export interface RunningAgent extends AsyncDisposable {
  readonly sockets: ReadonlySet<net.Socket>;
}

/** An agent made of handlers, behind a real ttrpc server. */
export async function runAgent(path: string, methods: Record<string, UnaryHandler>): Promise<RunningAgent> {
  const sockets = new Set<net.Socket>();
  const check: UnaryHandler = async (payload) => payload;
  const agent = new TtrpcServer({ services: { [service]: methods, 'grpc.Health': { Check: check } }, clock });
  const listener = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    agent.serve(socket);
  });
  await once(listener.listen(path), 'listening');
  return {
    sockets,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      for (const socket of sockets) socket.destroy();
      const closed = once(listener, 'close');
      listener.close();
      await closed;
    },
  };
}
