/** A provider aws over moto, with or without the proxy between them, and a look at moto past both. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { Clock, OptionValues, PodVmProvider, ProviderHost } from '@peerpods/provider';
import { provider as awsModule } from '@peerpods/provider-aws';
import { silentLog } from '#base/log.ts';
import { parseOptions } from '#daemons/options.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';

const region = 'eu-central-1';
/** One of moto's own images. */
export const imageId = 'ami-12c6146b';

export interface AwsNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export function directClient(url: string): EC2Client {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new EC2Client({ region, endpoint: url, credentials, maxAttempts: 1 });
}

/** The default network that moto has in each region. */
export async function networkOf(client: EC2Client): Promise<AwsNetwork> {
  const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}));
  const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({}));
  const { VpcId } = Subnets[0] ?? {};
  return {
    subnetIds: Subnets.flatMap(({ SubnetId }) => SubnetId ?? []).slice(0, 2),
    securityGroupIds: SecurityGroups.filter((group) => group.VpcId === VpcId).flatMap(({ GroupId }) => GroupId ?? []),
  };
}

/** As a command line would give them. */
export function awsValues(url: string, network: AwsNetwork, more: readonly string[] = []): OptionValues {
  const argv = [
    `-aws-endpoint=${url}`,
    '-aws-metadata-endpoint=',
    `-aws-region=${region}`,
    '-aws-access-key-id=test',
    '-aws-secret-key=test',
    `-imageid=${imageId}`,
    `-subnetid=${network.subnetIds.join(',')}`,
    `-securitygroupids=${network.securityGroupIds.join(',')}`,
    ...more,
  ];
  return parseOptions(awsModule.options, argv, {}).values;
}

export interface OpenedAws {
  readonly provider: PodVmProvider;
  readonly dispose: () => void;
}

export async function openAws(values: OptionValues, clock: Clock = systemClock): Promise<OpenedAws> {
  const stateDir = mkdtempSync(join(tmpdir(), 'aws-'));
  const host: ProviderHost = { log: silentLog, clock, random: systemRandom, stateDir };
  const provider = await awsModule.open(values, host);
  return { provider, dispose: () => rmSync(stateDir, { recursive: true }) };
}

/** What moto still holds, as `kind id state`; volumes made for a test are named in `apart`. */
export async function residueOf(client: EC2Client, apart: readonly string[] = []): Promise<readonly string[]> {
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}));
  const { NetworkInterfaces = [] } = await client.send(new DescribeNetworkInterfacesCommand({}));
  const { Volumes = [] } = await client.send(new DescribeVolumesCommand({}));
  const { Addresses = [] } = await client.send(new DescribeAddressesCommand({}));
  return [
    ...Reservations.flatMap(({ Instances = [] }) => Instances)
      .filter(({ State }) => State?.Name !== 'terminated')
      .map(({ InstanceId, State }) => `instance ${InstanceId} ${State?.Name}`),
    ...NetworkInterfaces.map(({ NetworkInterfaceId, Status }) => `interface ${NetworkInterfaceId} ${Status}`),
    ...Volumes.filter(({ VolumeId = '' }) => !apart.includes(VolumeId)).map(
      ({ VolumeId, State }) => `volume ${VolumeId} ${State}`,
    ),
    ...Addresses.map(({ AllocationId }) => `address ${AllocationId}`),
  ];
}
