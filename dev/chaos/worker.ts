/** A worker node whose daemons can be killed, started again and replaced. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, paths } from '#dev/demo/daemons.ts';
import { dialUnix } from '#io/dial-unix.ts';

const pollMs = 5;

export async function until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function accepts(path: string): Promise<boolean> {
  try {
    (await dialUnix(path)).destroy();
    return true;
  } catch {
    return false;
  }
}

export class Worker implements AsyncDisposable {
  #relay: Daemon | undefined;
  #adaptor: Daemon | undefined;

  async startRelay(...more: string[]): Promise<void> {
    const sockets = ['-socket', paths.hypervisorSocket, '-adaptor-socket', paths.adaptorSocket];
    const args = [...sockets, '-control-socket', paths.relaySocket, '-pods-dir', paths.podsDir, ...more];
    this.#relay = new Daemon('agent-relay', 'relay', args);
    await until('agent-relay', () => accepts(paths.relaySocket));
  }

  async startAdaptor(): Promise<void> {
    const sockets = ['-adaptor-socket', paths.adaptorSocket, '-relay-socket', paths.relaySocket];
    const folders = ['-pods-dir', paths.podsDir, '-state-dir', paths.stateDir];
    this.#adaptor = new Daemon('cloud-api-adaptor', 'adaptor', ['local', ...sockets, ...folders, '-probe-port', '0']);
    await until('cloud-api-adaptor', () => accepts(paths.adaptorSocket));
  }

  async killRelay(): Promise<void> {
    await this.#relay?.[Symbol.asyncDispose]();
  }

  async killAdaptor(): Promise<void> {
    await this.#adaptor?.[Symbol.asyncDispose]();
  }

  /** The successor takes sockets and calls over; the predecessor ends by itself. */
  async replaceRelay(): Promise<void> {
    const predecessor = this.#relay;
    await this.startRelay('-take-over');
    const code = await predecessor?.ended;
    if (code !== 0) throw new Error(`the relay that was replaced ended with ${code}`);
  }

  /** All that is on record of a sandbox, or ''. */
  recordOf(id: string): string {
    try {
      return readFileSync(join(paths.stateDir, 'sandboxes', `${id}.json`), 'utf8');
    } catch {
      return '';
    }
  }

  podVms(): number {
    try {
      return readdirSync(join(paths.stateDir, 'providers/local')).length;
    } catch {
      return 0;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.killAdaptor(), this.killRelay()]);
  }
}
