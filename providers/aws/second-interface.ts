/** A second interface for a VM that exists already, and its public address. Each step finds what an earlier try made. */

import type { Address, Instance, NetworkInterface } from '@aws-sdk/client-ec2';
import { deterministicToken, ownerTags, type PodVmSpec, ProviderError } from '@peerpods/provider';
import type { Ec2 } from './ec2.ts';
import { hasEc2Code } from './errors.ts';
import type { AwsSettings } from './options.ts';
import { podVmTags, tagSpecification } from './run-request.ts';

/** On what is made beside the VM: deletion finds it by this when the VM itself is not shown any more. */
export const podVmTagKey = 'peerpods-pod-vm';

export class SecondInterfaces {
  readonly #ec2: Ec2;
  readonly #settings: AwsSettings;

  constructor(ec2: Ec2, settings: AwsSettings) {
    this.#ec2 = ec2;
    this.#settings = settings;
  }

  /** The instance must run. */
  async ensure(instance: Instance, spec: PodVmSpec, signal: AbortSignal): Promise<void> {
    const id = instance.InstanceId ?? '';
    const existing = (instance.NetworkInterfaces ?? []).find((one) => one.Attachment?.DeviceIndex === 1);
    const networkInterface = existing?.NetworkInterfaceId ?? (await this.#make(instance, spec, signal));
    const attachment = existing?.Attachment?.AttachmentId ?? (await this.#attach(networkInterface, id, signal));
    await this.#ec2.call(
      'ModifyNetworkInterfaceAttribute',
      { NetworkInterfaceId: networkInterface, Attachment: { AttachmentId: attachment, DeleteOnTermination: true } },
      { signal },
    );
    if (this.#settings.publicAddress && existing?.Association?.PublicIp === undefined) {
      await this.#givePublicAddress(networkInterface, spec, id, signal);
    }
  }

  async #make(instance: Instance, spec: PodVmSpec, signal: AbortSignal): Promise<string> {
    const id = instance.InstanceId ?? '';
    const find = async () => (await this.#find(spec, id, signal))?.NetworkInterfaceId;
    const found = await find();
    if (found !== undefined) return found;
    const { securityGroupIds } = this.#settings;
    const groups = securityGroupIds.length > 0 ? securityGroupIds : (instance.SecurityGroups ?? []).map(groupId);
    const outcome = await this.#ec2.callOrFind(
      'CreateNetworkInterface',
      {
        SubnetId: instance.SubnetId,
        Groups: [...groups],
        Description: `pod network of ${spec.name}`,
        ClientToken: deterministicToken('second-interface', spec.owner.cluster, spec.sandboxId, id),
        TagSpecifications: [tagSpecification('network-interface', this.#tags(spec, id, 'nic'))],
      },
      find,
      { signal },
    );
    const made = 'found' in outcome ? outcome.found : outcome.made.NetworkInterface?.NetworkInterfaceId;
    return made ?? emptyAnswer('CreateNetworkInterface');
  }

  async #attach(NetworkInterfaceId: string, InstanceId: string, signal: AbortSignal): Promise<string> {
    const attached = async () => {
      const [found] = await this.#describe([{ Name: 'network-interface-id', Values: [NetworkInterfaceId] }], signal);
      return found?.Attachment?.InstanceId === InstanceId ? found.Attachment.AttachmentId : undefined;
    };
    const found = await attached();
    if (found !== undefined) return found;
    const input = { NetworkInterfaceId, InstanceId, DeviceIndex: 1 };
    const outcome = await this.#ec2.callOrFind('AttachNetworkInterface', input, attached, { signal });
    return ('found' in outcome ? outcome.found : outcome.made.AttachmentId) ?? emptyAnswer('AttachNetworkInterface');
  }

  async #givePublicAddress(
    NetworkInterfaceId: string,
    spec: PodVmSpec,
    id: string,
    signal: AbortSignal,
  ): Promise<void> {
    // AllocateAddress knows no client token: looking first is what keeps a lost answer from costing a second address.
    const find = async (): Promise<Address | undefined> => {
      const { Addresses } = await this.#ec2.call('DescribeAddresses', { Filters: marks(spec, id) }, { signal });
      return Addresses?.[0];
    };
    let address = await find();
    if (!address) {
      const input = { Domain: 'vpc', TagSpecifications: [tagSpecification('elastic-ip', this.#tags(spec, id, 'eip'))] };
      const outcome = await this.#ec2.callOrFind('AllocateAddress', input as AllocateInput, find, { signal });
      address = 'found' in outcome ? outcome.found : outcome.made;
    }
    const { AllocationId = emptyAnswer('AllocateAddress') } = address;
    try {
      const input = { AllocationId, NetworkInterfaceId, AllowReassociation: false };
      await this.#ec2.call('AssociateAddress', input, { signal });
    } catch (error) {
      if (!hasEc2Code(error, 'Resource.AlreadyAssociated')) throw error;
      const associated = await find();
      if (associated?.NetworkInterfaceId !== NetworkInterfaceId) throw error;
    }
  }

  async #find(spec: PodVmSpec, id: string, signal: AbortSignal): Promise<NetworkInterface | undefined> {
    return (await this.#describe(marks(spec, id), signal))[0];
  }

  async #describe(Filters: Filters, signal: AbortSignal): Promise<readonly NetworkInterface[]> {
    const { NetworkInterfaces } = await this.#ec2.call('DescribeNetworkInterfaces', { Filters }, { signal });
    return NetworkInterfaces ?? [];
  }

  #tags(spec: PodVmSpec, id: string, kind: string): Readonly<Record<string, string>> {
    return { ...podVmTags(spec, this.#settings), Name: `${kind}-${id}`, [podVmTagKey]: id };
  }
}

type Filters = { Name: string; Values: string[] }[];
type AllocateInput = import('@aws-sdk/client-ec2').AllocateAddressCommandInput;

function marks(spec: PodVmSpec, id: string): Filters {
  const tags = { ...ownerTags(spec), [podVmTagKey]: id };
  return Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
}

function groupId({ GroupId = '' }: { readonly GroupId?: string | undefined }): string {
  return GroupId;
}

function emptyAnswer(action: string): never {
  throw new ProviderError('transient', `${action}: the answer is empty`);
}
