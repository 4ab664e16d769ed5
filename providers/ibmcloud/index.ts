/** @peerpods/provider-ibmcloud: pod VMs in IBM Cloud VPC. */

import type { ProviderModule } from '@peerpods/provider';
import { userDataBytesMax } from './limits.ts';
import { openIbmCloud } from './open.ts';
import { options } from './options.ts';

export { IbmCloudProvider } from './ibmcloud-provider.ts';
export { type IbmTimings, openIbmCloud } from './open.ts';

export const provider: ProviderModule = {
  name: 'ibmcloud',
  summary: 'pod VMs in IBM Cloud VPC',
  options,
  userDataBytesMax,
  open: (values, host) => openIbmCloud(values, host),
};
