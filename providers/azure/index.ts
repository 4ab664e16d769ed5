/** @peerpods/provider-azure: pod VMs in Azure. */

import type { ProviderModule } from '@peerpods/provider';
import { userDataBytesMax } from './limits.ts';
import { openAzure } from './open.ts';
import { options } from './options.ts';

export { AzureProvider } from './azure-provider.ts';
export { type AzureTimings, openAzure } from './open.ts';

export const provider: ProviderModule = {
  name: 'azure',
  summary: 'pod VMs in Azure, confidential ones unless told otherwise',
  options,
  userDataBytesMax,
  open: (values, host) => openAzure(values, host),
};
