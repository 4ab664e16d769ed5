/** A provider aws over moto, with or without the proxy between them, and a look at moto past both. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeAddressesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeNetworkInterfaces,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2';
import type { Clock, OptionValues, PodVmProvider, ProviderHost, ProviderLog } from '@peerpods/provider';
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

/** Everything that waits, waits a `factor`th of the time; limits per second are met all the same. */
export function fastClock(factor: number): Clock {
  return {
    now: () => systemClock.now() * factor,
    wallNow: systemClock.wallNow,
    after: (delayMs, callback) => systemClock.after(delayMs / factor, callback),
  };
}

export interface OpenedAws {
  readonly provider: PodVmProvider;
  readonly dispose: () => void;
}

export async function openAws(
  values: OptionValues,
  clock: Clock = systemClock,
  log: ProviderLog = silentLog,
): Promise<OpenedAws> {
  const stateDir = mkdtempSync(join(tmpdir(), 'aws-'));
  const host: ProviderHost = { log, clock, random: systemRandom, stateDir };
  const provider = await awsModule.open(values, host);
  return { provider, dispose: () => rmSync(stateDir, { recursive: true }) };
}

/** What moto still holds, as `kind id state`; volumes made for a test are named in `apart`. */
export async function residueOf(client: EC2Client, apart: readonly string[] = []): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, {})) {
    for (const { InstanceId, State } of Reservations.flatMap(({ Instances = [] }) => Instances)) {
      if (State?.Name !== 'terminated') lines.push(`instance ${InstanceId} ${State?.Name}`);
    }
  }
  for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces({ client }, {})) {
    for (const { NetworkInterfaceId, Status } of NetworkInterfaces) {
      lines.push(`interface ${NetworkInterfaceId} ${Status}`);
    }
  }
  for await (const { Volumes = [] } of paginateDescribeVolumes({ client }, {})) {
    for (const { VolumeId = '', State } of Volumes) {
      if (!apart.includes(VolumeId)) lines.push(`volume ${VolumeId} ${State}`);
    }
  }
  const { Addresses = [] } = await client.send(new DescribeAddressesCommand({}));
  return [...lines, ...Addresses.map(({ AllocationId }) => `address ${AllocationId}`)];
}
