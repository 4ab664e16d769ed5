/** @peerpods/provider-fake: pod VMs that exist only in memory. */

import type { ProviderModule } from '@peerpods/provider';
import { FakeProvider, userDataBytesMax } from './fake-provider.ts';

export { type FakeCall, type FakeOperation, FakeProvider, type FakeProviderOptions } from './fake-provider.ts';

export const provider: ProviderModule = {
  name: 'fake',
  summary: 'pod VMs in memory, for tests of everything around them',
  options: [],
  userDataBytesMax,
  listLagMsMax: 0,
  async open() {
    return new FakeProvider();
  },
};
