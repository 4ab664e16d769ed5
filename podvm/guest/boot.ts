/**
 * The first boot in one process: process-user-data, then the forwarder. In emulation each start of Node costs about a
 * second, and a VM that waits for a pod has all of it loaded already. Should it end, init starts the forwarder alone.
 *
 * Usage: pod-vm-boot FIFO first|last [forwarder options]. It begins once a line comes on stdin; into FIFO go the words
 * `waiting` and `provisioned`, a line each. The agent starts with the first of them, or with the last.
 */

import { once } from 'node:events';
import { existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { provisionPodVm } from '#daemons/process-user-data/provision.ts';

const agentSocket = '/run/kata-containers/agent.sock';
const fetchMs = 180_000;
const pollMs = 10;
/** Of the kernel's table of sockets: port 15150 of any address, with no peer, listening. */
const listening = /:3B2E 0{8}:0000 0A /;

/** As init does it: on the console, in seconds since the kernel started. */
function stamp(reached: string): void {
  const [uptime] = readFileSync('/proc/uptime', 'utf8').split(' ');
  process.stderr.write(`[podvm] ${uptime} ${reached}\n`);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(pollMs);
}

/** What is left to do for a pod shall be done for the second time. A machine that cannot rehearse waits all the same. */
async function prepareToWait(agentWaitsForPod: boolean): Promise<void> {
  try {
    const [{ rehearse }] = await Promise.all([import('./rehearsal.ts'), import('#daemons/supervise.ts')]);
    await rehearse({ directory: '/run/rehearsal', agentSocket: agentWaitsForPod ? undefined : agentSocket });
    stamp('rehearsed');
  } catch (error) {
    process.stderr.write(`pod-vm-boot: no rehearsal: ${String(error)}\n`);
  }
}

async function main([fifo = '', agentStarts, ...forwarderOptions]: readonly string[]): Promise<void> {
  const told = openSync(fifo, 'w');
  const tell = (word: string) => writeSync(told, `${word}\n`);
  await once(process.stdin, 'data');
  process.stdin.destroy();
  await provisionPodVm({
    timeoutMs: fetchMs,
    async beforeWaiting() {
      tell('waiting');
      await prepareToWait(agentStarts === 'last');
    },
  });
  tell('provisioned');
  await until(() => existsSync(agentSocket));
  stamp('agent');
  // The forwarder reads its options from the command line that it believes to have been started with.
  process.argv.splice(2, process.argv.length, ...forwarderOptions);
  await import('#daemons/forwarder/run.ts');
  await until(() => listening.test(readFileSync('/proc/net/tcp', 'utf8')));
  stamp('forwarder is ready');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`pod-vm-boot: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
