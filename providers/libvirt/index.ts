/** @peerpods/provider-libvirt: pod VMs as domains of a libvirt host, near or far. */

import { mkdirSync } from 'node:fs';
import type { ProviderModule } from '@peerpods/provider';
import { LibvirtProvider, userDataBytesMax } from './libvirt-provider.ts';
import { libvirtOptions, readLibvirtSettings } from './settings.ts';

export const provider: ProviderModule = {
  name: 'libvirt',
  summary: 'pod VMs as domains of a libvirt host, through virsh',
  options: libvirtOptions,
  userDataBytesMax,
  async open(values, host) {
    mkdirSync(host.stateDir, { recursive: true, mode: 0o700 });
    return new LibvirtProvider(readLibvirtSettings(values), host);
  },
};
