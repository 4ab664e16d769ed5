/** What the worker's own instance metadata says, to stand in for absent settings. */

import type { ProviderLog } from '@peerpods/provider';
import type { AwsSettings } from './options.ts';

export interface WorkerMetadata {
  readonly region: string | undefined;
  readonly subnetId: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly keyName: string | undefined;
}

/** Beside an instance the address answers at once; elsewhere nothing does. */
const requestMsMax = 1000;

/** Settings with the gaps filled; metadata that cannot be read leaves them as they are. */
export async function fillFromMetadata(settings: AwsSettings, log: ProviderLog): Promise<AwsSettings> {
  const { region, subnetIds, securityGroupIds, keyName, launchTemplate, metadataEndpoint } = settings;
  const placed = launchTemplate !== undefined || (subnetIds.length > 0 && securityGroupIds.length > 0);
  if (metadataEndpoint === undefined || (region !== undefined && placed && keyName !== undefined)) return settings;
  try {
    const worker = await readMetadata(metadataEndpoint);
    return {
      ...settings,
      region: region ?? worker.region,
      subnetIds: subnetIds.length > 0 || worker.subnetId === undefined ? subnetIds : [worker.subnetId],
      securityGroupIds: securityGroupIds.length > 0 ? securityGroupIds : worker.securityGroupIds,
      keyName: keyName ?? worker.keyName,
    };
  } catch (error) {
    log.info(
      { error: error instanceof Error ? error.message : String(error) },
      'no instance metadata for absent settings',
    );
    return settings;
  }
}

export async function readMetadata(endpoint: string): Promise<WorkerMetadata> {
  const base = `${endpoint.replace(/\/+$/, '')}/latest`;
  const token = await request(`${base}/api/token`, 'PUT', { 'x-aws-ec2-metadata-token-ttl-seconds': '60' });
  const headers = token === undefined ? {} : { 'x-aws-ec2-metadata-token': token };
  const read = (path: string) => request(`${base}/meta-data/${path}`, 'GET', headers);
  const mac = await read('mac');
  const [region, subnetId, groups, keys] = await Promise.all([
    read('placement/region'),
    mac === undefined ? undefined : read(`network/interfaces/macs/${mac}/subnet-id`),
    mac === undefined ? undefined : read(`network/interfaces/macs/${mac}/security-group-ids`),
    read('public-keys/'),
  ]);
  return {
    region,
    subnetId,
    securityGroupIds: (groups ?? '').split(/\s+/).filter((id) => id !== ''),
    keyName: /^0=(\S+)/m.exec(keys ?? '')?.[1],
  };
}

/** Undefined for what the metadata does not have. */
async function request(url: string, method: string, headers: Record<string, string>): Promise<string | undefined> {
  const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(requestMsMax) });
  const text = (await response.text()).trim();
  return response.ok && text !== '' ? text : undefined;
}
