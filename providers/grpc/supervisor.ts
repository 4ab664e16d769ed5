/** Keeps a plugin running: restarts it with growing pauses, configures each new process, ends one that hangs. */

import { asProviderError, type Clock, ProviderError, type ProviderLog, type Random, sleep } from '@peerpods/provider';
import type { Program } from './program.ts';

export interface SupervisorParts {
  /** Starts a process and brings it to where calls can be made. */
  readonly start: (signal: AbortSignal) => Promise<Program>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ProviderLog;
}

const pauseMs = 200;
const pauseMsMax = 30_000;
/** A process that lived so long did not die of its start. */
const steadyMs = 60_000;
/** How long a call waits for a process that is being restarted, ms. */
const readyMsMax = 10_000;
const healthEveryMs = 10_000;
const healthFailuresMax = 3;

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<(program: Program) => void>();
  #current: Program | undefined;
  #lastFailure = 'it has not been started';
  #running: Promise<void> | undefined;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /** The first start; its failure is the caller's, later ones are repeated. */
  async open(signal: AbortSignal): Promise<void> {
    const program = await this.#parts.start(signal);
    this.#running = this.#supervise(program);
  }

  /** The process to call. Waits for one that is being restarted, then throws `transient`. */
  async program(signal: AbortSignal): Promise<Program> {
    if (this.#current) return this.#current;
    const { clock } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<Program>();
    this.#waiting.add(resolve);
    const limit = new AbortController();
    const ended = AbortSignal.any([signal, this.#closing.signal, limit.signal]);
    try {
      const late = sleep(clock, readyMsMax, ended).then((): never => {
        throw new ProviderError('transient', `the plugin is not running: ${this.#lastFailure}`);
      });
      return await Promise.race([promise, late]);
    } finally {
      this.#waiting.delete(resolve);
      limit.abort();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#current?.close();
    await this.#running;
  }

  async #supervise(first: Program): Promise<void> {
    const { clock, random, log } = this.#parts;
    let program: Program | undefined = first;
    let failures = 0;
    while (!this.#closing.signal.aborted) {
      if (program) {
        const startedAt = clock.now();
        this.#offer(program);
        this.#lastFailure = await this.#watch(program);
        this.#current = undefined;
        await program.close();
        if (this.#closing.signal.aborted) return;
        failures = clock.now() - startedAt >= steadyMs ? 0 : failures + 1;
        log.warn({ reason: this.#lastFailure, failures }, 'the plugin ended and is started again');
      }
      const bound = failures <= 1 ? pauseMs : Math.min(pauseMsMax, pauseMs * 2 ** Math.min(failures, 16));
      await sleep(clock, bound * (0.5 + random.fraction() / 2), this.#closing.signal).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      program = await this.#parts.start(this.#closing.signal).catch((error: unknown) => {
        failures += 1;
        this.#lastFailure = asProviderError(error, 'start').message;
        if (!this.#closing.signal.aborted)
          log.warn({ reason: this.#lastFailure, failures }, 'the plugin does not start');
        return undefined;
      });
    }
    await program?.close();
  }

  #offer(program: Program): void {
    this.#current = program;
    for (const resolve of this.#waiting) resolve(program);
    this.#waiting.clear();
  }

  /** Until it ends, or answers no more: a process that hangs is as good as none. */
  async #watch(program: Program): Promise<string> {
    const over = new AbortController();
    const hung = (async () => {
      for (let failures = 0; failures < healthFailuresMax; ) {
        await sleep(this.#parts.clock, healthEveryMs, over.signal);
        failures = (await program.serves()) ? 0 : failures + 1;
      }
      return `its health service failed ${healthFailuresMax} times`;
    })().catch(() => program.ended);
    try {
      return await Promise.race([program.ended, hung]);
    } finally {
      over.abort();
    }
  }
}
