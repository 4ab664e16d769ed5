/** cloud-api-adaptor as it is, with a provider whose pod VMs are there at once: stand-ins that are told their keys. */

import net from 'node:net';
import type { ProviderModule } from '@peerpods/provider';
import { FakeProvider } from '@peerpods/provider-fake';
import { startAdaptor } from '#daemons/adaptor/compose.ts';
import { adaptorOptions, adaptorSettings } from '#daemons/adaptor/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import { runDaemon } from '#daemons/supervise.ts';
import { openLog } from '#io/log.ts';
import { systemClock as clock } from '#io/system-clock.ts';

/** What a stand-in is told of a new pod VM, as one line of JSON. */
export interface BootMessage {
  readonly name: string;
  readonly userData: string;
}

const [standInSocket = '', podVmAddress = '', ...options] = process.argv.slice(2);
const standIn = net.connect(standInSocket);

const module: ProviderModule = {
  name: 'instant',
  summary: 'pod VMs that are there at once',
  options: [],
  userDataBytesMax: 64 * 1024,
  async open() {
    const provider = new FakeProvider();
    const create = provider.create.bind(provider);
    provider.create = async (spec, call) => {
      const message: BootMessage = { name: spec.name, userData: spec.userData };
      standIn.write(`${JSON.stringify(message)}\n`);
      return { ...(await create(spec, call)), addresses: [podVmAddress] };
    };
    return provider;
  },
};

const { values } = parseOptions(adaptorOptions, options, {});
const settings = adaptorSettings(values);
const log = openLog({ component: 'adaptor', level: settings.logLevel });
await runDaemon({
  name: 'instant-adaptor',
  log,
  clock,
  notifySocket: undefined,
  start: (signal) => startAdaptor(settings, module, values, log, signal),
});
