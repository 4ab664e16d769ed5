/** What provider aws asks of EC2, feature by feature: requests as they went over the wire, and what moto made of them. */

import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import {
  CreateLaunchTemplateCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { PodVmProvider, PodVmSpec, ProviderLog } from '@peerpods/provider';
import { deleteFully, specOf } from '../../providers/contract/conformance.ts';
import { type AwsNetwork, awsValues, directClient, fastClock, networkOf, openAws, residueOf } from './aws-scene.ts';
import { actionOf, Ec2Behaviour, ec2Error } from './ec2-behaviour.ts';
import { FaultProxy } from './fault-proxy.ts';
import { lacksMoto, Moto } from './moto.ts';

const { signal } = new AbortController();
const owner = { cluster: 'c', node: 'n' };

let opened: Promise<Moto> | undefined;
after(async () => (await opened)?.close());

interface Scene {
  readonly provider: PodVmProvider;
  readonly client: EC2Client;
  readonly network: AwsNetwork;
  readonly proxy: FaultProxy;
  readonly behaviour: Ec2Behaviour;
  /** The parameters of each call of an action that went to EC2. */
  readonly sent: (action: string) => readonly Readonly<Record<string, string>>[];
  /** Another provider over the same cloud, as after a restart. */
  readonly reopen: (argv?: readonly string[]) => Promise<PodVmProvider>;
}

async function inScene(
  context: TestContext,
  argv: readonly string[],
  body: (scene: Scene) => Promise<void>,
  log?: ProviderLog,
): Promise<void> {
  if (lacksMoto(context)) return;
  opened ??= Moto.open();
  const moto = await opened;
  await moto.reset();
  const client = directClient(moto.url);
  const network = await networkOf(client);
  const behaviour = new Ec2Behaviour();
  const proxy = await FaultProxy.open({ target: moto.url, behaviour });
  const closers: (() => Promise<void>)[] = [() => proxy.close()];
  const reopen = async (more = argv) => {
    const { provider, dispose } = await openAws(awsValues(proxy.url, network, more), fastClock(20), log);
    closers.unshift(async () => {
      await provider.close();
      dispose();
    });
    return provider;
  };
  const sent = (action: string) =>
    proxy.requests
      .filter((request) => actionOf(request) === action)
      .map((request) => Object.fromEntries(new URLSearchParams(request.body.toString())));
  try {
    await body({ provider: await reopen(), client, network, proxy, behaviour, sent, reopen });
  } finally {
    for (const close of closers) await close();
  }
}

const plain = ['-disable-cvm'];
/** The parameters whose names begin so, without that beginning. */
function below(parameters: Readonly<Record<string, string>> | undefined, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters ?? {}).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

describe('what aws asks EC2 for', () => {
  it('one launch carries tags for all it makes, a token, a closed metadata service and a root that dies with it', (context) =>
    inScene(context, ['-tags=team=a,cost=b=c', '-keyname='], async ({ provider, client, sent, network }) => {
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
    inScene(context, plain, async ({ provider, client, sent }) => {
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
    inScene(context, plain, async ({ provider, client, sent }) => {
      const podVm = await provider.create({ ...specOf(owner), dedicatedInterface: true }, { signal });
      assert.equal(podVm.addresses.length, 2);
      assert.equal(sent('CreateNetworkInterface').length, 0);
      assert.deepEqual((await provider.get(podVm.id, { signal }))?.addresses, podVm.addresses);
      await deleteFully(provider, podVm.id, signal);
      assert.deepEqual(await residueOf(client), []);
    }));

  it('volumes are attached in LUN order, and outlive the pod VM', (context) =>
    inScene(context, plain, async ({ provider, client, network, sent }) => {
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
    inScene(context, plain, async ({ provider, client, sent }) => {
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
    inScene(context, [...plain, '-use-lt', '-aws-lt-name=pods'], async ({ provider, client, network, sent }) => {
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
    inScene(
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
    inScene(context, ['-instance-type=t3.small'], async ({ provider, sent }) => {
      await assert.rejects(provider.create(specOf(owner), { signal }), {
        code: 'invalid-configuration',
        message: /t3\.small has no sev-snp/,
      });
      assert.equal(sent('RunInstances').length, 0);
    }));
});

describe('aws after accidents', () => {
  it('a new process adopts what its predecessor made and never heard of', (context) =>
    inScene(context, plain, async ({ provider, client, proxy, reopen }) => {
      const spec = specOf(owner);
      const leaver = new AbortController();
      proxy.inject({
        when: (request) => {
          if (actionOf(request) !== 'RunInstances') return false;
          setImmediate(() => leaver.abort());
          return true;
        },
        fault: { kind: 'lose-answer' },
      });
      await assert.rejects(provider.create(spec, { signal: leaver.signal }), { code: 'aborted' });
      const podVm = await (await reopen()).create(spec, { signal });
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}));
      assert.deepEqual(
        Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)),
        [podVm.id],
      );
    }));

  it('a new process whose predecessor’s VM is not shown yet gets that one by its token, with other user-data too', (context) =>
    inScene(context, plain, async ({ provider, client, behaviour, reopen }) => {
      for (const userData of ['', '# other\n']) {
        const spec = specOf(owner);
        behaviour.hideNext(700);
        const first = await provider.create(spec, { signal });
        const again = { ...spec, userData: spec.userData + userData };
        assert.equal((await (await reopen()).create(again, { signal })).id, first.id);
      }
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}));
      assert.equal(Reservations.flatMap(({ Instances = [] }) => Instances).length, 2);
    }));

  it('lost answers while interfaces and addresses are made cost nothing twice', (context) =>
    inScene(context, [...plain, '-use-public-ip'], async ({ provider, client, proxy }) => {
      for (const action of [
        'CreateNetworkInterface',
        'AttachNetworkInterface',
        'AllocateAddress',
        'AssociateAddress',
      ]) {
        proxy.inject({ when: (request) => actionOf(request) === action, fault: { kind: 'lose-answer' } });
      }
      const podVm = await provider.create({ ...specOf(owner), dedicatedInterface: true }, { signal });
      assert.equal(proxy.struck, 4);
      const residue = await residueOf(client);
      const count = (kind: string) => residue.filter((line) => line.startsWith(kind)).length;
      assert.deepEqual([count('instance'), count('interface'), count('address')], [1, 2, 1]);
      await deleteFully(provider, podVm.id, signal);
      assert.deepEqual(await residueOf(client), []);
    }));

  it('an instance that the cloud ends while it starts, for want of room, is made elsewhere', (context) =>
    inScene(context, [...plain, '-use-public-ip'], async ({ provider, proxy, sent, network }) => {
      // EC2 may accept a launch and find out later; the state's reason says why. The first look sees such an end.
      const ended = `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item>
        <reservationId>r-1</reservationId><instancesSet><item><instanceId>ID</instanceId><instanceState><code>48</code>
        <name>terminated</name></instanceState><stateReason><code>Server.InsufficientInstanceCapacity</code>
        <message>no room</message></stateReason></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`;
      const spec: PodVmSpec = { ...specOf(owner), dedicatedInterface: true };
      let id: string | undefined;
      const creating = provider.create(spec, { signal });
      while (id === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        id = (await provider.list(owner, { signal }))[0]?.id;
      }
      proxy.inject({
        when: (request) => actionOf(request) === 'DescribeInstances' && request.body.includes('instance-id'),
        fault: { kind: 'answer', status: 200, body: ended.replace('ID', id) },
      });
      const podVm = await creating;
      if (proxy.struck === 0) return context.diagnostic('the instance ran before its end could be played');
      assert.notEqual(podVm.id, id);
      assert.deepEqual(
        sent('RunInstances').map((launch) => launch['NetworkInterface.1.SubnetId']),
        network.subnetIds,
      );
    }));

  it('a policy that does not allow to look for leftovers does not keep a pod VM from going', (context) =>
    inScene(context, plain, async ({ provider, proxy }) => {
      const podVm = await provider.create(specOf(owner), { signal });
      const denied = ec2Error(403, 'UnauthorizedOperation');
      proxy.inject({
        when: (request) => /^Describe(Volumes|NetworkInterfaces|Addresses)$/.test(actionOf(request)),
        times: 100,
        fault: { kind: 'answer', status: 403, body: denied.body.toString() },
      });
      await deleteFully(provider, podVm.id, signal);
      assert.ok(proxy.struck >= 3);
    }));

  it('neither log nor errors tell user-data or keys', async (context) => {
    const lines: string[] = [];
    const note = (fields: object, event: string) => void lines.push(JSON.stringify(fields) + event);
    const log: ProviderLog = { debug: note, info: note, warn: note };
    const argv = [...plain, '-aws-secret-key=canary-secret'];
    await inScene(
      context,
      argv,
      async ({ provider, proxy }) => {
        const spec = { ...specOf(owner), userData: '#cloud-config\n# canary-user-data\n' };
        await provider.create(spec, { signal });
        const refused = ec2Error(400, 'InvalidParameterValue');
        proxy.inject({
          when: (request) => actionOf(request) === 'RunInstances',
          fault: { kind: 'answer', status: 400, body: refused.body.toString() },
        });
        await provider.create({ ...specOf(owner), userData: spec.userData }, { signal }).then(
          () => assert.fail('refused'),
          (error: Error) => void lines.push(error.message, String(error.stack)),
        );
        assert.ok(lines.some((line) => line.includes('instance launched')));
        const encoded = Buffer.from(spec.userData).toString('base64').slice(20, 40);
        assert.ok(!lines.some((line) => /canary/.test(line) || line.includes(encoded)));
      },
      log,
    );
  });
});

describe('aws verify', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown instance type', ['-instance-types=m6a.large,m99.huge'], /m99\.huge/],
    ['an unknown image', ['-imageid=ami-00000000'], /ami-00000000/],
    ['an unknown subnet', ['-subnetid=subnet-00000000'], /subnet-00000000/],
    ['an unknown security group', ['-securitygroupids=sg-00000000'], /sg-00000000/],
    ['an unknown key pair', ['-keyname=nobody'], /nobody/],
    ['an unknown launch template', ['-use-lt', '-aws-lt-name=none'], /none/],
  ];
  for (const [what, argv, named] of cases) {
    it(`names ${what}`, (context) =>
      inScene(context, [...plain, ...argv], async ({ provider }) => {
        await assert.rejects(provider.verify({ signal }), { code: 'invalid-configuration', message: named });
      }));
  }

  it('names types without SEV-SNP', (context) =>
    inScene(context, ['-instance-types=m6a.large,t3.small,c5.large'], async ({ provider }) => {
      await assert.rejects(provider.verify({ signal }), { message: /no SEV-SNP here with t3\.small, c5\.large/ });
    }));

  it('says all that is wrong at once', (context) =>
    inScene(context, [...plain, '-keyname=nobody', '-imageid=ami-00000000'], async ({ provider }) => {
      await assert.rejects(provider.verify({ signal }), { message: /ami-00000000.*; .*nobody/ });
    }));

  it('says that the credentials are refused', (context) =>
    inScene(context, plain, async ({ provider, proxy }) => {
      const refused = ec2Error(401, 'AuthFailure', 'AWS was not able to validate the provided access credentials');
      const fault = { kind: 'answer', status: 401, body: refused.body.toString() } as const;
      proxy.inject({ when: () => true, times: 100, fault });
      await assert.rejects(provider.verify({ signal }), { code: 'auth', message: /credentials are refused/ });
    }));

  it('says that the launch itself would not be allowed', (context) =>
    inScene(context, plain, async ({ provider, proxy }) => {
      const refused = ec2Error(403, 'UnauthorizedOperation', 'You are not authorized');
      const fault = { kind: 'answer', status: 403, body: refused.body.toString() } as const;
      proxy.inject({ when: (request) => actionOf(request) === 'RunInstances', times: 100, fault });
      await assert.rejects(provider.verify({ signal }), {
        message: /RunInstances of m6a\.large.*UnauthorizedOperation/,
      });
    }));
});
