/** Reference: the least a relay in Node can do. Bytes go from the Unix socket to TLS and back, unread. */

import net from 'node:net';
import { laneSettings, vmDialler } from './lane-settings.ts';

const settings = laneSettings();
const dialVm = vmDialler(settings);
for (const { socketPath, port } of settings.lanes) {
  const server = net.createServer({ pauseOnConnect: true }, async (shim) => {
    const vm = await dialVm(port);
    shim.on('error', () => vm.destroy());
    shim.on('close', () => vm.destroy());
    vm.on('close', () => shim.destroy());
    shim.pipe(vm);
    vm.pipe(shim);
  });
  server.listen(socketPath);
  await new Promise((resolve) => server.once('listening', resolve));
}
process.stdout.write('ready\n');
