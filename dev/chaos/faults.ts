/** What can happen to a worker, done for real. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Worker } from './worker.ts';

export interface Fault {
  readonly name: string;
  /** Whether a pod whose calls are in flight lives through it. */
  readonly podLives: boolean;
  readonly inject: (worker: Worker) => Promise<void>;
}

/** How long whatever died is away. */
const awayMs = 300;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const faults: readonly Fault[] = [
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
    inject: async () => killAll('src/daemons/forwarder/main.ts'),
  },
  {
    name: 'connection to the VM reset',
    podLives: true,
    async inject() {
      nft('add table inet chaos');
      nft('add chain inet chaos output { type filter hook output priority 0; }');
      nft('add rule inet chaos output tcp dport 15150 reject with tcp reset');
      await pause(awayMs);
      nft('delete table inet chaos');
    },
  },
  {
    name: 'path to the VM dead for a while',
    podLives: true,
    async inject() {
      nft('add table inet chaos');
      nft('add chain inet chaos output { type filter hook output priority 0; }');
      nft('add rule inet chaos output tcp dport 15150 drop');
      await pause(4 * awayMs);
      nft('delete table inet chaos');
    },
  },
  {
    name: 'pod VM killed',
    podLives: false,
    inject: async () => killAll('/media/cidata/user-data'),
  },
];

function nft(command: string): void {
  execFileSync('nft', [command], { stdio: 'pipe' });
}

/** Ends every process whose command line holds `text`; a pod VM's first process takes the others with it. */
function killAll(text: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // it ended while we looked
    }
  }
}
