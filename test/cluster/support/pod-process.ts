/** One container of ours as a process of this machine: started, probed, started again when it ends, stopped. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Container } from '#io/kubernetes/objects.ts';
import { root } from '../../support/sources.ts';
import type { Launch } from './container-environment.ts';

export interface PodProcessOptions {
  readonly name: string;
  readonly container: Container;
  readonly launch: () => Promise<Launch>;
  /** Besides what the container says. */
  readonly environment: Readonly<Record<string, string>>;
  /** A named network namespace; undefined: the node's own. */
  readonly netns: string | undefined;
  readonly address: string;
  readonly folder: string;
  readonly onReady: (isReady: boolean) => void;
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: number | string; readonly host?: string };
}

const restartMs = 500;
const probeMs = 200;
const programs = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> }).bin;

export class PodProcess {
  readonly #options: PodProcessOptions;
  readonly logPath: string;
  #child: ChildProcess | undefined;
  #isStopping = false;
  #isReady = false;
  readonly #running: Promise<unknown>;
  restarts = 0;

  constructor(options: PodProcessOptions) {
    this.#options = options;
    this.logPath = join(options.folder, `${options.name}.log`);
    this.#running = Promise.all([this.#run(), this.#probe()]);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** As the kernel's OOM killer does; it is started again. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** As with its machine: killed, and not started again. */
  async lose(): Promise<void> {
    this.#isStopping = true;
    this.#child?.kill('SIGKILL');
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#child?.kill('SIGTERM');
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), 20_000);
    await this.#running;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { netns, environment, launch, name } = this.#options;
    while (!this.#isStopping) {
      try {
        const { command, environment: own } = await launch();
        const [program = '', ...args] = command;
        const main = programs[program];
        if (!main) throw new Error(`the image has no program ${program}`);
        const words = [process.execPath, join(root, main), ...args];
        const [first = '', ...rest] = netns === undefined ? words : ['ip', 'netns', 'exec', netns, ...words];
        if (this.#isStopping) return;
        const { PATH = '', HOME = '' } = process.env;
        const env = { PATH, HOME, ...own, ...environment };
        const log = openSync(this.logPath, 'a', 0o600);
        this.#child = spawn(first, rest, { stdio: ['ignore', log, log], env });
        closeSync(log);
        await once(this.#child, 'exit');
      } catch (error) {
        process.stderr.write(`${name} can not be started: ${String(error)}\n`);
      }
      this.#tell(false);
      if (this.#isStopping) return;
      this.restarts += 1;
      await pause(restartMs);
    }
  }

  /** Started, then ready, each by its probe; without any it is ready when it runs. */
  async #probe(): Promise<void> {
    const { startupProbe, readinessProbe } = this.#options.container as {
      startupProbe?: Probe;
      readinessProbe?: Probe;
    };
    let startedPid: number | undefined;
    while (!this.#isStopping) {
      const { pid } = this;
      if (pid !== undefined && startedPid !== pid && (await this.#passes(startupProbe))) startedPid = pid;
      this.#tell(pid !== undefined && startedPid === pid && (await this.#passes(readinessProbe)));
      await pause(probeMs);
    }
  }

  #tell(isReady: boolean): void {
    if (isReady === this.#isReady) return;
    this.#isReady = isReady;
    this.#options.onReady(isReady);
  }

  #passes(probe: Probe | undefined): Promise<boolean> {
    if (!probe?.httpGet) return Promise.resolve(this.#child?.exitCode === null && this.#child.signalCode === null);
    const { container, address } = this.#options;
    const { path, port: named, host = address } = probe.httpGet;
    const ports = (container.ports ?? []) as readonly { readonly name?: string; readonly containerPort: number }[];
    const port = typeof named === 'number' ? named : ports.find(({ name }) => name === named)?.containerPort;
    return new Promise((resolve) => {
      const asked = get({ host, port, path, agent: false, timeout: 2000 }, (answer) => {
        answer.resume();
        resolve((answer.statusCode ?? 500) < 400);
      });
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => resolve(false));
    });
  }
}
