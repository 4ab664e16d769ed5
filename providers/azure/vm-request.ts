/** The virtual machine that Azure is asked for: the whole request as a pure function of the pod and the settings. */

import { type Offering, ownerTags, type PodVmSpec } from '@peerpods/provider';
import type { VirtualMachine } from './arm-api.ts';
import type { AzureSettings } from './options.ts';

/** The oldest that knows the deletion of interfaces with their VM; Azure demands one by name. */
const networkApiVersion = '2020-11-01';

type NicConfiguration = NonNullable<
  NonNullable<VirtualMachine['networkProfile']>['networkInterfaceConfigurations']
>[number];

export function vmRequest(
  spec: PodVmSpec,
  { instanceType, zone, capacityType }: Offering,
  settings: AzureSettings,
  sshPublicKey: string,
): VirtualMachine {
  const { name } = spec;
  const { confidential, secureBoot, sshUser } = settings;
  const tags = { ...settings.tags, ...ownerTags(spec) };
  return {
    location: settings.region,
    tags,
    ...(zone !== '' && { zones: [zone] }),
    hardwareProfile: { vmSize: instanceType },
    storageProfile: storageProfile(spec, settings),
    osProfile: {
      computerName: name,
      adminUsername: sshUser,
      linuxConfiguration: {
        disablePasswordAuthentication: true,
        ssh: { publicKeys: [{ path: `/home/${sshUser}/.ssh/authorized_keys`, keyData: sshPublicKey }] },
      },
    },
    networkProfile: {
      networkApiVersion,
      networkInterfaceConfigurations: [
        nicConfiguration(nicNames(name)[0], true, tags, settings),
        ...(spec.dedicatedInterface ? [nicConfiguration(nicNames(name)[1], false, tags, settings)] : []),
      ],
    },
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    userData: Buffer.from(spec.userData).toString('base64'),
    ...(confidential && {
      securityProfile: {
        securityType: 'ConfidentialVM',
        uefiSettings: { secureBootEnabled: secureBoot, vTpmEnabled: true },
      },
    }),
    // No price limit: the on-demand price is one already. Evicted means deleted, with all that belongs to it.
    ...(capacityType === 'spot' && {
      priority: 'Spot',
      evictionPolicy: 'Delete',
      billingProfile: { maxPrice: -1 },
    }),
  };
}

export function diskName(vmName: string): string {
  return `${vmName}-disk`;
}

/** The first interface's; a public address has its interface's name. */
export function nicNames(vmName: string): readonly [string, string] {
  return [`${vmName}-net`, `${vmName}-net2`];
}

function storageProfile({ name, image, volumes = [] }: PodVmSpec, settings: AzureSettings) {
  const { confidential, rootVolumeGiB } = settings;
  const imageId = image || settings.imageId;
  return {
    imageReference: /^\/communityGalleries\//i.test(imageId) ? { communityGalleryImageId: imageId } : { id: imageId },
    osDisk: {
      name: diskName(name),
      createOption: 'FromImage',
      caching: 'ReadWrite',
      deleteOption: 'Delete',
      ...(rootVolumeGiB > 0 && { diskSizeGB: rootVolumeGiB }),
      managedDisk: {
        storageAccountType: 'Premium_LRS',
        ...(confidential && { securityProfile: { securityEncryptionType: 'VMGuestStateOnly' } }),
      },
    },
    ...(volumes.length > 0 && {
      dataDisks: volumes.map((id, lun) => ({
        lun,
        createOption: 'Attach',
        deleteOption: 'Detach',
        managedDisk: { id },
      })),
    }),
  } satisfies VirtualMachine['storageProfile'];
}

function nicConfiguration(
  name: string,
  primary: boolean,
  tags: Readonly<Record<string, string>>,
  { subnetId, securityGroupId, publicAddress }: AzureSettings,
): NicConfiguration {
  return {
    name,
    primary,
    deleteOption: 'Delete',
    tags,
    ...(securityGroupId !== undefined && { networkSecurityGroup: { id: securityGroupId } }),
    ipConfigurations: [
      {
        name: 'ip-config',
        subnet: { id: subnetId },
        ...(publicAddress &&
          primary && {
            // Basic addresses, Azure's default here, are no longer made.
            publicIPAddressConfiguration: {
              name,
              sku: { name: 'Standard', tier: 'Regional' },
              publicIPAllocationMethod: 'Static',
              deleteOption: 'Delete',
              tags,
            },
          }),
      },
    ],
  };
}
