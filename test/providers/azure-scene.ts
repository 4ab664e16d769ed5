/** A provider azure over the Azure in memory, set up as a command line would. */

import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OptionValues } from '@peerpods/provider';
import { type AzureProvider, type AzureTimings, provider as azureModule, openAzure } from '@peerpods/provider-azure';
import { silentLog } from '#base/log.ts';
import { parseOptions } from '#daemons/options.ts';
import { systemRandom } from '#io/system-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { group, imageId, region, securityGroupId, subnetId, subscription, tenant } from './azure-place.ts';
import { quickClock } from './quick-clock.ts';

/** Azure takes tens of seconds; the cloud in memory tens of milliseconds. In ms of the quick clock. */
export const fastTimings: AzureTimings = {
  pollMs: 150,
  pollMsMax: 1500,
  readyMsMax: 64_000,
  goneMsMax: 64_000,
  lagMs: 24_000,
};

/** A key file spares each test the making of a key. */
export const sshKey = `${ed25519Key()} a comment`;
const keyFile = join(temporaryFolder('azure'), 'id.pub');
writeFileSync(keyFile, `${sshKey}\n`, { mode: 0o600 });

export const secretArguments: readonly string[] = [
  `-tenantid=${tenant}`,
  '-clientid=cccccccc-0000-0000-0000-000000000001',
  '-secret=a-client-secret',
];

export function azureValues(url: string, more: readonly string[] = []): OptionValues {
  const argv = [
    `-azure-resource-manager=${url}`,
    `-azure-authority-host=${url}`,
    `-subscriptionid=${subscription}`,
    `-region=${region}`,
    `-resourcegroup=${group}`,
    `-subnetid=${subnetId}`,
    `-securitygroupid=${securityGroupId}`,
    `-imageid=${imageId}`,
    `-ssh-key-path=${keyFile}`,
    ...more,
  ];
  return parseOptions(azureModule.options, argv, {}).values;
}

export function openScene(url: string, more: readonly string[] = secretArguments): Promise<AzureProvider> {
  const host = { log: silentLog, clock: quickClock, random: systemRandom };
  return openAzure(azureValues(url, more), host, fastTimings);
}

export function ed25519Key(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const parts = [Buffer.from('ssh-ed25519'), key].map((part) =>
    Buffer.concat([Buffer.from([0, 0, 0, part.length]), part]),
  );
  return `ssh-ed25519 ${Buffer.concat(parts).toString('base64')}`;
}
