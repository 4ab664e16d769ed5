/** One process of a plugin: started with a socket of its own, known to serve, and ended with all that it started. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Client } from '@grpc/grpc-js';
import { type Clock, ProviderError, type ProviderLog, sleep, throwIfAborted } from '@peerpods/provider';
import { LineLog } from './line-log.ts';
import { apiVersion, healthServing, type Protocol } from './protocol.ts';

export interface ProgramSpec {
  readonly path: string;
  readonly arguments: readonly string[];
  /** SHA-256 in lower-case hex: these very bytes are run, from a private copy. */
  readonly hash: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ProgramHost {
  readonly protocol: Protocol;
  readonly log: ProviderLog;
  readonly clock: Clock;
}

/** From the start to an answer of the health service, ms. */
const startMsMax = 30_000;
const probeMs = 50;
const healthCallMsMax = 5000;
const termMsMax = 5000;
const messageBytesMax = 16 * 1024 * 1024;
const programBytesMax = 512 * 1024 * 1024;

export class Program {
  /** Settles when the process has ended, with how. */
  readonly ended: Promise<string>;
  readonly provider: Client;
  readonly health: Client;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #folder: string;
  #closing: Promise<void> | undefined;

  private constructor(child: ChildProcess, folder: string, ended: Promise<string>, { protocol, clock }: ProgramHost) {
    const address = `unix:${join(folder, 'plugin.sock')}`;
    const options = {
      'grpc.max_receive_message_length': messageBytesMax,
      'grpc.max_send_message_length': messageBytesMax,
      'grpc.enable_retries': 0, // withRetries repeats; two layers would multiply
      'grpc.use_local_subchannel_pool': 1, // a restarted plugin has another socket and its own back-off
    };
    const credentials = protocol.grpc.credentials.createInsecure();
    this.#child = child;
    this.#clock = clock;
    this.#folder = folder;
    this.ended = ended;
    this.provider = new protocol.Provider(address, credentials, options);
    this.health = new protocol.Health(address, credentials, options);
  }

  /** Resolves once it serves. Throws ProviderError; then nothing of it is left. */
  static async open(spec: ProgramSpec, host: ProgramHost, signal: AbortSignal): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), 'peerpods-plugin-')); // mode 0700
    let program: Program | undefined;
    try {
      const command = spec.hash === undefined ? spec.path : await pinned(spec.path, spec.hash, folder);
      const child = spawn(command, spec.arguments, {
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true, // a process group of its own, so that all of it can be ended
        env: {
          ...spec.environment,
          PEERPODS_PLUGIN_SOCKET: join(folder, 'plugin.sock'),
          PEERPODS_PLUGIN_API: String(apiVersion),
        },
      });
      const ended = endOf(child, spec.path);
      pipeLines(child, host);
      program = new Program(child, folder, ended, host);
      await program.#untilServing(host.clock, signal);
      await chmod(join(folder, 'plugin.sock'), 0o600);
      return program;
    } catch (error) {
      if (program) await program.close();
      else await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  /** Whether its health service says that it serves. Never throws. */
  async serves(): Promise<boolean> {
    return await new Promise((resolve) => {
      const deadline = Date.now() + healthCallMsMax;
      const check = (this.health as unknown as HealthClient).check;
      check.call(this.health, { service: '' }, { deadline }, (error, answer) => {
        resolve(!error && answer?.status === healthServing);
      });
    });
  }

  /** SIGTERM, and SIGKILL for what is left after five seconds. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.provider.close();
    this.health.close();
    this.#child.stdin?.destroy();
    this.#signal('SIGTERM');
    const cancel = this.#clock.after(termMsMax, () => this.#signal('SIGKILL'));
    await this.ended;
    cancel();
    this.#signal('SIGKILL'); // what it started and left behind
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #untilServing(clock: Clock, signal: AbortSignal): Promise<void> {
    const until = clock.now() + startMsMax;
    let early: string | undefined;
    this.ended.then((how) => {
      early = how;
    });
    for (;;) {
      throwIfAborted(signal);
      if (early !== undefined) throw new ProviderError('transient', `the plugin ended before it served: ${early}`);
      const there = await stat(join(this.#folder, 'plugin.sock')).catch(() => undefined);
      if (there?.isSocket() && (await this.serves())) return;
      if (clock.now() > until) {
        throw new ProviderError('transient', `the plugin does not serve within ${startMsMax} ms`);
      }
      await sleep(clock, probeMs, signal);
    }
  }

  #signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // nobody of the group is left
    }
  }
}

interface HealthClient {
  check: (
    request: object,
    options: { readonly deadline: number },
    callback: (error: Error | null, answer?: { readonly status?: string }) => void,
  ) => void;
}

/** Reads the program once: what is hashed is what runs, whatever happens to the file meanwhile. */
async function pinned(path: string, hash: string, folder: string): Promise<string> {
  const { size } = await stat(path).catch((error: unknown) => unreadable(path, error));
  if (size > programBytesMax)
    throw new ProviderError('invalid-configuration', `${path} is larger than a plugin may be`);
  const bytes = await readFile(path).catch((error: unknown) => unreadable(path, error));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== hash) {
    throw new ProviderError('invalid-configuration', `the plugin ${path} has the SHA-256 ${found}, not ${hash}`);
  }
  const copies = join(folder, 'program');
  await mkdir(copies, { mode: 0o700 });
  const copy = join(copies, basename(path));
  await writeFile(copy, bytes, { mode: 0o500 });
  return copy;
}

function unreadable(path: string, cause: unknown): never {
  throw new ProviderError('invalid-configuration', `the plugin ${path} cannot be read`, { cause });
}

function endOf(child: ChildProcess, path: string): Promise<string> {
  const failed = once(child, 'error').then(([error]) => `${path} cannot be run: ${(error as Error).message}`);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exit status ${code}` : `signal ${signal}`));
  });
  return Promise.race([exited, failed]);
}

function pipeLines(child: ChildProcess, { log, clock }: ProgramHost): void {
  child.stdin?.on('error', () => undefined); // it may close what it does not read
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = new LineLog(log, clock, stream);
    child[stream]?.on('data', (chunk: Buffer) => lines.push(chunk));
    child[stream]?.on('close', () => lines.flush());
  }
}
