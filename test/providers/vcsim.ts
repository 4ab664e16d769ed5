/** vcsim: a vCenter as somebody else understood it, started for a test file, with its control port. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { lacks } from '../support/requirements.ts';

const cache = process.env.PEERPODS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'peerpods');
const program = join(cache, 'vcsim/vcsim');

export function lacksVcsim(context: TestContext): boolean {
  const built = existsSync(program) && existsSync(join(cache, 'vcsim/.built'));
  return lacks(context, built, 'vcsim (make test builds it; needs Go 1.25, or python3-venv to install one)');
}

export interface SimulatedVm {
  readonly name: string;
  readonly ref: string;
  readonly instanceUuid: string;
  readonly power: string;
  readonly cpus: number;
  readonly memoryMB: number;
  readonly host: string;
  readonly template: boolean;
  readonly address: string;
  readonly extra: Readonly<Record<string, string>>;
}

export const vcsimUser = { name: 'worker@vsphere.local', password: 'secret & <more>' } as const;

export class Vcsim {
  readonly url: string;
  readonly #control: string;
  readonly #child: ChildProcess;

  private constructor(url: string, control: string, child: ChildProcess) {
    this.url = url;
    this.#control = control;
    this.#child = child;
  }

  static async open(more: readonly string[] = []): Promise<Vcsim> {
    const argv = ['-username', vcsimUser.name, '-password', vcsimUser.password, ...more];
    const child = spawn(program, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const line = await Promise.race([
      once(lines, 'line').then(([first]) => String(first)),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`vcsim ended with ${code}`))),
    ]);
    const { sdk, control } = JSON.parse(line) as { readonly sdk: string; readonly control: string };
    return new Vcsim(sdk, control, child);
  }

  vms(): Promise<readonly SimulatedVm[]> {
    return this.#ask('/vms');
  }

  /** Pod VMs, and what of them is on the datastores. */
  async residue(): Promise<readonly string[]> {
    const vms = (await this.vms()).filter(({ name, template }) => name.startsWith('podvm-') && !template);
    const files = await this.#ask<readonly string[]>('/files');
    return [...vms.map(({ name }) => `vm ${name}`), ...files.filter((name) => name.startsWith('podvm-'))];
  }

  /** User agents of those who are logged in. */
  sessions(): Promise<readonly string[]> {
    return this.#ask('/sessions');
  }

  /** How many sessions of that user agent were ended. */
  endSessions(agent: string): Promise<number> {
    return this.#ask(`/end-sessions?agent=${agent}`);
  }

  /** The next `count` calls of `method` fail so. */
  async fault(method: string, fault: string, count: number): Promise<void> {
    await this.#ask(`/faults?method=${method}&fault=${fault}&count=${count}`, 'POST');
  }

  async noFaults(): Promise<void> {
    await this.#ask('/faults', 'DELETE');
  }

  /** Guests report no addresses while it lasts. */
  async silence(on: boolean): Promise<void> {
    await this.#ask(`/silent?on=${on}`);
  }

  /** How it ended by itself, for example by a panic: its words are on stderr. Undefined while it runs. */
  get ended(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? undefined : `vcsim ended with ${exitCode ?? signalCode}`;
  }

  async close(): Promise<void> {
    if (this.ended !== undefined) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    // It waits for connections of handlers that panicked.
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(limit);
  }

  async #ask<T>(path: string, method = 'GET'): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await fetch(`${this.#control}${path}`, { method });
      const body = await answer.text();
      if (answer.ok) return JSON.parse(body) as T;
      // A VM that went while all were read; the next read is without it.
      if (attempt >= 20) throw new Error(`vcsim ${path}: ${answer.status} ${body}`);
    }
  }
}
