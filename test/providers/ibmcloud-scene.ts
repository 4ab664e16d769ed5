/** A provider ibmcloud over the IBM Cloud in memory, set up as a command line would. */

import type { KubernetesFacts, OptionValues } from '@peerpods/provider';
import {
  type IbmCloudProvider,
  type IbmTimings,
  provider as ibmModule,
  openIbmCloud,
} from '@peerpods/provider-ibmcloud';
import { silentLog } from '#base/log.ts';
import { parseOptions } from '#daemons/options.ts';
import { systemRandom } from '#io/system-clock.ts';
import { images, keyId, securityGroupId, subnetIds } from './ibmcloud-place.ts';
import { quickClock } from './quick-clock.ts';

/** IBM Cloud takes tens of seconds; the cloud in memory tens of milliseconds. In ms of the quick clock. */
export const fastTimings: IbmTimings = {
  pollMs: 150,
  pollMsMax: 1500,
  readyMsMax: 64_000,
  goneMsMax: 64_000,
  lagMs: 24_000,
  orphanMs: 60_000,
};

export const keyArguments: readonly string[] = ['-api-key=an-api-key'];
export const networkArguments: readonly string[] = [
  `-primary-subnet-id=${subnetIds.join(',')}`,
  `-security-group-ids=${securityGroupId}`,
];

export function ibmValues(url: string, more: readonly string[]): OptionValues {
  const argv = [
    `-vpc-service-url=${url}/v1`,
    `-iam-service-url=${url}/identity/token`,
    `-tagging-service-url=${url}`,
    `-containers-service-url=${url}`,
    '-profile-name=bx2-2x8',
    `-image-id=${images.amd64},${images.s390x}`,
    `-key-id=${keyId}`,
    ...more,
  ];
  return parseOptions(ibmModule.options, argv, {}).values;
}

export function openScene(
  url: string,
  more: readonly string[] = [...keyArguments, ...networkArguments],
  kubernetes?: KubernetesFacts,
): Promise<IbmCloudProvider> {
  const host = { log: silentLog, clock: quickClock, random: systemRandom, ...(kubernetes && { kubernetes }) };
  return openIbmCloud(ibmValues(url, more), host, fastTimings);
}
