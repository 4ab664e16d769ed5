/** moto's server: EC2 as somebody else understood it. One process a test file, wiped between tests. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { lacks } from '../support/requirements.ts';

const cache = process.env.PEERPODS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'peerpods');
const python = join(cache, 'moto/bin/python');

export function lacksMoto(context: TestContext): boolean {
  return lacks(context, existsSync(join(cache, 'moto/.installed')), 'moto (make test installs it)');
}

export class Moto {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async open(): Promise<Moto> {
    const port = await freePort();
    const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: { PATH: process.env.PATH ?? '', MOTO_ENABLE_AMI_VALIDATION: 'true', MOTO_ENABLE_KEYPAIR_VALIDATION: 'true' },
    });
    const url = `http://127.0.0.1:${port}`;
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (child.exitCode !== null) throw new Error(`moto ended with ${child.exitCode}`);
      const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.ok) return new Moto(url, child);
      await delay(100);
    }
    child.kill('SIGKILL');
    throw new Error('moto does not answer');
  }

  async reset(): Promise<void> {
    const answer = await fetch(`${this.url}/moto-api/reset`, { method: 'POST' });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`moto-api/reset: ${answer.status}`);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGKILL');
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
