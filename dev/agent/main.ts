/**
 * The development kata-agent: the agent's ttrpc service with real processes, for the local provider and the tests.
 * It is no sandbox: containers have no rootfs, no users and no cgroups, they run on the file system of the pod VM.
 */

import { mkdir } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { GuestSandbox } from './guest-sandbox.ts';
import { agentServices } from './services.ts';

// Go's flag syntax has one dash; parseArgs wants two.
const args = process.argv.slice(2).map((word) => (/^-[a-z]{2}/.test(word) ? `-${word}` : word));
const { values } = parseArgs({
  args,
  options: {
    listen: { type: 'string', default: '/run/kata-containers/agent.sock' },
    // Taken and not used: each container names its network namespace itself.
    'pod-namespace': { type: 'string' },
    'files-root': { type: 'string', default: '/run/kata-containers' },
  },
});

async function main(): Promise<void> {
  const sandbox = new GuestSandbox();
  const server = new TtrpcServer({
    services: agentServices(sandbox, { filesRoot: values['files-root'] }),
    clock: systemClock,
  });
  await mkdir(dirname(values.listen), { recursive: true, mode: 0o700 });
  const listener = await listenUnix(values.listen, (socket) => server.serve(socket));
  flushCompileCache(); // it ends with its VM, without an exit at which Node would write the cache
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await listener.close();
      await server.drain(1000);
      await sandbox.destroy();
      sandbox[Symbol.dispose]();
      process.exit(0);
    });
  }
}

// No top-level await: the pod VM's executable is bundled as CommonJS, which has none.
main().catch((error: unknown) => {
  process.stderr.write(`kata-agent: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
