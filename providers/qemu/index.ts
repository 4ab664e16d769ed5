/** @peerpods/provider-qemu: pod VMs as QEMU machines on the worker itself, under KVM or in software emulation. */

import { mkdirSync } from 'node:fs';
import type { ProviderModule } from '@peerpods/provider';
import { QemuProvider, userDataBytesMax } from './qemu-provider.ts';
import { qemuOptions, readQemuSettings } from './settings.ts';

export const provider: ProviderModule = {
  name: 'qemu',
  summary: 'pod VMs as QEMU machines on this machine, under KVM where it works',
  options: qemuOptions,
  userDataBytesMax,
  async open(values, host) {
    mkdirSync(host.stateDir, { recursive: true, mode: 0o700 });
    return new QemuProvider(readQemuSettings(values), host);
  },
};
