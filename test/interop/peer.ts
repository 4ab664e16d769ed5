/**
 * The foreign ttrpc libraries as processes: a Go and a Rust program of ours, built once into a cache, that serve or call
 * on a Unix socket. A client is told one call a line, `ID SERVICE METHOD TIMEOUT_NANO PAYLOAD METADATA`, and answers
 * `ID CODE MESSAGE PAYLOAD DETAIL,DETAIL` when it has the answer; fields are hex, `-` when empty, and the code is
 * `local` for an error that the library made up itself.
 */

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import type { MetadataEntry } from '#codec/ttrpc/envelope.ts';
import { lacks, lacksCommand } from '../support/requirements.ts';

export type Language = 'go' | 'rust';

const cache = join(import.meta.dirname, '../../node_modules/.cache/interop');
/** What test/interop/rust/Cargo.toml says; Debian 12's cargo is older, its cargo-web is not. */
const cargoMinorMin = 85;

export function lacksToolchain(context: TestContext, language: Language): boolean {
  if (language === 'go') return lacksCommand(context, 'go');
  const version = spawnSync('cargo', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const minor = Number(/^cargo 1\.(\d+)\./.exec(version)?.[1] ?? 0);
  return lacks(context, minor >= cargoMinorMin, `cargo 1.${cargoMinorMin} or newer (Debian 12: cargo-web)`);
}

const builders: Record<Language, (source: string, program: string) => void> = {
  go(source, program) {
    execFileSync('go', ['build', '-o', program, '.'], { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] });
  },
  rust(source, program) {
    const target = join(cache, 'rust-target');
    const environment = { ...process.env, CARGO_TARGET_DIR: target };
    execFileSync('cargo', ['build', '--locked'], {
      cwd: source,
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(join(target, 'debug/ttrpc-peer'), program);
  },
};

/** The program of these very sources; two test files may build it at once. */
export function buildPeer(language: Language): string {
  const source = join(import.meta.dirname, language);
  const hash = createHash('sha256');
  for (const file of globSync('**/*.{go,mod,sum,rs,toml,lock}', { cwd: source }).sort()) {
    hash.update(file).update(readFileSync(join(source, file)));
  }
  const program = join(cache, `${language}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  process.stderr.write(`building the ${language} peer, once\n`);
  builders[language](source, `${program}.${process.pid}`);
  renameSync(`${program}.${process.pid}`, program);
  return program;
}

/** A socket path in a folder that goes with the test. */
export function socketPath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'interop-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 's');
}

export interface PeerServer {
  readonly path: string;
  readonly child: ChildProcess;
  /** Exit code or signal. */
  readonly ended: Promise<number | string>;
}

export async function startPeerServer(context: TestContext, language: Language): Promise<PeerServer> {
  const path = socketPath(context);
  // What the libraries log about the nonsense they are sent is of no interest.
  const child = spawn(buildPeer(language), ['server', path], { stdio: 'ignore' });
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  context.after(() => child.kill('SIGKILL'));
  for (let tries = 0; !existsSync(path); tries += 1) {
    if (child.exitCode !== null || tries > 1000) throw new Error(`the ${language} server did not start`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { path, child, ended };
}

export interface PeerAnswer {
  readonly code: number | 'local';
  readonly message: string;
  readonly payload: Buffer;
  readonly details: readonly Buffer[];
}

export interface PeerCall {
  readonly service?: string;
  readonly payload?: Uint8Array;
  readonly timeoutMs?: number;
  readonly metadata?: readonly MetadataEntry[];
}

const field = (bytes: Uint8Array) => (bytes.length === 0 ? '-' : Buffer.from(bytes).toString('hex'));
const bytesOf = (text: string | undefined) =>
  text === undefined || text === '-' ? Buffer.of() : Buffer.from(text, 'hex');

/** The foreign library as a client on one connection. */
export class PeerClient {
  readonly child: ChildProcess;
  readonly #waiting = new Map<string, (answer: PeerAnswer) => void>();
  #next = 1;

  constructor(context: TestContext, language: Language, path: string) {
    this.child = spawn(buildPeer(language), ['client', path], { stdio: ['pipe', 'pipe', 'ignore'] });
    context.after(() => this.child.kill('SIGKILL'));
    this.child.stdin?.on('error', () => {}); // it has ended; its calls are never answered and the test says so
    if (!this.child.stdout) throw new Error('no stdout');
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const [id = '', code = '', message, payload, details = '-'] = line.split(' ');
      this.#waiting.get(id)?.({
        code: code === 'local' ? 'local' : Number(code),
        message: bytesOf(message).toString(),
        payload: bytesOf(payload),
        details: details === '-' ? [] : details.split(',').map(bytesOf),
      });
      this.#waiting.delete(id);
    });
  }

  call(
    method: string,
    { service = 'interop.Peer', payload = Buffer.of(), timeoutMs = 0, metadata = [] }: PeerCall = {},
  ) {
    const id = String(this.#next++);
    const pairs = Buffer.from(metadata.map(({ key, value }) => `${key}=${value}`).join('\n'));
    return new Promise<PeerAnswer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.child.stdin?.write(`${id} ${service} ${method} ${timeoutMs * 1e6} ${field(payload)} ${field(pairs)}\n`);
    });
  }
}
