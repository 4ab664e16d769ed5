/** The part of EC2's API that is used, as a port: the SDK behind it in production, a simulator in tests. */

import type * as Sdk from '@aws-sdk/client-ec2';
import type { AwsSettings } from './options.ts';

/** Requests and answers by action. */
export interface Ec2Actions {
  RunInstances: [Sdk.RunInstancesCommandInput, Sdk.RunInstancesCommandOutput];
  TerminateInstances: [Sdk.TerminateInstancesCommandInput, Sdk.TerminateInstancesCommandOutput];
  DescribeInstances: [Sdk.DescribeInstancesCommandInput, Sdk.DescribeInstancesCommandOutput];
  DescribeInstanceTypes: [Sdk.DescribeInstanceTypesCommandInput, Sdk.DescribeInstanceTypesCommandOutput];
  DescribeInstanceTypeOfferings: [
    Sdk.DescribeInstanceTypeOfferingsCommandInput,
    Sdk.DescribeInstanceTypeOfferingsCommandOutput,
  ];
  DescribeImages: [Sdk.DescribeImagesCommandInput, Sdk.DescribeImagesCommandOutput];
  DescribeSubnets: [Sdk.DescribeSubnetsCommandInput, Sdk.DescribeSubnetsCommandOutput];
  DescribeSecurityGroups: [Sdk.DescribeSecurityGroupsCommandInput, Sdk.DescribeSecurityGroupsCommandOutput];
  DescribeKeyPairs: [Sdk.DescribeKeyPairsCommandInput, Sdk.DescribeKeyPairsCommandOutput];
  DescribeLaunchTemplateVersions: [
    Sdk.DescribeLaunchTemplateVersionsCommandInput,
    Sdk.DescribeLaunchTemplateVersionsCommandOutput,
  ];
  DescribeVolumes: [Sdk.DescribeVolumesCommandInput, Sdk.DescribeVolumesCommandOutput];
  AttachVolume: [Sdk.AttachVolumeCommandInput, Sdk.AttachVolumeCommandOutput];
  DeleteVolume: [Sdk.DeleteVolumeCommandInput, Sdk.DeleteVolumeCommandOutput];
  DescribeNetworkInterfaces: [Sdk.DescribeNetworkInterfacesCommandInput, Sdk.DescribeNetworkInterfacesCommandOutput];
  CreateNetworkInterface: [Sdk.CreateNetworkInterfaceCommandInput, Sdk.CreateNetworkInterfaceCommandOutput];
  AttachNetworkInterface: [Sdk.AttachNetworkInterfaceCommandInput, Sdk.AttachNetworkInterfaceCommandOutput];
  DetachNetworkInterface: [Sdk.DetachNetworkInterfaceCommandInput, Sdk.DetachNetworkInterfaceCommandOutput];
  ModifyNetworkInterfaceAttribute: [
    Sdk.ModifyNetworkInterfaceAttributeCommandInput,
    Sdk.ModifyNetworkInterfaceAttributeCommandOutput,
  ];
  DeleteNetworkInterface: [Sdk.DeleteNetworkInterfaceCommandInput, Sdk.DeleteNetworkInterfaceCommandOutput];
  DescribeAddresses: [Sdk.DescribeAddressesCommandInput, Sdk.DescribeAddressesCommandOutput];
  AllocateAddress: [Sdk.AllocateAddressCommandInput, Sdk.AllocateAddressCommandOutput];
  AssociateAddress: [Sdk.AssociateAddressCommandInput, Sdk.AssociateAddressCommandOutput];
  DisassociateAddress: [Sdk.DisassociateAddressCommandInput, Sdk.DisassociateAddressCommandOutput];
  ReleaseAddress: [Sdk.ReleaseAddressCommandInput, Sdk.ReleaseAddressCommandOutput];
  CreateTags: [Sdk.CreateTagsCommandInput, Sdk.CreateTagsCommandOutput];
}

export type Ec2Action = keyof Ec2Actions;

export interface Ec2Api {
  /** One call, without retries. Throws what the SDK throws. */
  send<A extends Ec2Action>(action: A, input: Ec2Actions[A][0], signal: AbortSignal): Promise<Ec2Actions[A][1]>;
  close(): void;
}

const connectMsMax = 5000;
const socketsMax = 50;

/** Loads the SDK (some tenths of a second, tens of MiB) only now. Credentials: static keys, else profile, else its chain. */
export async function openEc2Api(settings: AwsSettings, region: string): Promise<Ec2Api> {
  const sdk = await import('@aws-sdk/client-ec2');
  const { credentials, profile, endpoint } = settings;
  const client = new sdk.EC2Client({
    region,
    maxAttempts: 1, // ApiCaller repeats; two layers would multiply
    requestHandler: { connectionTimeout: connectMsMax, httpsAgent: { maxSockets: socketsMax, keepAlive: true } },
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials === undefined ? profile !== undefined && { profile } : { credentials }),
  });
  return {
    async send(action, input, signal) {
      const Command = sdk[`${action}Command`] as unknown as new (request: typeof input) => AnyCommand;
      const answer = await client.send(new Command(input), { abortSignal: signal });
      return answer as Ec2Actions[typeof action][1];
    },
    close: () => client.destroy(),
  };
}

/** One of many: the compiler cannot follow from an action's name to its command's class. */
type AnyCommand = Sdk.DescribeInstancesCommand;
