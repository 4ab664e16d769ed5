/** Provider aws after accidents: lost answers, restarts, late failures, narrow policies. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import type { ProviderLog } from '@peerpods/provider';
import { deleteFully, specOf } from '../../providers/contract/conformance.ts';
import { inAwsScene, owner, plain, signal } from './aws-lab.ts';
import { residueOf } from './aws-scene.ts';
import { actionOf, ec2Error } from './ec2-behaviour.ts';

describe('aws after accidents', () => {
  it('a new process adopts what its predecessor made and never heard of', (context) =>
    inAwsScene(context, plain, async ({ provider, client, proxy, reopen }) => {
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
    inAwsScene(context, plain, async ({ provider, client, behaviour, reopen }) => {
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
    inAwsScene(context, [...plain, '-use-public-ip'], async ({ provider, client, proxy }) => {
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
    inAwsScene(context, [...plain, '-use-public-ip'], async ({ provider, client, behaviour, sent, network }) => {
      behaviour.endNext('Server.InsufficientInstanceCapacity');
      const podVm = await provider.create({ ...specOf(owner), dedicatedInterface: true }, { signal });
      const launches = sent('RunInstances');
      assert.deepEqual(
        launches.map((launch) => launch['NetworkInterface.1.SubnetId']),
        network.subnetIds,
      );
      assert.equal(new Set(launches.map(({ ClientToken }) => ClientToken)).size, 2);
      assert.deepEqual(
        (await provider.list(owner, { signal })).map(({ id }) => id),
        [podVm.id],
      );
      // What the ended one left is not what the living one has, although both are the same sandbox's.
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}));
      const all = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = '' }) => InstanceId));
      const ended = all.find((id) => id !== podVm.id) ?? '';
      for (const _time of [1, 2, 3]) await provider.delete(ended, { signal });
      assert.deepEqual((await provider.get(podVm.id, { signal }))?.addresses, podVm.addresses);
    }));

  it('an instance that ends while it starts for another reason is named as what is left', (context) =>
    inAwsScene(context, [...plain, '-use-public-ip'], async ({ provider, behaviour }) => {
      behaviour.endNext('Client.InternalError');
      const creating = provider.create({ ...specOf(owner), dedicatedInterface: true }, { signal });
      await assert.rejects(creating, { code: 'transient', message: /Client\.InternalError/, podVmId: /^i-/ });
    }));

  it('a volume that its last pod VM lets go of late is waited for', (context) =>
    inAwsScene(context, plain, async ({ provider, client, network }) => {
      const { Subnets } = await client.send(new DescribeSubnetsCommand({ SubnetIds: [network.subnetIds[0] ?? ''] }));
      const AvailabilityZone = Subnets?.[0]?.AvailabilityZone ?? '';
      const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone, Size: 1 }));
      const volumes = [VolumeId];
      const last = await provider.create({ ...specOf(owner), volumes }, { signal });
      const creating = provider.create({ ...specOf(owner), volumes }, { signal });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await deleteFully(provider, last.id, signal);
      const { id } = await creating;
      const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: volumes }));
      assert.deepEqual(
        Volumes?.[0]?.Attachments?.map(({ InstanceId }) => InstanceId),
        [id],
      );
    }));

  it('a policy that does not allow to look for leftovers does not keep a pod VM from going', (context) =>
    inAwsScene(context, plain, async ({ provider, proxy }) => {
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
    await inAwsScene(
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
