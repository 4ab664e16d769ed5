/** @peerpods/provider-local: pod VMs made of namespaces on the worker itself, for development and tests. */

import { mkdirSync } from 'node:fs';
import type { ProviderModule } from '@peerpods/provider';
import { LocalProvider, userDataBytesMax } from './local-provider.ts';

export const provider: ProviderModule = {
  name: 'local',
  summary: 'pod VMs made of namespaces on this machine, for development: no isolation by hardware',
  options: [
    {
      flag: 'local-underlay-cidr',
      kind: 'string',
      default: '10.88.0.0/16',
      help: 'IPv4 network between the worker and its pod VMs',
    },
    {
      flag: 'local-underlay-mtu',
      kind: 'integer',
      default: '1500',
      min: 576,
      max: 65_535,
      help: 'MTU of that network',
    },
  ],
  userDataBytesMax,
  listLagMsMax: 0,
  async open(values, host) {
    mkdirSync(host.stateDir, { recursive: true, mode: 0o700 });
    const cidr = String(values['local-underlay-cidr'] ?? '10.88.0.0/16');
    return new LocalProvider({ cidr, mtu: Number(values['local-underlay-mtu'] ?? 1500) }, host);
  },
};
