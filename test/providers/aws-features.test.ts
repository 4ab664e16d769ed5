/** What provider aws asks of EC2, feature by feature: requests as they went over the wire, and what moto made of them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CreateLaunchTemplateCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import { deleteFully, specOf } from '../../providers/contract/conformance.ts';
import { below, inAwsScene, owner, plain, signal } from './aws-lab.ts';
import { residueOf } from './aws-scene.ts';
import { actionOf, ec2Error } from './ec2-behaviour.ts';

describe('what aws asks EC2 for', () => {
  it('one launch carries tags for all it makes, a token, a closed metadata service and a root that dies with it', (context) =>
    inAwsScene(context, ['-tags=team=a,cost=b=c', '-keyname='], async ({ provider, client, sent, network }) => {
      const spec = { ...specOf(owner), userData: '#cloud-config\n# ünïcode\n' };
      const podVm = await provider.create(spec, { signal });
      const [launch, ...others] = sent('RunInstances');
      assert.deepEqual(others, []);
      assert.equal(launch?.MinCount, '1');
      assert.equal(launch?.MaxCount, '1');
      assert.match(launch?.ClientToken ?? '', /^[0-9a-f]{64}$/);
      assert.equal(Buffer.from(launch?.UserData ?? '', 'base64').toString(), spec.userData);
      assert.equal(launch?.['CpuOptions.AmdSevSnp'], 'enabled');
      assert.equal(launch?.InstanceType, 'm6a.large');
      assert.deepEqual(below(launch, 'MetadataOptions.'), {
        HttpTokens: 'required',
        HttpPutResponseHopLimit: '1',
        HttpEndpoint: 'enabled',
      });
      assert.deepEqual(below(launch, 'NetworkInterface.'), {
        '1.DeviceIndex': '0',
        '1.DeleteOnTermination': 'true',
        '1.SubnetId': network.subnetIds[0],
        '1.SecurityGroupId.1': network.securityGroupIds[0],
      });
      assert.deepEqual(below(launch, 'BlockDeviceMapping.'), {
        '1.DeviceName': '/dev/sda1',
        '1.Ebs.DeleteOnTermination': 'true',
        '1.Ebs.VolumeSize': '30',
      });
      const kinds = [1, 2, 3].map((at) => launch?.[`TagSpecification.${at}.ResourceType`]);
      assert.deepEqual(kinds, ['instance', 'volume', 'network-interface']);
      const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [podVm.id] }));
      const tags = Reservations?.[0]?.Instances?.[0]?.Tags?.map(({ Key, Value }) => [Key, Value]) ?? [];
      assert.deepEqual(Object.fromEntries(tags), {
        team: 'a',
        cost: 'b=c',
        Name: spec.name,
        'peerpods-cluster': 'c',
        'peerpods-node': 'n',
        'peerpods-sandbox': spec.sandboxId,
        'peerpods-pod': spec.podName,
        'peerpods-namespace': spec.podNamespace,
      });
      const attribute = new DescribeInstanceAttributeCommand({ InstanceId: podVm.id, Attribute: 'userData' });
      const { UserData } = await client.send(attribute);
      assert.equal(Buffer.from(UserData?.Value ?? '', 'base64').toString(), spec.userData);
      const { Volumes } = await client.send(new DescribeVolumesCommand({}));
      assert.equal(Volumes?.[0]?.Size, 30);
    }));

  it('a pod with an image of its own gets a root of the right name and size', (context) =>
    inAwsScene(context, plain, async ({ provider, client, sent }) => {
      const Filters = [{ Name: 'root-device-name', Values: ['/dev/xvda'] }];
      const { Images } = await client.send(new DescribeImagesCommand({ Filters }));
      const [image] = Images ?? [];
      assert.ok(image?.ImageId !== undefined, 'moto has such an image');
      await provider.create({ ...specOf(owner), image: image.ImageId }, { signal });
      const [launch] = sent('RunInstances');
      assert.equal(launch?.ImageId, image.ImageId);
      assert.equal(launch?.['BlockDeviceMapping.1.DeviceName'], '/dev/xvda');
    }));

  it('a second interface is made with the VM and dies with it; both addresses are told', (context) =>
    inAwsScene(context, plain, async ({ provider, client, sent }) => {
      const podVm = await provider.create({ ...specOf(owner), dedicatedInterface: true }, { signal });
      assert.equal(podVm.addresses.length, 2);
      assert.equal(sent('CreateNetworkInterface').length, 0);
      assert.deepEqual((await provider.get(podVm.id, { signal }))?.addresses, podVm.addresses);
      await deleteFully(provider, podVm.id, signal);
      assert.deepEqual(await residueOf(client), []);
    }));

  it('volumes are attached in LUN order, and outlive the pod VM', (context) =>
    inAwsScene(context, plain, async ({ provider, client, network, sent }) => {
      const { Subnets } = await client.send(new DescribeSubnetsCommand({ SubnetIds: [network.subnetIds[1] ?? ''] }));
      const AvailabilityZone = Subnets?.[0]?.AvailabilityZone ?? '';
      const volumes: string[] = [];
      for (const Size of [7, 8, 9]) {
        const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone, Size }));
        volumes.push(VolumeId);
      }
      const spec = { ...specOf(owner), volumes };
      const podVm = await provider.create(spec, { signal });
      assert.equal(podVm.zone, AvailabilityZone, 'in the zone of its volumes, not in the first subnet');
      const attached = async () => {
        const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ VolumeIds: volumes }));
        return volumes.map((id) => Volumes.find(({ VolumeId }) => VolumeId === id)?.Attachments?.[0]?.Device);
      };
      assert.deepEqual(await attached(), ['/dev/xvdb', '/dev/xvdc', '/dev/xvdd']);
      assert.equal((await provider.create(spec, { signal })).id, podVm.id);
      assert.equal(sent('AttachVolume').length, 3);
      await deleteFully(provider, podVm.id, signal);
      assert.deepEqual(await attached(), [undefined, undefined, undefined]);
      assert.deepEqual(await residueOf(client, volumes), []);
    }));

  it('volumes that cannot be attached are refused before a VM is made', (context) =>
    inAwsScene(context, plain, async ({ provider, client, sent }) => {
      const { VolumeId = '' } = await client.send(
        new CreateVolumeCommand({ AvailabilityZone: 'eu-central-1c', Size: 1 }),
      );
      for (const [volumes, named] of [
        [['vol-1'], /no volume ids: vol-1/],
        [['vol-0123456789abcdef0'], /vol-0123456789abcdef0/],
        [[VolumeId, VolumeId], /twice/],
        [[VolumeId], /eu-central-1c.*subnet/],
      ] as const) {
        const spec = { ...specOf(owner), volumes };
        await assert.rejects(provider.create(spec, { signal }), { code: 'invalid-configuration', message: named });
      }
      assert.equal(sent('RunInstances').length, 0);
    }));

  it('a launch template gives all but user-data, tags and the root, and its VMs can have a second interface', (context) =>
    inAwsScene(context, [...plain, '-use-lt', '-aws-lt-name=pods'], async ({ provider, client, network, sent }) => {
      const [SubnetId = ''] = network.subnetIds;
      await client.send(
        new CreateLaunchTemplateCommand({
          LaunchTemplateName: 'pods',
          LaunchTemplateData: {
            ImageId: 'ami-12c6146b',
            InstanceType: 't3.small',
            NetworkInterfaces: [
              { DeviceIndex: 0, SubnetId, Groups: [...network.securityGroupIds], DeleteOnTermination: true },
            ],
          },
        }),
      );
      await provider.verify({ signal });
      const spec = { ...specOf(owner), sizing: { instanceType: 'ignored' }, dedicatedInterface: true };
      const podVm = await provider.create(spec, { signal });
      const names = Object.keys(sent('RunInstances').at(-1) ?? {}).map((name) => name.split('.')[0]);
      assert.deepEqual([...new Set(names)].toSorted(), [
        'Action',
        'BlockDeviceMapping',
        'ClientToken',
        'LaunchTemplate',
        'MaxCount',
        'MinCount',
        'TagSpecification',
        'UserData',
        'Version',
      ]);
      assert.equal(podVm.instanceType, 't3.small');
      assert.equal(podVm.addresses.length, 2);
      const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [podVm.id] }));
      const primary = Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.find(
        (one) => one.Attachment?.DeviceIndex === 0,
      );
      await deleteFully(provider, podVm.id, signal);
      // moto does not read from the template that the primary interface ends with its instance.
      assert.deepEqual(await residueOf(client), [`interface ${primary?.NetworkInterfaceId} in-use`]);
    }));

  it('sizes a pod to the smallest type, and walks spot and on-demand, types and subnets when places are full', (context) =>
    inAwsScene(
      context,
      [...plain, '-instance-types=m6a.xlarge,m6a.large', '-aws-capacity-types=spot,on-demand'],
      async ({ provider, proxy, sent, network }) => {
        const full = ec2Error(500, 'InsufficientInstanceCapacity');
        const restore = proxy.inject({
          when: (request) =>
            actionOf(request) === 'RunInstances' &&
            !(request.body.includes('m6a.xlarge') && !request.body.includes('spot')),
          times: 100,
          fault: { kind: 'answer', status: 500, body: full.body.toString() },
        });
        const spec = { ...specOf(owner), sizing: { vcpus: 1.5, memoryMiB: 4096 } };
        const podVm = await provider.create(spec, { signal });
        assert.equal(podVm.instanceType, 'm6a.xlarge');
        const [a, b] = network.subnetIds;
        const tried = () =>
          sent('RunInstances').map((launch) => [
            launch['InstanceMarketOptions.MarketType'] ?? 'on-demand',
            launch.InstanceType,
            launch['NetworkInterface.1.SubnetId'],
          ]);
        assert.deepEqual(tried(), [
          ['spot', 'm6a.large', a],
          ['spot', 'm6a.large', b],
          ['spot', 'm6a.xlarge', a],
          ['spot', 'm6a.xlarge', b],
          ['on-demand', 'm6a.large', a],
          ['on-demand', 'm6a.large', b],
          ['on-demand', 'm6a.xlarge', a],
        ]);
        const spot = sent('RunInstances')[0];
        assert.deepEqual(below(spot, 'InstanceMarketOptions.SpotOptions.'), {
          SpotInstanceType: 'one-time',
          InstanceInterruptionBehavior: 'terminate',
        });
        restore();
        await provider.create({ ...spec, ...specOf(owner), sizing: spec.sizing }, { signal });
        assert.equal(tried().length, 8, 'the next pod goes straight to the place that had room');
      },
    ));

  it('a type without SEV-SNP is refused for a confidential VM before any launch', (context) =>
    inAwsScene(context, ['-instance-type=t3.small'], async ({ provider, sent }) => {
      await assert.rejects(provider.create(specOf(owner), { signal }), {
        code: 'invalid-configuration',
        message: /t3\.small has no sev-snp/,
      });
      assert.equal(sent('RunInstances').length, 0);
    }));
});

describe('warm instances of aws', () => {
  const batch = { batchId: 'b1', count: 3, owner, userData: '#cloud-config\n' };

  it('are made by one call, listed apart from pod VMs, and not made twice', (context) =>
    inAwsScene(context, plain, async ({ provider, client, proxy, sent, reopen }) => {
      proxy.inject({ when: (request) => actionOf(request) === 'RunInstances', fault: { kind: 'lose-answer' } });
      const made = await provider.warm?.prepare(batch, { signal });
      assert.equal(new Set(made?.map(({ id }) => id)).size, 3);
      assert.deepEqual(
        sent('RunInstances').map(({ MinCount, MaxCount }) => [MinCount, MaxCount]),
        [['3', '3']],
      );
      const after = await reopen();
      const ids = (warm: readonly { readonly id: string }[] | undefined) => warm?.map(({ id }) => id).toSorted();
      assert.deepEqual(ids(await after.warm?.prepare(batch, { signal })), ids(made));
      assert.deepEqual(ids(await after.warm?.list(owner, { signal })), ids(made));
      assert.deepEqual(await after.list(owner, { signal }), []);
      for (const { id } of made ?? []) await deleteFully(after, id, signal);
      assert.deepEqual(await residueOf(client), []);
    }));

  it('become the pod VM of who claims them first, and of nobody else', (context) =>
    inAwsScene(context, plain, async ({ provider, sent }) => {
      const { warm } = provider;
      assert.ok(warm);
      const [first, second] = await warm.prepare({ ...batch, count: 2 }, { signal });
      assert.ok(first && second);
      const spec = specOf(owner);
      const rivals = await Promise.allSettled([
        warm.claim(first.id, spec, { signal }),
        warm.claim(first.id, specOf(owner), { signal }),
      ]);
      assert.deepEqual(
        rivals.map(({ status }) => status),
        ['fulfilled', 'rejected'],
      );
      await assert.rejects(warm.claim(first.id, specOf(owner), { signal }), { code: 'not-found' });
      const foreign = specOf({ ...owner, node: 'other' });
      await assert.rejects(warm.claim(second.id, foreign, { signal }), { code: 'not-found' });
      await assert.rejects(warm.claim('i-0123456789abcdef0', spec, { signal }), { code: 'not-found' });
      assert.equal((await provider.create(spec, { signal })).id, first.id);
      assert.equal(sent('RunInstances').length, 1);
      const [podVm, ...others] = await provider.list(owner, { signal });
      assert.deepEqual([podVm?.id, podVm?.name, others], [first.id, spec.name, []]);
      assert.deepEqual(
        (await warm.list(owner, { signal })).map(({ id }) => id),
        [second.id],
      );
    }));
});
