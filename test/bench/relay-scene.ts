/** Relays as processes, ours and the references, between sockets of a load generator and one stand-in for pod VMs. */

import { readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grpc } from '#codec/gen/agent.js';
import { encodeRequestFrame } from '#codec/ttrpc/envelope.ts';
import { messageTypes } from '#codec/ttrpc/frame.ts';
import { RelayClient } from '#domain/relay/relay-client.ts';
import { issuePodIdentity } from '#io/certificate-authority.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { buildGo, compileC } from './compile.ts';
import { nodeProgram, output, Program, type StartOptions } from './processes.ts';
import type { StubSettings } from './reference/agent-stub.ts';
import type { PodVmKind } from './reference/answering.ts';
import type { LaneSettings } from './reference/lane-settings.ts';

const host = '127.0.0.1';
const serverName = 'podvm-bench';
const loadTriesMax = 2;
const clientFiles = ['ca.pem', 'client.pem', 'client.key'] as const;

/** The relay in Go, where it can be built. */
export const goRelay = () => buildGo('reference/go-relay');

export type ReferenceRelay = 'pipe-relay.ts' | 'recode-relay.ts' | 'go-relay';

export interface Load {
  readonly calls: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly refused: number;
  readonly ownCpuUs: number;
  readonly cpuUs: readonly number[];
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
}

export interface LoadOptions {
  /** `closed`: calls in flight on each connection; `open`: calls a second in all. */
  readonly mode: 'closed' | 'open';
  readonly amount: number;
  readonly connections: number;
  readonly warmMs: number;
  readonly runMs: number;
  /** Processes whose CPU time is taken. */
  readonly pids: readonly number[];
  readonly cpu?: number;
}

export class RelayScene {
  readonly #folder: string;
  readonly #fingerprint: string;
  /** A whole frame; its stream id is 0, which no client may send. */
  readonly request = requestFrame();
  readonly #loadProgram = compileC('load/ttrpc-load.c');

  private constructor(folder: string, fingerprint: string) {
    this.#folder = folder;
    this.#fingerprint = fingerprint;
  }

  static async open(folder: string): Promise<RelayScene> {
    const identity = issuePodIdentity({ serverName, clock });
    await mkdir(folder, { recursive: true });
    const files = {
      'ca.pem': identity.caCertPem,
      'client.pem': identity.clientCertPem,
      'client.key': identity.clientKeyPem.reveal(),
      'client-ca.pem': identity.clientCertPem,
      'server.pem': identity.serverCertPem,
      'server.key': identity.serverKeyPem.reveal(),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
    const scene = new RelayScene(folder, identity.serverFingerprint256);
    await writeFile(join(folder, 'request'), scene.request);
    return scene;
  }

  /** Stands in for the pod VMs; `directSocket` serves the same without relay and TLS. */
  async startPodVms(kinds: readonly PodVmKind[], cpu?: number): Promise<Program> {
    const settings: StubSettings = {
      directory: this.#folder,
      host,
      listeners: kinds.map((kind) => ({ kind, socket: this.directSocket(kind) })),
    };
    const command = [...nodeProgram('reference/agent-stub.ts'), JSON.stringify(settings)];
    return await Program.start(command, cpu === undefined ? {} : { cpu });
  }

  directSocket(kind: PodVmKind): string {
    return join(this.#folder, `direct-${kind.port}.sock`);
  }

  async startReference(
    script: ReferenceRelay,
    pods: readonly { readonly name: string; readonly kind: PodVmKind }[],
    cpu?: number,
  ): Promise<{ readonly program: Program; readonly sockets: readonly string[] }> {
    const lanes = pods.map(({ name, kind }) => ({
      socketPath: join(this.#folder, `${script}-${name}.sock`),
      port: kind.port,
    }));
    const settings: LaneSettings = { directory: this.#folder, serverName, host, lanes };
    const command = script === 'go-relay' ? [goRelay() ?? ''] : nodeProgram(`reference/${script}`);
    const program = await Program.start([...command, JSON.stringify(settings)], cpu === undefined ? {} : { cpu });
    return { program, sockets: lanes.map((lane) => lane.socketPath) };
  }

  async startRelay(
    options: StartOptions & { readonly nodeArgs?: readonly string[]; readonly more?: readonly string[] } = {},
  ): Promise<OurRelay> {
    const controlSocket = join(this.#folder, 'relay.sock');
    const command = nodeProgram('../../src/daemons/relay/main.ts', options.nodeArgs);
    const args = ['-control-socket', controlSocket, '-socket=', '-pods-dir', join(this.#folder, 'pods')];
    args.push(...(options.more ?? []));
    const program = await Program.start([...command, ...args], options);
    return new OurRelay(program, controlSocket, this.#folder, this.#fingerprint);
  }

  /** For a connection to a stand-in without any relay. */
  dialOptions({ port }: PodVmKind) {
    return { host, port, servername: serverName, minVersion: 'TLSv1.3', rejectUnauthorized: true } as const;
  }

  /** What `addPod` gives each pod. */
  clientKeys() {
    const read = (name: string) => readFileSync(join(this.#folder, name));
    return { ca: read('ca.pem'), cert: read('client.pem'), key: read('client.key') };
  }

  /** Runs the load generator; on a machine so busy that no call fits into the time, once more. */
  async load(sockets: readonly string[], options: LoadOptions): Promise<Load> {
    const { mode, amount, connections, warmMs, runMs, pids } = options;
    const list = join(this.#folder, `sockets-${mode}-${amount}-${connections}`);
    await writeFile(list, `${sockets.join('\n')}\n`);
    const numbers = [connections, amount, warmMs, runMs, ...pids].map(String);
    // An open loop keeps its own time: a wait of the generator for a CPU must not count.
    const program = mode === 'open' ? ['nice', '-n', '-10', this.#loadProgram] : [this.#loadProgram];
    const command = [...program, mode, join(this.#folder, 'request'), list, ...numbers];
    for (let tries = 1; ; tries += 1) {
      const load = JSON.parse(await output(command, options.cpu === undefined ? {} : { cpu: options.cpu })) as Load;
      if (load.refused > 0) throw new Error(`${load.refused} of ${load.calls} calls were refused`);
      if (load.calls > 0) return load;
      if (tries === loadTriesMax) throw new Error(`no call was answered in ${runMs} ms`);
    }
  }
}

/** agent-relay itself, steered as the adaptor does it. */
export class OurRelay implements AsyncDisposable {
  readonly program: Program;
  readonly #control: RelayClient;
  readonly #folder: string;
  readonly #fingerprint: string;

  constructor(program: Program, controlSocket: string, folder: string, fingerprint: string) {
    this.program = program;
    this.#control = new RelayClient(() => dialUnix(controlSocket), clock);
    this.#folder = folder;
    this.#fingerprint = fingerprint;
  }

  /** Gives a sandbox its socket and its pod VM; each has key material in a folder of its own. */
  async addPod(name: string, kind: PodVmKind): Promise<string> {
    const directory = join(this.#folder, 'pods', name);
    await mkdir(directory, { recursive: true });
    await Promise.all(clientFiles.map((file) => copyFile(join(this.#folder, file), join(directory, file))));
    const socketPath = join(directory, 'agent.ttrpc');
    const tls = { directory, serverName, serverFingerprint256: this.#fingerprint };
    const sandboxId = name.padStart(64, '0');
    await this.#control.listen(sandboxId, socketPath);
    await this.#control.connect({ sandboxId, socketPath, host, port: kind.port, tls }, { timeoutMs: 40_000 });
    return socketPath;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#control[Symbol.dispose]();
    await this.program[Symbol.asyncDispose]();
  }
}

/** ReadStdout with ids as long as they are in a cluster: 200 bytes of payload. */
function requestFrame(): Buffer {
  const payload = grpc.ReadStreamRequest.encode({
    containerId: 'c'.repeat(64),
    execId: 'e'.repeat(128),
    len: 32 * 1024,
  }).finish();
  const request = { service: 'grpc.AgentService', method: 'ReadStdout', payload, timeoutNano: 0n, metadata: [] };
  return encodeRequestFrame({ streamId: 0, type: messageTypes.request, flags: 0 }, request);
}
