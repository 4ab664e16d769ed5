/** What can happen to a worker, done for real. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, paths } from '#dev/demo/daemons.ts';
import type { Trouble } from './provider-trouble.ts';
import { type AdaptorKind, Worker } from './worker.ts';

export interface Fault {
  readonly name: string;
  /** Whether a pod whose calls are in flight lives through it. */
  readonly podLives: boolean;
  /** Whether an answer of the agent's may be lost with it. */
  readonly losesAnswer?: boolean;
  readonly adaptor?: AdaptorKind;
  readonly inject: (worker: Worker) => Promise<void>;
}

/** How long whatever died is away. */
const awayMs = 300;
/** How long something is short of what it needs. */
const shortageMs = 1200;
const frozenMs = 2500;
const hourS = 3600;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const deaths: readonly Fault[] = [
  {
    name: 'adaptor killed',
    podLives: true,
    async inject(worker) {
      await worker.killAdaptor();
      await pause(awayMs);
      await worker.startAdaptor();
    },
  },
  { name: 'relay replaced', podLives: true, inject: (worker) => worker.replaceRelay() },
  {
    name: 'relay killed',
    podLives: false, // a shim dials its agent once
    async inject(worker) {
      await worker.killRelay();
      await pause(awayMs);
      await worker.startRelay();
    },
  },
  {
    name: 'adaptor and relay killed',
    podLives: false,
    async inject(worker) {
      await Promise.all([worker.killAdaptor(), worker.killRelay()]);
      await pause(awayMs);
      await worker.startRelay();
      await worker.startAdaptor();
    },
  },
  {
    name: 'forwarder killed',
    podLives: true,
    losesAnswer: true,
    inject: async () => killAll((words) => words.some((word) => word.endsWith('src/daemons/forwarder/main.ts'))),
  },
  {
    name: 'provider program killed',
    podLives: true,
    adaptor: 'plugin',
    inject: async () => killAll((words) => words.some((word) => word.endsWith('dev/chaos/plugin.ts'))),
  },
  {
    name: 'pod VM killed',
    podLives: false,
    // Its first program has the script of its boot among its words, and takes the others with it.
    inject: async () => killAll((words) => words.some((word) => word.includes('>/media/cidata/user-data'))),
  },
  { name: 'adaptor frozen', podLives: true, inject: (worker) => freeze(worker.adaptor) },
  { name: 'relay frozen', podLives: true, inject: (worker) => freeze(worker.relay) },
];

const networkFaults: readonly Fault[] = [
  {
    name: 'connection to the VM reset',
    podLives: true,
    inject: () => withRule('reject with tcp reset', awayMs),
  },
  {
    name: 'path to the VM dead for a while',
    podLives: true,
    inject: () => withRule('drop', 4 * awayMs),
  },
];

const shortages: readonly Fault[] = [
  {
    name: 'disk full',
    podLives: true,
    async inject() {
      const filler = join(paths.stateDir, 'filler');
      try {
        writeFileSync(filler, Buffer.alloc(32 * 1024 * 1024));
      } catch {
        // as far as it goes
      }
      await pause(shortageMs);
      rmSync(filler);
    },
  },
  { name: 'adaptor out of descriptors', podLives: true, inject: (worker) => starve(worker.adaptor) },
  { name: 'relay out of descriptors', podLives: true, inject: (worker) => starve(worker.relay) },
  { name: 'clock an hour ahead', podLives: true, inject: (worker) => jump(worker, hourS) },
  { name: 'clock an hour back', podLives: true, inject: (worker) => jump(worker, -hourS) },
];

const cloudFaults: readonly Fault[] = (
  [
    ['cloud throttles', 'throttled'],
    ['cloud is down', 'transient'],
    ['cloud is silent', 'silent'],
    ["cloud's answers are lost", 'answers lost'],
  ] as const satisfies readonly (readonly [string, Trouble])[]
).map(([name, trouble]) => ({
  name,
  podLives: true,
  adaptor: 'points',
  async inject() {
    Worker.setTrouble(trouble);
    await pause(shortageMs);
    Worker.setTrouble(undefined);
  },
}));

export const faults: readonly Fault[] = [...deaths, ...networkFaults, ...shortages, ...cloudFaults];

function nft(command: string): void {
  execFileSync('nft', [command], { stdio: 'pipe' });
}

async function withRule(verdict: string, ms: number): Promise<void> {
  nft('add table inet chaos');
  nft('add chain inet chaos output { type filter hook output priority 0; }');
  nft(`add rule inet chaos output tcp dport 15150 ${verdict}`);
  await pause(ms);
  nft('delete table inet chaos');
}

/** The new time stays until the case is over; new certificates and new connections have to get along with it. */
async function jump(worker: Worker, seconds: number): Promise<void> {
  Worker.shiftClock(seconds);
  await worker.killAdaptor();
  await worker.startAdaptor();
  await withRule('reject with tcp reset', awayMs);
}

async function freeze({ pid }: Daemon): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await pause(frozenMs);
  process.kill(pid, 'SIGCONT');
}

/** It has the descriptors that it has, and no more. */
async function starve({ pid }: Daemon): Promise<void> {
  const limit = (soft: number | string) => execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);
  const before = /Max open files\s+(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '1024';
  limit(Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number)) + 1);
  await pause(shortageMs);
  limit(before);
}

/** Ends every process of which the words of its command say so. */
function killAll(isMeant: (words: readonly string[]) => boolean): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (isMeant(words)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // it ended while we looked
    }
  }
}
