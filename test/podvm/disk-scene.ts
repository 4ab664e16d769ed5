/** Boots a disk through firmware with the qemu provider; says on stdout, as JSON, what the guest came to. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { provider as module } from '@peerpods/provider-qemu';
import { silentLog } from '#base/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { bootPodVm } from './boot.ts';

export interface DiskReport {
  /** Milliseconds from `create` until the forwarder listened; absent when the guest stopped before. */
  readonly listeningMs?: number;
  readonly console: string;
}

const bootMsMax = 150_000;
const owner = { cluster: 'disk', node: 'node' };
const [disk = ''] = process.argv.slice(2);

const stateDir = mkdtempSync(join(tmpdir(), 'disk-'));
const host = { log: silentLog, clock: systemClock, random: systemRandom, stateDir };
const provider = await module.open({ 'qemu-disk': disk }, host);
const { signal } = new AbortController();
const limit = AbortSignal.timeout(bootMsMax);

function consoleText(): string {
  return readdirSync(stateDir)
    .flatMap((id) => ['console.old', 'console.log'].map((name) => join(stateDir, id, name)))
    .map((path) => {
      try {
        return readFileSync(path, 'latin1');
      } catch {
        return '';
      }
    })
    .join('');
}

/** QEMU ends with the guest: the kernel restarts after a panic, and a restart is an end here. */
async function untilEnded(): Promise<undefined> {
  for (;;) {
    const [podVm] = await provider.list(owner, { signal: limit });
    if (podVm?.state === 'deleting') return undefined;
    await delay(100, undefined, { signal: limit });
  }
}

try {
  const booting = bootPodVm(provider, { number: 1, owner, stateDir }, limit);
  booting.catch(() => {});
  const booted = await Promise.race([booting, untilEnded()]);
  // It listens before it says so, and the console is slower than the network.
  while (booted && !consoleText().includes('forwarder is ready')) await delay(100, undefined, { signal: limit });
  const report: DiskReport = { ...(booted && { listeningMs: booted.listeningMs }), console: consoleText() };
  process.stdout.write(JSON.stringify(report));
} catch (error) {
  process.stderr.write(`${String(error)}\n${consoleText()}\n`);
  process.exitCode = 1;
} finally {
  for (const { id } of await provider.list(owner, { signal })) await provider.delete(id, { signal });
  rmSync(stateDir, { recursive: true });
}
process.exit();
