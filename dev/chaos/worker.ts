/** A worker node whose daemons can be killed, frozen, starved, started again and replaced. */

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Daemon, paths } from '#dev/demo/daemons.ts';
import { Hypervisor } from '#dev/shim/shim.ts';
import { dialUnix } from '#io/dial-unix.ts';
import type { Trouble } from './provider-trouble.ts';

const pollMs = 5;
/** For a daemon to serve, on a machine that is busy otherwise. */
const startMsMax = 120_000;

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

/** As production has it; with fault points; with them and a warm pod VM; or with the provider as a program. */
export type AdaptorKind = 'plain' | 'points' | 'warm' | 'plugin';

/** All of the scene's own, out of the daemons' sight. */
const own = '/run/chaos';
const files = {
  points: join(own, 'points'),
  trouble: join(own, 'trouble'),
  clock: join(own, 'clock'),
  shim: join(own, 'wall-clock.so'),
  plugin: join(own, 'plugin'),
} as const;

export class Worker implements AsyncDisposable {
  #relay: Daemon | undefined;
  #adaptor: Daemon | undefined;
  #kind: AdaptorKind = 'plain';
  /** Of what earlier adaptors wrote, characters. */
  #logLength = 0;

  /** What needs to be there before the first daemon. */
  static prepare(): void {
    for (const folder of [own, paths.logs, paths.stateDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    // A disk of its own, which can be filled.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0700', 'tmpfs', paths.stateDir]);
    // Folders of the adaptor that stay once there was a warm pod VM; what is in them has to go.
    for (const base of [paths.stateDir, dirname(paths.podsDir)]) mkdirSync(join(base, 'warm'), { recursive: true });
    const source = join(import.meta.dirname, 'wall-clock.c');
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', files.shim, source, '-ldl']);
    const program = join(import.meta.dirname, 'plugin.ts');
    writeFileSync(files.plugin, `#!/bin/sh\nexec '${process.execPath}' '${program}'\n`, { mode: 0o700 });
    Worker.shiftClock(0);
  }

  /** The wall clock of relay and adaptor, at once. */
  static shiftClock(seconds: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    // In place: the daemons have it mapped.
    const file = openSync(files.clock, constants.O_CREAT | constants.O_WRONLY, 0o600);
    writeSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
  }

  static setTrouble(trouble: Trouble | undefined): void {
    if (trouble === undefined) rmSync(files.trouble, { force: true });
    else writeFileSync(files.trouble, trouble);
  }

  get adaptor(): Daemon {
    if (!this.#adaptor) throw new Error('no adaptor');
    return this.#adaptor;
  }

  get relay(): Daemon {
    if (!this.#relay) throw new Error('no relay');
    return this.#relay;
  }

  get #environment(): Record<string, string> {
    return { LD_PRELOAD: files.shim, CHAOS_CLOCK: files.clock };
  }

  /** Daemons as a case wants them; those that are there and fit go on. */
  async ensure(kind: AdaptorKind): Promise<void> {
    if (!this.#relay) await this.startRelay();
    if (this.#adaptor && (this.#kind !== kind || kind === 'points')) await this.killAdaptor(); // points count from 1
    this.#kind = kind;
    if (!this.#adaptor) await this.startAdaptor();
  }

  async startRelay(...more: string[]): Promise<void> {
    const sockets = ['-socket', paths.hypervisorSocket, '-adaptor-socket', paths.adaptorSocket];
    const args = [...sockets, '-control-socket', paths.relaySocket, '-pods-dir', paths.podsDir, ...more];
    this.#relay = new Daemon('agent-relay', 'relay', args, this.#environment);
    await until('agent-relay', () => accepts(paths.relaySocket), startMsMax);
  }

  /** In place of the one that is there. */
  async become(kind: AdaptorKind, kill?: string): Promise<void> {
    await this.killAdaptor();
    this.#kind = kind;
    await this.startAdaptor(kill);
  }

  /** With fault points it may end itself at `kill`, which may be before it serves. */
  async startAdaptor(kill?: string): Promise<void> {
    const sockets = ['-adaptor-socket', paths.adaptorSocket, '-relay-socket', paths.relaySocket];
    const folders = ['-pods-dir', paths.podsDir, '-state-dir', paths.stateDir];
    const args = [...sockets, ...folders, '-probe-port', '0', '-log-level', 'debug'];
    const environment = this.#environment;
    this.#logLength = lengthOf(join(paths.logs, 'cloud-api-adaptor.log'));
    if (this.#kind === 'points' || this.#kind === 'warm') {
      if (this.#kind === 'warm') args.push('-warm-pool', 'local=1');
      environment.CHAOS = JSON.stringify({ log: files.points, trouble: files.trouble, kill });
      rmSync(files.points, { force: true });
      this.#adaptor = new Daemon('cloud-api-adaptor', 'dev/chaos/adaptor.ts', args, environment);
    } else {
      const provider = this.#kind === 'plugin' ? ['chaos', '-plugin', files.plugin] : ['local'];
      this.#adaptor = new Daemon('cloud-api-adaptor', 'adaptor', [...provider, ...args], environment);
    }
    let isOver = false;
    void this.adaptor.ended.then(() => {
      isOver = true;
    });
    await until('cloud-api-adaptor', () => isOver || accepts(paths.adaptorSocket), startMsMax);
  }

  /** The adaptor says that a warm pod VM waits for its pod, or is no more. */
  async untilWarm(): Promise<void> {
    const { logPath, ended } = this.adaptor;
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    const waits = () => readFileSync(logPath, 'utf8').slice(this.#logLength).includes('"msg":"warm pod VM waits"');
    await until('a warm pod VM', () => isOver || waits(), startMsMax);
  }

  /** The points that the last adaptor with fault points has passed. */
  get points(): readonly string[] {
    try {
      return readFileSync(files.points, 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  }

  /** A call goes through relay and adaptor again. */
  async answers(timeoutMs = 30_000): Promise<void> {
    const shim = new Hypervisor(paths.hypervisorSocket);
    const isAnswered = () =>
      shim.version(timeoutMs).then(
        () => true,
        () => false,
      );
    await until('an answer on hypervisor.sock', isAnswered, timeoutMs);
  }

  async killRelay(): Promise<void> {
    await this.#relay?.[Symbol.asyncDispose]();
    this.#relay = undefined;
  }

  async killAdaptor(): Promise<void> {
    await this.#adaptor?.[Symbol.asyncDispose]();
    this.#adaptor = undefined;
  }

  /** Of an adaptor that killed itself; its successor is as production has it. */
  async succeed(): Promise<void> {
    await this.#adaptor?.ended;
    this.#kind = 'plain';
    await this.startAdaptor();
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
    const folders = ['local', 'chaos'].map((name) => join(paths.stateDir, 'providers', name));
    return folders.reduce((count, folder) => count + entriesOf(folder), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.killAdaptor(), this.killRelay()]);
  }
}

function lengthOf(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').length : 0;
}

function entriesOf(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}
