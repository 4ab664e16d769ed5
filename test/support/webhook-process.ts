/** peerpods-webhook as a process, with certificates in a folder that is mounted as the kubelet mounts Secrets. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import type { PemPair } from './test-ca.ts';

const main = join(import.meta.dirname, '../../src/daemons/webhook/main.ts');

export type LogLine = Readonly<Record<string, unknown>>;

export class WebhookProcess {
  readonly #child: ChildProcess;
  readonly #lines: LogLine[] = [];
  readonly #waiters = new Set<() => void>();
  readonly exited: Promise<number | null>;
  stderr = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const { KUBECONFIG: _, KUBERNETES_SERVICE_HOST: __, ...env } = process.env;
    this.#child = spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...env, ...environment },
    });
    this.exited = once(this.#child, 'exit').then(([code]) => code as number | null);
    const stderr = this.#child.stderr;
    if (!stderr) throw new Error('no stderr');
    createInterface({ input: stderr }).on('line', (line) => {
      this.stderr += `${line}\n`;
      if (line.startsWith('{')) this.#lines.push(JSON.parse(line) as LogLine);
      for (const wake of this.#waiters) wake();
    });
    void this.exited.then(() => {
      for (const wake of this.#waiters) wake();
    });
  }

  /** Listens on ports of the system's choice. */
  static start(
    t: TestContext,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): WebhookProcess {
    const ports = ['-bind-address', ':0', '-health-probe-bind-address', '127.0.0.1:0', '-metrics-bind-address', ':0'];
    const webhook = new WebhookProcess([...ports, '-log-level', 'debug', ...args], environment);
    t.after(() => webhook.kill('SIGKILL'));
    return webhook;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The `count`th line that says `event`. */
  async logged(event: string, count = 1): Promise<LogLine> {
    for (;;) {
      const line = this.#lines.filter(({ msg }) => msg === event)[count - 1];
      if (line) return line;
      if (this.#child.exitCode !== null) throw new Error(`ended before it logged ${event}\n${this.stderr}`);
      const woken = Promise.withResolvers<void>();
      this.#waiters.add(woken.resolve);
      const late = setTimeout(() => woken.reject(new Error(`never logged ${event}\n${this.stderr}`)), 20_000);
      await woken.promise.finally(() => clearTimeout(late));
      this.#waiters.delete(woken.resolve);
    }
  }

  async ports(): Promise<{ port: number; health: number; metrics: number }> {
    const { port, health, metrics } = await this.logged('serving');
    return { port: Number(port), health: Number(health), metrics: Number(metrics) };
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return await this.exited;
  }
}

/** A folder with `..data` as the kubelet makes it; the files come with the first `put`. */
export class SecretMount {
  readonly path: string;
  #serial = 0;

  constructor(t: TestContext) {
    this.path = mkdtempSync(join(tmpdir(), 'webhook-certs-'));
    t.after(() => rmSync(this.path, { recursive: true }));
  }

  put({ certPem, keyPem }: PemPair): void {
    this.#serial += 1;
    const version = `..version-${this.#serial}`;
    mkdirSync(join(this.path, version));
    writeFileSync(join(this.path, version, 'tls.crt'), certPem);
    writeFileSync(join(this.path, version, 'tls.key'), keyPem);
    symlinkSync(version, join(this.path, '..data_tmp'));
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'));
    rmSync(join(this.path, `..version-${this.#serial - 1}`), { recursive: true, force: true });
    if (this.#serial > 1) return;
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, join(this.path, name));
  }
}
