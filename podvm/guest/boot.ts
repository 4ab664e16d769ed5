/**
 * The first boot in one process: process-user-data, then the forwarder. In emulation each start of Node costs about a
 * second, and a VM that waits for a pod has all of it loaded already. Should it end, init starts the forwarder alone.
 *
 * Usage: pod-vm-boot FIFO [forwarder options]. It begins once a line comes on stdin; into FIFO go the words `waiting` and
 * `provisioned`, a line each.
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

/** Modules, the addon and the kernel's tables, before they are needed in a hurry. */
async function warmUp(): Promise<void> {
  await import('#daemons/forwarder/compose.ts');
  await import('#daemons/forwarder/settings.ts');
  await import('#daemons/supervise.ts');
  await import('#domain/tunnel/vm-end.ts');
  const { getLinks, netlink, query } = await import('@peerpods/netlink');
  await query(netlink, undefined, getLinks());
}

async function main([fifo = '', ...forwarderOptions]: readonly string[]): Promise<void> {
  const told = openSync(fifo, 'w');
  const tell = (word: string) => writeSync(told, `${word}\n`);
  await once(process.stdin, 'data');
  process.stdin.destroy();
  await provisionPodVm({
    timeoutMs: fetchMs,
    onWaiting() {
      tell('waiting');
      warmUp().catch((error: unknown) => process.stderr.write(`pod-vm-boot: ${String(error)}\n`));
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
